package lineedit

import (
	"slices"
	"strings"
	"testing"
)

// joined merges neighbouring text events: how text is cut into events depends
// on how it came, and means nothing.
func joined(events []event) []event {
	all := make([]event, 0, len(events))
	for _, ev := range events {
		if n := len(all); n > 0 && ev.key == keyText && all[n-1].key == keyText {
			all[n-1].text += ev.text
			continue
		}
		all = append(all, ev)
	}
	return all
}

func text(s string) event  { return event{key: keyText, text: s} }
func paste(s string) event { return event{key: keyPaste, text: s} }
func press(k key) event    { return event{key: k} }

func pasted(s string) string { return "\x1b[200~" + s + pasteEnd }

func decoderTests() map[string]struct {
	in   string
	want []event
} {
	type test = struct {
		in   string
		want []event
	}
	return map[string]test{
		"plain text":                       {"hi", []event{text("hi")}},
		"text of several scripts":          {"aé日👍", []event{text("aé日👍")}},
		"invalid bytes":                    {"a\xff\xc3b", []event{text("a\ufffd\ufffdb")}},
		"enter as CR":                      {"a\rb\r", []event{text("a"), press(keyEnter), text("b"), press(keyEnter)}},
		"enter as LF":                      {"\n\n", []event{press(keyEnter), press(keyEnter)}},
		"enter as CR LF is one":            {"\r\n\r\n", []event{press(keyEnter), press(keyEnter)}},
		"controls without a meaning":       {"a\x00\x0fb\u0085c", []event{text("abc")}},
		"search":                           {"\x12a\x07", []event{press(keySearch), text("a"), press(keyAbort)}},
		"tab":                              {"a\tb", []event{text("a"), press(keyTab), text("b")}},
		"backspace in both forms":          {"\x08\x7f", []event{press(keyBackspace), press(keyBackspace)}},
		"kill keys":                        {"\x17\x15\x0b\x19", []event{press(keyKillWord), press(keyKillToStart), press(keyKillToEnd), press(keyYank)}},
		"cursor keys by letter":            {"\x01\x05\x02\x06", []event{press(keyHome), press(keyEnd), press(keyLeft), press(keyRight)}},
		"interrupt, end, clear":            {"\x03\x04\x0c", []event{press(keyInterrupt), press(keyEOFOrDelete), press(keyClear)}},
		"arrows":                           {"\x1b[A\x1b[B\x1b[C\x1b[D", []event{press(keyUp), press(keyDown), press(keyRight), press(keyLeft)}},
		"arrows in application mode":       {"\x1bOA\x1bOB\x1bOC\x1bOD", []event{press(keyUp), press(keyDown), press(keyRight), press(keyLeft)}},
		"home and end, three forms":        {"\x1b[H\x1b[F\x1bOH\x1bOF\x1b[1~\x1b[4~\x1b[7~\x1b[8~", []event{press(keyHome), press(keyEnd), press(keyHome), press(keyEnd), press(keyHome), press(keyEnd), press(keyHome), press(keyEnd)}},
		"delete":                           {"\x1b[3~", []event{press(keyDelete)}},
		"words by Ctrl and Alt":            {"\x1b[1;5C\x1b[1;5D\x1b[1;3C\x1bOd", []event{press(keyRightWord), press(keyLeftWord), press(keyRightWord), press(keyLeftWord)}},
		"shift is no word":                 {"\x1b[1;2C", []event{press(keyRight)}},
		"words by Alt and a letter":        {"\x1bb\x1bf\x1b\x7f", []event{press(keyLeftWord), press(keyRightWord), press(keyKillWord)}},
		"Alt with an unknown letter":       {"\x1bxa\x1béb", []event{text("ab")}},
		"unknown keys":                     {"a\x1b[15~\x1bOP\x1b[[A\x1b[27;5;13~\x1b[97;5ub", []event{text("ab")}},
		"reports of the terminal":          {"a\x1b[?1;2c\x1b[24;80R\x1b[<0;3;4M\x1b[Ib", []event{text("ab")}},
		"a colour reply":                   {"a\x1b]11;rgb:0/0/0\x1b\\b\x1b]11;rgb:0/0/0\ac", []event{text("abc")}},
		"a device string":                  {"a\x1bP1$r0m\x1b\\b", []event{text("ab")}},
		"enter gets out of a sequence":     {"\x1b[12\rx", []event{press(keyEnter), text("x")}},
		"Ctrl-C gets out of a string":      {"\x1b]11;\x03", []event{press(keyInterrupt)}},
		"an escape before a sequence":      {"\x1b\x1b[Ca", []event{press(keyRight), text("a")}},
		"a character ends a sequence":      {"\x1b[1日", []event{text("日")}},
		"a paste of three lines":           {pasted("a\nb\nc"), []event{paste("a\nb\nc")}},
		"line ends in a paste":             {pasted("a\r\nb\rc\r"), []event{paste("a\nb\nc")}},
		"only one last newline is dropped": {pasted("a\n\n"), []event{paste("a\n")}},
		"tabs and escapes in a paste":      {pasted("a\tb\x1b[A\x03"), []event{paste("a\tb\x1b[A\x03")}},
		"invalid bytes in a paste":         {pasted("a\xffb"), []event{paste("a\ufffdb")}},
		"an empty paste":                   {pasted(""), nil},
		"keys around a paste":              {"x" + pasted("y") + "\r", []event{text("x"), paste("y"), press(keyEnter)}},
		"a stray end of paste":             {"a" + pasteEnd + "b", []event{text("ab")}},
	}
}

