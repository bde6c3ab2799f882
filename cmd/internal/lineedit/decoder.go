package lineedit

import (
	"bytes"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	ctrlC = 0x03
	esc   = 0x1b

	// The terminal takes this mark out of what it pastes, so a block cannot
	// end itself and have the rest obeyed as keys.
	pasteEnd = "\x1b[201~"
)

// decoder turns the bytes of a terminal into events. It does not care how the
// bytes are cut into reads: an unfinished rune or escape sequence waits for
// its rest. The zero value is ready; it is owned by the reading goroutine.
type decoder struct {
	pending []byte // an unfinished rune or escape sequence
	paste   []byte // the pasted block so far
	pasting bool
	silent  bool // nothing came for a while inside the paste
	afterCR bool // an LF now belongs to the CR before it
}

// feed decodes the next bytes.
func (d *decoder) feed(p []byte) []event {
	var events []event
	if d.pasting && d.silent && len(p) > 0 && p[0] == ctrlC {
		// The end of the paste got lost. Without this way out every key,
		// Ctrl-C first of all, would go into the block.
		d.pasting, d.paste = false, nil
	}
	d.silent = false
	b := slices.Concat(d.pending, p)
	d.pending = nil
	for len(b) > 0 {
		n, ev := d.next(b)
		if n == 0 {
			d.pending = bytes.Clone(b)
			break
		}
		if b = b[n:]; ev.key != keyNone {
			events = append(events, ev)
		}
	}
	return events
}

// waiting reports whether a silence means something now, see expire.
func (d *decoder) waiting() bool {
	if d.pasting {
		return !d.silent
	}
	return len(d.pending) > 0 && len(d.pending) <= 2 && d.pending[0] == esc
}

// expire tells that no byte came for a while. A lone ESC was then the Escape
// key and ESC with one more byte a key with Alt: neither may swallow what is
// typed next. A longer sequence is one that the line has cut in two.
func (d *decoder) expire() {
	if d.pasting {
		d.silent = true
	} else if d.waiting() {
		d.pending = nil
	}
}

// next decodes one event and the number of bytes it took; 0 asks for more.
func (d *decoder) next(b []byte) (int, event) {
	if d.pasting {
		return d.pasted(b)
	}
	afterCR := d.afterCR
	d.afterCR = b[0] == '\r'
	switch {
	case b[0] == '\n' && afterCR:
		return 1, event{}
	case b[0] == esc:
		n, k := escape(b)
		if k == keyPasteStart {
			d.pasting = true
			k = keyNone
		}
		return n, event{key: k}
	case b[0] < 0x20 || b[0] == 0x7f:
		return 1, event{key: control(b[0])}
	}
	return typed(b)
}

// pasted collects the block up to its end mark. Only the few bytes that the
// mark could have been cut in are looked at twice.
func (d *decoder) pasted(b []byte) (int, event) {
	from := max(len(d.paste)-len(pasteEnd)+1, 0)
	had := len(d.paste)
	d.paste = append(d.paste, b...)
	at := bytes.Index(d.paste[from:], []byte(pasteEnd))
	if at < 0 {
		return len(b), event{}
	}
	at += from
	block := cleanPaste(d.paste[:at])
	d.pasting, d.paste = false, nil
	n := at + len(pasteEnd) - had
	if block == "" {
		return n, event{}
	}
	return n, event{key: keyPaste, text: block}
}

// cleanPaste makes all line ends \n, drops a last one and mends the encoding.
func cleanPaste(block []byte) string {
	s := string([]rune(string(block))) // each invalid byte becomes U+FFFD
	s = strings.ReplaceAll(s, "\r\n", "\n")
	s = strings.ReplaceAll(s, "\r", "\n")
	return strings.TrimSuffix(s, "\n")
}

// typed decodes a run of printable text. Controls of the upper half of
// Latin-1 are skipped like those of the lower half.
func typed(b []byte) (int, event) {
	var text strings.Builder
	n := 0
	for n < len(b) && b[n] >= 0x20 && b[n] != 0x7f && utf8.FullRune(b[n:]) {
		r, size := utf8.DecodeRune(b[n:])
		n += size
		if !unicode.IsControl(r) {
			text.WriteRune(r) // U+FFFD for an invalid byte
		}
	}
	if text.Len() == 0 {
		return n, event{}
	}
	return n, event{key: keyText, text: text.String()}
}
