// Package arrows holds the test that imports only point down (docs/architecture.md). It has no code.
package arrows
