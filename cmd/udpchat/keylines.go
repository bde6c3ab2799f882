package main

import (
	"fmt"

	"udpchat/cmd/internal/plain"
	"udpchat/cmd/internal/wording"
	"udpchat/peer"
	"udpchat/wire"
	"udpchat/wire/words"
)

// identityLines are what two people compare. Making them takes some 20 ms.
func identityLines(me wire.Key, n peer.Identity) []string {
	name := plain.Name(n.Name)
	if n.Key == me {
		return []string{fmt.Sprintf("[%s is you: others compare with you.]", name)}
	}
	digits, said := words.SafetyNumber(me, n.Key)
	lines := []string{
		fmt.Sprintf("[Safety number with %s: %s]", name, digits),
		fmt.Sprintf("[In words: %s]", said),
	}
	switch {
	case n.Old != wire.Key{}:
		return append(lines,
			fmt.Sprintf("[The key of %s has changed since you first met. If %s sees the same number, accept it with: trust %s]", name, name, name))
	case n.Verified:
		return append(lines, fmt.Sprintf("[You have verified %s.]", name))
	}
	return append(lines, fmt.Sprintf("[Not verified yet. If %s sees the same number: trust %s]", name, name))
}

// keyLine is what happened about someone's key.
func keyLine(n peer.Notice) string {
	switch n := n.(type) {
	case peer.KeyChanged:
		name := plain.Name(n.Name)
		return fmt.Sprintf("[The key of %s has changed: nothing is sent to it. Compare with: verify %s, accept with: trust %s]", name, name, name)
	case peer.Blocked:
		name := plain.Name(n.Name)
		return fmt.Sprintf("[Message not sent: the key of %s has changed. Compare with: verify %s, accept with: trust %s]", name, name, name)
	case peer.Trusted:
		return fmt.Sprintf("[You trust the key of %s.]", plain.Name(n.Name))
	case peer.Distrust:
		return distrustLine(n)
	}
	return ""
}

// distrustLine is what is wrong with something that the server passed on.
func distrustLine(n peer.Distrust) string {
	grade := "ERROR"
	if n.Why == peer.Missing {
		grade = "WARNING"
	}
	return fmt.Sprintf("SERVER: %s: %s", grade, wording.Distrust(n))
}
