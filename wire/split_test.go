package wire

import (
	"bytes"
	"strings"
	"testing"
)

// protocol.md §5: a text is as many parts as it needs and comes together again byte by byte.
func TestSplit(t *testing.T) {
	for _, tt := range []struct{ size, parts, last int }{
		{0, 1, 0},
		{1, 1, 1},
		{PartSize - 1, 1, PartSize - 1},
		{PartSize, 1, PartSize},
		{PartSize + 1, 2, 1},
		{2 * PartSize, 2, PartSize},
		{2*PartSize + 1, 3, 1},
		{MaxText, MaxParts, MaxText - (MaxParts-1)*PartSize},
	} {
		text := strings.Repeat("привет, мир! ", tt.size/10+1)[:tt.size]
		parts := Split(nil, text)
		if len(parts) != tt.parts || len(parts[len(parts)-1]) != tt.last {
			t.Errorf("%d bytes: %d parts, the last of %d", tt.size, len(parts), len(parts[len(parts)-1]))
		}
		for _, p := range parts[:len(parts)-1] {
			if len(p) != PartSize || cap(p) != PartSize {
				t.Errorf("%d bytes: a part of %d, room for %d", tt.size, len(p), cap(p))
			}
		}
		if string(bytes.Join(parts, nil)) != text {
			t.Errorf("%d bytes came back otherwise", tt.size)
		}
	}
	if MaxParts != 75 {
		t.Errorf("MaxParts is %d: the wire has changed", MaxParts)
	}
}
