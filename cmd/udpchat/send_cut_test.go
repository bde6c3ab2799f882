package main

import (
	"bufio"
	"errors"
	"io"
	"net"
	"testing"

	"udpchat/cmd/internal/control"
)

// A client that was killed may have the text on its disk: it is not given to the next one too, which would send it a second time. One that says that
// it ends, without having said that it has it, has it not.
func TestATextIsGivenToOneClient(t *testing.T) {
	const unknown = "the client of this profile has ended, and did not say whether it has the text to bob: look for it (udpchat status) before you send it again"
	for _, tt := range []struct {
		name, says string
		guest      bool
		want       string
	}{
		{"killed", "", true, unknown},
		{"it ends", `{"event":"ended"}`, true, errOver.Error()},
		{"it leaves", `{"event":"left"}`, true, errOver.Error()},
		{"it has it, and is killed", `{"event":"accepted","id":7}`, true, errOver.Error() + ": the text to bob is in its outbox, and sent when one runs again"},
		{"the command's own", "", false, errOver.Error()},
	} {
		t.Run(tt.name, func(t *testing.T) {
			near, far := net.Pipe()
			go func() {
				defer func() { _ = far.Close() }()
				_, _ = bufio.NewReader(far).ReadString('\n')
				if tt.says != "" {
					_, _ = io.WriteString(far, tt.says+"\n")
				}
			}()
			s := &sending{script: script{guest: tt.guest}, to: "bob", text: "hi"}
			err := s.do(control.NewConn(near))
			if err == nil || err.Error() != tt.want {
				t.Errorf("got %v, want %s", err, tt.want)
			}
			if again := tt.want == errOver.Error(); errors.Is(err, errOver) != again {
				t.Errorf("given to the next client: %v, want %v", !again, again)
			}
		})
	}
}
