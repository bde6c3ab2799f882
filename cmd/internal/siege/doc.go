// Package siege holds tests of whole servers and clients under attack (docs/security.md). It has no code.
package siege
