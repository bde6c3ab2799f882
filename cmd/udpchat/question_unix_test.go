//go:build unix

package main

import (
	"bufio"
	"net"
	"os"
	"strings"
	"testing"

	"github.com/creack/pty"

	"udpchat/cmd/internal/control"
)

// What answers a question is written as it came, for a script; at a terminal it steers nothing.
func TestAnswerAtATerminal(t *testing.T) {
	const text = "yes\x1b]0;title\x07\u202e\nand \u009b31mno"
	for _, c := range []struct {
		name string
		open func() (mine, programs *os.File, err error)
		want string
	}{
		{"terminal", pty.Open, "yes\ufffd]0;title\ufffd\ufffd\r\n    and \ufffd31mno\r\n"},
		{"pipe", os.Pipe, text + "\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			mine, programs, err := c.open()
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = mine.Close() }()
			over, other := net.Pipe()
			_ = other.Close()
			s := &asking{sending{script: script{env: &environment{stdout: programs}}}}
			if err := s.answer(control.NewConn(over), control.Event{Text: text}); err != nil {
				t.Fatal(err)
			}
			const end = "the end"
			if _, err := programs.WriteString(end); err != nil {
				t.Fatal(err)
			}
			var got strings.Builder
			for r := bufio.NewReader(mine); !strings.HasSuffix(got.String(), end); {
				b, err := r.ReadByte()
				if err != nil {
					t.Fatalf("%q, then %v", got.String(), err)
				}
				got.WriteByte(b)
			}
			if got.String() != c.want+end {
				t.Errorf("wrote %q, want %q", got.String(), c.want)
			}
			_ = programs.Close()
		})
	}
}
