package control

import (
	"fmt"
	"os"
	"path/filepath"
)

// socketName is the socket's name beside the profile.
const socketName = "control.sock"

// longest is how long the path that a socket is named with may be: 104 bytes with the end on macOS, 108 elsewhere.
const longest = 103

// named calls use with a path to the socket in a folder that is not too long. To a long one leads a link in a folder that only the user
// can look into, and that is gone afterwards: a socket is looked for when it is made and when one connects with it, and never after.
func named(folder string, use func(path string) error) error {
	path := filepath.Join(folder, socketName)
	if len(path) <= longest {
		return use(path)
	}
	target, err := filepath.Abs(folder)
	if err != nil {
		return err
	}
	short, err := os.MkdirTemp("", "udpchat-") // 0700
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(short) }() // the link, not what it leads to
	link := filepath.Join(short, "s")
	if err := os.Symlink(target, link); err != nil {
		return fmt.Errorf("the path %s has more than %d bytes (name a shorter folder with -state), and no link leads there: %w", path, longest, err)
	}
	if path = filepath.Join(link, socketName); len(path) > longest {
		return fmt.Errorf("the path %s has more than %d bytes: name a shorter folder with TMPDIR", path, longest)
	}
	return use(path)
}
