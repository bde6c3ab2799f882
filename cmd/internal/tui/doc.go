// Package tui is the full screen of a client: the talks on the left, the open one beside them, what one writes below.
//
//	 alice · 3 online        │ bob  ● online
//	─────────────────────────┼──────────────────────────────────────
//	 # everyone            2 │        ───────── today ─────────
//	▌● bob                   │   bob
//	 ○ carol                 │ 14:02  Are you there?
//	                         │   you
//	                         │ 14:03  Yes.            ✓✓ delivered
//	─────────────────────────┴──────────────────────────────────────
//	 › _
//	 connected                                        F1 help
//
// It is a model: what happened goes in by Update, what it looks like comes out of View, and what the user wants goes to a Chat. It
// knows no socket, no disk and no terminal, and decides nothing about messages: package peer does. Everything that others wrote
// passes package plain before it is drawn.
package tui
