package control

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"udpchat/wire"
)

// Command is an object that a client reads. Op says which of the fields it needs.
type Command struct {
	Op   string `json:"op"`
	Ref  string `json:"ref,omitempty"` // the answer bears it
	To   string `json:"to,omitempty"`  // All: the channel
	Name string `json:"name,omitempty"`
	From string `json:"from,omitempty"` // only what that one writes to this client; All: only the channel
	Text string `json:"text,omitempty"`
	ID   uint64 `json:"id,omitempty"`
}

// MaxLine is how long a command's line may be: the longest text, each byte of it escaped in six, and what stands beside it.
const MaxLine = 6*wire.MaxText + 4096

// ErrTooLong is a line of more than MaxLine bytes. What follows it is read as if it had not been there.
var ErrTooLong = fmt.Errorf("a line has more than %d bytes", MaxLine)

// Parse reads a command. The error says in one line what is wrong.
func Parse(line []byte) (c Command, err error) {
	if !utf8.Valid(line) { // what is wrong in a text would be exchanged without a word
		return c, errors.New("not a command: it is not UTF-8")
	}
	d := json.NewDecoder(bytes.NewReader(line))
	d.DisallowUnknownFields()
	if err := d.Decode(&c); err != nil {
		return c, fmt.Errorf("not a command: %s", whatIsWrong(err))
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return c, errors.New("not a command: something follows the object")
	}
	if c.Op == "" {
		return c, errors.New(`not a command: "op" is missing`)
	}
	return c, nil
}

// whatIsWrong says what the JSON package found in words that need no Go.
func whatIsWrong(err error) string {
	var kind *json.UnmarshalTypeError
	var syntax *json.SyntaxError
	switch {
	case errors.Is(err, io.EOF):
		return "the line is empty"
	case errors.Is(err, io.ErrUnexpectedEOF):
		return "it ends in the middle"
	case errors.As(err, &syntax):
		return "it is not JSON: " + syntax.Error()
	case errors.As(err, &kind) && kind.Field == "":
		return fmt.Sprintf("it has to be an object, and is of type %s", kind.Value)
	case errors.As(err, &kind) && kind.Type.Kind() == reflect.String:
		return fmt.Sprintf("%q has to be a string, and is of type %s", kind.Field, kind.Value)
	case errors.As(err, &kind):
		return fmt.Sprintf("%q has to be a whole number from 0, and is of type %s", kind.Field, kind.Value)
	}
	return strings.TrimPrefix(err.Error(), "json: ")
}

// ReadLine reads a line without its end. A last one needs none.
func ReadLine(r *bufio.Reader) (line []byte, err error) {
	for {
		piece, err := r.ReadSlice('\n')
		if len(line) <= MaxLine+len("\r\n") {
			line = append(line, piece...)
		}
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case err != nil && len(line) == 0:
			return nil, err
		}
		if line = bytes.TrimRight(line, "\r\n"); len(line) > MaxLine {
			return nil, ErrTooLong
		}
		return line, nil
	}
}

// Line is an object as one line. Characters that could steer a terminal are escaped, which changes nothing for who decodes it.
func Line(v any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(v) // of structs of strings and numbers, into memory
	return escape(b.Bytes())
}

func escape(b []byte) []byte {
	if !bytes.ContainsFunc(b, steers) {
		return b
	}
	out := make([]byte, 0, len(b)+16)
	for len(b) > 0 {
		r, n := utf8.DecodeRune(b)
		switch {
		case !steers(r):
			out = append(out, b[:n]...)
		case r <= 0xffff:
			out = fmt.Appendf(out, `\u%04x`, r)
		default:
			high, low := utf16.EncodeRune(r)
			out = fmt.Appendf(out, `\u%04x\u%04x`, high, low)
		}
		b = b[n:]
	}
	return out
}

// steers tells what is not simply printed: JSON escapes the controls below the space itself.
func steers(r rune) bool { return r > '~' && !unicode.IsPrint(r) }
