package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The disk of a script's profile is full: tail and ask say why nothing comes, also through a client that runs. When there is room, all comes.
func TestTheDiskOfAScriptIsFull(t *testing.T) {
	t.Parallel()
	disk, states := smallDisk(t, 4<<20), t.TempDir()
	c := newCrowd(t, filepath.Join(states, "server.db"))
	c.script(exitNothing, "nothing arrived in 100ms", "tail", "y", disk, "-timeout", "100ms")
	ballast := fillUp(t, disk, 0)
	for range 8 {
		c.script(0, "", "send", "x", states, "y", strings.Repeat("a", 60_000))
	}

	const full = "Your disk is full: messages to you wait until there is room."
	c.script(exitNothing, full, "tail", "y", disk, "-timeout", "2s")
	c.script(exitNothing, full, "ask", "y", disk, "-timeout", "2s", "x", "anybody?")
	y := c.client("y", disk)
	c.sees(y, patience, 1, "["+full+"]")
	c.script(exitNothing, full, "tail", "y", disk, "-timeout", "500ms", "-json")
	c.leaves(y, 0)

	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	c.script(0, "", "tail", "y", disk, "-count", "8", "-timeout", "20s")
}
