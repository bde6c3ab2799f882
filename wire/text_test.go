package wire

import (
	"errors"
	"reflect"
	"testing"
)

// statement is a message that is allowed, or not.
type statement struct {
	name string
	m    Message
	ok   bool
}

// checkBoth checks that what is refused is neither encoded nor decoded, and that the rest comes back as it was.
func checkBoth(t *testing.T, statements []statement) {
	for _, tt := range statements {
		t.Run(tt.name, func(t *testing.T) {
			_, err := AppendMessage(nil, tt.m)
			if errors.Is(err, ErrMalformed) == tt.ok || tt.ok && err != nil {
				t.Errorf("encode: %v", err)
			}
			w := encoders.New().(*encoder) // past the check
			w.enc.ResetWriter(&w.sink)
			if err := tt.m.EncodeMsgpack(w.enc); err != nil {
				t.Fatal(err)
			}
			got, err := decodeAll(w.sink.b)
			if errors.Is(err, ErrMalformed) == tt.ok || tt.ok && !reflect.DeepEqual(got[0], tt.m) {
				t.Errorf("decode: %+v, %v", got, err)
			}
		})
	}
}

// part is a part of a text of this size, with a body of so many bytes.
func part(flags uint8, size uint32, parts uint16, body int) Message {
	m := &Direct{Try: 1, Text: Text{Epoch: 1, ToEpoch: 1, Seq: 5, Parts: parts, Size: size, Flags: flags}}
	if body > 0 {
		m.Text.Body = make([]byte, body)
	}
	return m
}

// protocol.md §5.3: size, parts and body agree; who says less than it brings takes room that no one gave it (§10).
func TestPartFitsItsText(t *testing.T) {
	checkBoth(t, []statement{
		{"nothing", part(0, 0, 1, 0), true},
		{"a byte for nothing", part(0, 0, 1, 1), false},
		{"all of a text", part(0, 2, 1, 2), true},
		{"less than all", part(0, 2, 1, 1), false},
		{"more than all", part(0, 2, 1, 3), false},
		{"the fullest part", part(0, PartSize, 1, PartSize), true},
		{"version 1 had fuller ones", part(0, FirstPartSize, 1, FirstPartSize), true},
		{"the longest body", part(0, MaxPart, 1, MaxPart), true},
		{"a byte more than a reader takes", part(0, MaxPart+1, 1, MaxPart+1), false},
		{"two parts for what one holds", part(0, PartSize, 2, 10), false},
		{"two parts for a byte more", part(0, PartSize+1, 2, 10), true},

		{"four parts of 880", part(0, 3*PartSize+1, 4, PartSize), true},
		{"four parts, a byte over", part(0, 3*PartSize+1, 4, PartSize+1), false},
		{"as three parts of 960", part(0, 3*PartSize+1, 3, FirstPartSize), true},
		{"three parts, a byte over", part(0, 3*PartSize+1, 3, FirstPartSize+1), false},
		{"a part too few for either", part(0, 3*PartSize+1, 2, 10), false},
		{"a part too many for either", part(0, 3*PartSize+1, 5, 10), false},
		{"an empty part of several", part(0, 3*PartSize+1, 4, 0), true},
		{"the longest text", part(0, MaxText, MaxParts, PartSize), true},
		{"the longest text as version 1 cut it", part(0, MaxText, 69, FirstPartSize), true},
		{"between the two", part(0, MaxText, 70, 10), false},
		{"a byte beyond the longest", part(0, MaxText+1, MaxParts, 10), false},
	})
}

// protocol.md §14: the body of mail is longer than its text by MaxCover, that of a post by less.
func TestCoveredPartFitsItsText(t *testing.T) {
	const post = 113 + 4*32
	checkBoth(t, []statement{
		{"sealed mail", part(FlagCovered, 10, 1, 10+MaxCover), true},
		{"a byte over", part(FlagCovered, 10, 1, 10+MaxCover+1), false},
		{"a signed post", part(FlagCovered, 10, 1, 10+post), true},
		{"shorter than any cover", part(FlagCovered, 10, 1, 1), true}, // who opens it says so
		{"the cover of nothing", part(FlagCovered, 0, 1, MaxCover), true},
		{"a byte over nothing", part(FlagCovered, 0, 1, MaxCover+1), false},
		{"not said to be covered", part(0, 10, 1, 10+MaxCover), false},
		{"the fullest part", part(FlagCovered, PartSize, 1, MaxPart), true},
		{"the shortest text with the fullest body", part(FlagCovered, MaxPart-MaxCover, 1, MaxPart), true},
		{"of a text that is a byte shorter", part(FlagCovered, MaxPart-MaxCover-1, 1, MaxPart), false},
		{"the fullest part of several", part(FlagCovered, 3*PartSize+1, 4, MaxPart), true},
		{"a byte over a part of several", part(FlagCovered, 3*PartSize+1, 4, MaxPart+1), false},
		{"of a text that version 1 cut", part(FlagCovered, 3*PartSize+1, 3, MaxPart), true},
		{"of more text than version 2 puts in a part", part(FlagCovered, FirstPartSize, 1, MaxPart), true},
		{"of more text than a reader takes", part(FlagCovered, FirstPartSize, 1, MaxPart+1), false},
		{"flags to come beside it", part(0xfe, 10, 1, 10+MaxCover), true},
	})
}

// protocol.md §5.6: a void has no text, be it sealed or not.
func TestVoidHasNoText(t *testing.T) {
	checkBoth(t, []statement{
		{"a void", part(FlagVoid, 0, 1, 0), true},
		{"with a body", part(FlagVoid, 0, 1, 1), false},
		{"with a size", part(FlagVoid, 1, 1, 1), false},
		{"of several parts", part(FlagVoid, 3*PartSize+1, 4, 0), false},
		{"of two parts of nothing", part(FlagVoid, 0, 2, 0), false},
		{"sealed", part(FlagVoid|FlagCovered, 0, 1, MaxCover), true},
		{"sealed, a byte over", part(FlagVoid|FlagCovered, 0, 1, MaxCover+1), false},
		{"sealed, with a size", part(FlagVoid|FlagCovered, 1, 1, MaxCover), false},
		{"flags to come beside it", part(FlagVoid|0xfc, 0, 1, 0), true},
	})
}
