// Package wording says to people, in the same words on every screen, what is not a line of its own: how a message came, how a text
// would go, how long something takes. It decides nothing.
package wording
