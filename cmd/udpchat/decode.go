package main

import (
	"context"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"

	"udpchat/cmd/internal/config"
	"udpchat/cmd/internal/explain"
)

func (env *environment) decodeCommand() *command {
	var body bool
	f := config.New("udpchat decode")
	f.Example = "udpchat decode 94 06 ce 0000002a cf 0000000000000000 c5 0010 000102030405060708090a0b0c0d0e0f\nudpchat decode -body 95 05 07 00 00 00\nxxd -p datagram.bin | udpchat decode -"
	f.About = "Says what each byte means, with the names of docs/protocol.md. Blanks, newlines and colons may stand between the digits; HEX of - is standard input. It opens nothing: what is sealed is said to be sealed."
	f.Exits = []config.Exit{{Code: "0", When: "everything is as it should be"},
		{Code: "1", When: "it is malformed: what comes before the wrong byte is explained, and one line says what is wrong with it"}, exitsOfUsage}
	f.Takes("HEX...", 1, -1)
	f.Bool(&body, "", "body", false, "HEX is an opened body: its messages are explained, field by field")
	c := &command{name: "decode", short: "explain the bytes of a datagram", flags: f}
	c.exec = func(_ context.Context, args []string) error { return env.decode(args, body) }
	return c
}

// decode explains what was given, up to the byte where it goes wrong.
func (env *environment) decode(args []string, body bool) error {
	b, err := env.hex(args)
	if err != nil {
		return err
	}
	explained := explain.Datagram
	if body {
		explained = explain.Body
	}
	lines, fault := explained(b)
	if _, err := io.WriteString(env.stdout, explain.Render(lines, fault, columns(env.stdout))); err != nil {
		return fmt.Errorf("write output: %w", err)
	}
	if fault != nil {
		return &exitError{code: exitFailed, err: fault}
	}
	return nil
}

// maxHex is the most that is read of standard input, in bytes: a datagram is 2,400 digits.
const maxHex = 64 << 10

// hex reads digits from the arguments, or from standard input. Between them there may be blanks, newlines and colons.
func (env *environment) hex(args []string) ([]byte, error) {
	digits := strings.Join(args, " ")
	if digits == "-" {
		in, err := io.ReadAll(io.LimitReader(env.stdin, maxHex+1))
		if err != nil {
			return nil, fmt.Errorf("read input: %w", err)
		}
		if len(in) > maxHex {
			return nil, config.Errorf("standard input has more than %d bytes: give the digits of one datagram", maxHex)
		}
		digits = string(in)
	}
	digits = strings.NewReplacer(":", "", "0x", "").Replace(strings.Join(strings.Fields(digits), ""))
	for i, r := range digits {
		if !strings.ContainsRune("0123456789abcdefABCDEF", r) {
			return nil, config.Errorf("%q, after %d digits, is no hex digit: write 0 to 9 and a to f", r, i)
		}
	}
	switch {
	case digits == "":
		return nil, config.Errorf("there are no hex digits: give them as arguments, or with - on standard input")
	case len(digits)%2 != 0:
		return nil, config.Errorf("%d hex digits: a byte has two", len(digits))
	}
	b, err := hex.DecodeString(digits)
	if err != nil {
		return nil, config.Errorf("%v", err)
	}
	return b, nil
}

// columns is how wide a table may be: as the terminal, or 100.
func columns(f *os.File) int {
	if width, _, err := term.GetSize(int(f.Fd())); err == nil && width > 0 {
		return width
	}
	return 100
}