func TestDecoder(t *testing.T) {
	for name, tt := range decoderTests() {
		t.Run(name, func(t *testing.T) {
			var d decoder
			if got := joined(d.feed([]byte(tt.in))); !slices.Equal(got, tt.want) {
				t.Errorf("in one read: got %+v, want %+v", got, tt.want)
			}
			if got := byteByByte(tt.in); !slices.Equal(got, tt.want) {
				t.Errorf("byte by byte: got %+v, want %+v", got, tt.want)
			}
		})
	}
}

func byteByByte(in string) []event {
	var d decoder
	got := make([]event, 0, len(in))
	for i := range len(in) {
		got = append(got, d.feed([]byte{in[i]})...)
	}
	return joined(got)
}

func TestSilenceSettlesWhatIsUnfinished(t *testing.T) {
	tests := []struct {
		name         string
		first, later string
		want         []event
	}{
		{"escape alone, then text", "\x1b", "bold", []event{text("bold")}},
		{"Alt with a bracket, then text", "\x1b[", "3 apples", []event{text("3 apples")}},
		{"Alt with P, then text", "\x1bP", "hello", []event{text("hello")}},
		{"a key cut in two", "\x1b[1;", "5Cx", []event{press(keyRightWord), text("x")}},
		{"a character cut in two", "\xe6\x97", "\xa5", []event{text("日")}},
		{"a paste that stops and goes on", "\x1b[200~a\r", "b" + pasteEnd, []event{paste("a\nb")}},
		{"Ctrl-C out of a paste without an end", "\x1b[200~a", "\x03x", []event{press(keyInterrupt), text("x")}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var d decoder
			got := d.feed([]byte(tt.first))
			if d.waiting() {
				d.expire()
			}
			if d.waiting() {
				t.Error("still waiting after a silence")
			}
			got = joined(append(got, d.feed([]byte(tt.later))...))
			if !slices.Equal(got, tt.want) {
				t.Errorf("got %+v, want %+v", got, tt.want)
			}
		})
	}
}

// FuzzDecoder holds the decoder to three promises: no input makes it panic,
// the cut into reads does not matter, and whatever came before, text after an
// Enter arrives.
func FuzzDecoder(f *testing.F) {
	for _, tt := range decoderTests() {
		f.Add([]byte(tt.in))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		var d decoder
		whole := joined(d.feed(in))
		if len(in) < maxSequence { // past that, giving up depends on the cut
			if cut := byteByByte(string(in)); !slices.Equal(whole, cut) {
				t.Fatalf("in one read %+v, byte by byte %+v", whole, cut)
			}
		}
		if d.pasting {
			d.feed([]byte(pasteEnd))
		}
		const sentence = "Grüße, 世界"
		rest := joined(d.feed([]byte("\r" + sentence)))
		if n := len(rest); n == 0 || rest[n-1] != text(sentence) {
			t.Fatalf("after %q: text arrived as %+v", in, rest)
		}
		if plain := strings.Map(printable, string(in)); plain == string(in) && plain != "" {
			if want := []event{text(plain)}; !slices.Equal(whole, want) {
				t.Fatalf("printable text arrived as %+v, want %+v", whole, want)
			}
		}
	})
}

func printable(r rune) rune {
	if r < 0x20 || r >= 0x7f && r < 0xa0 || r == '\ufffd' {
		return -1
	}
	return r
}
