package control

import (
	"bufio"
	"encoding/json"
	"io"
	"strings"
	"testing"
)

func TestParse(t *testing.T) {
	for line, want := range map[string]string{
		`{"op":"send","to":"bob","text":"hi","ref":"7"}`: "",
		`{"op":"send","too":"bob"}`:                      `not a command: unknown field "too"`,
		`{"op":"quit"} x`:                                "not a command: something follows the object",
		`{"op":7}`:                                       `not a command: "op" has to be a string, and is of type number`,
		`{"op":"taken","id":"7"}`:                        `not a command: "id" has to be a whole number from 0, and is of type string`,
		`[]`:                                             "not a command: it has to be an object, and is of type array",
		`send bob hi`:                                    "not a command: it is not JSON: invalid character 's' looking for beginning of value",
		`{"op":"quit"`:                                   "not a command: it ends in the middle",
		``:                                               "not a command: the line is empty",
		"{\"op\":\"send\",\"text\":\"f\xfcr\"}":          "not a command: it is not UTF-8",
		`{}`:                                             `not a command: "op" is missing`,
	} {
		_, err := Parse([]byte(line))
		if got := ""; err != nil && err.Error() != want || err == nil && want != got {
			t.Errorf("%s: %v, want %s", line, err, want)
		}
	}
}

func TestReadLine(t *testing.T) {
	r := bufio.NewReaderSize(strings.NewReader("one\r\n\n"+strings.Repeat("x", MaxLine)+"\n"+strings.Repeat("y", MaxLine+1)+"\nlast"), 16)
	for _, want := range []string{"one", "", strings.Repeat("x", MaxLine), "too long", "last"} {
		line, err := ReadLine(r)
		if want == "too long" {
			if err != ErrTooLong {
				t.Errorf("error %v", err)
			}
		} else if err != nil || string(line) != want {
			t.Errorf("%.20q, %v, want %.20q", line, err, want)
		}
	}
	if _, err := ReadLine(r); err != io.EOF {
		t.Errorf("error %v", err)
	}
}

// What is written is one line of printable characters, and says the same to who decodes it.
func TestLine(t *testing.T) {
	for _, text := range []string{"a <b> & \"c\"\n\t\x1b[2J\x7f\u009b\u202e\u2028\U000e0041 żółw 漢字 🙂", "plain"} {
		line := Line(Event{Event: "message", Text: text})
		for _, r := range string(line[:len(line)-1]) {
			if steers(r) || r < 0x20 || r == 0x7f {
				t.Errorf("%q is in %s", r, line)
			}
		}
		var back Event
		if err := json.Unmarshal(line, &back); err != nil || back.Text != text {
			t.Errorf("%s says %q, %v", line, back.Text, err)
		}
	}
}
