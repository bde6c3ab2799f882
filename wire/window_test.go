package wire

import (
	"errors"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
)

// protocol.md §6: the watermark and the ranges.
func TestWindow(t *testing.T) {
	const top = math.MaxUint64
	tests := []struct {
		name    string
		marks   []Range
		refused []Range
		through uint64
		ranges  []Range
	}{
		{"nothing", nil, nil, 0, nil},
		{"in order", []Range{{1, 1}, {2, 2}, {3, 3}}, nil, 3, nil},
		{"0 is no seq", []Range{{0, 0}}, nil, 0, nil},
		{"a hole", []Range{{1, 1}, {3, 3}}, nil, 1, []Range{{3, 3}}},
		{"a hole that is filled", []Range{{1, 1}, {3, 4}, {2, 2}}, nil, 4, nil},
		{"the largest first moves nothing", []Range{{9, 9}}, nil, 0, []Range{{9, 9}}},
		{"twice", []Range{{5, 5}, {5, 5}}, nil, 0, []Range{{5, 5}}},
		{"backwards", []Range{{5, 5}, {4, 4}, {3, 3}}, nil, 0, []Range{{3, 5}}},
		{"a range between two", []Range{{3, 3}, {7, 7}, {5, 5}}, nil, 0, []Range{{3, 3}, {5, 5}, {7, 7}}},
		{"a range that joins two", []Range{{3, 3}, {5, 5}, {4, 4}}, nil, 0, []Range{{3, 5}}},
		{"a range over several", []Range{{3, 3}, {5, 5}, {9, 9}, {4, 7}}, nil, 0, []Range{{3, 7}, {9, 9}}},
		{"a range inside another", []Range{{3, 9}, {5, 6}}, nil, 0, []Range{{3, 9}}},
		{"a watermark over ranges", []Range{{3, 4}, {6, 6}, {9, 9}, {1, 5}}, nil, 6, []Range{{9, 9}}},
		{"a watermark into a range", []Range{{3, 8}, {1, 5}}, nil, 8, nil},
		{"as far as it goes", []Range{{1024, 1024}}, []Range{{1025, 1025}}, 0, []Range{{1024, 1024}}},
		{"as far as it goes from a watermark", []Range{{1, 10}, {1034, 1034}}, []Range{{1035, 1035}, {1030, 1035}}, 10, []Range{{1034, 1034}}},
		{"far, but without a hole", []Range{{1, 5000}}, nil, 5000, nil},
		{"an empty range", nil, []Range{{6, 5}}, 0, nil},
		{"the end of all seqs", []Range{{1, top - 3}, {top, top}}, nil, top - 3, []Range{{top, top}}},
		{"everything", []Range{{1, top}, {top, top}, {5, top}}, nil, top, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var w Window
			for _, r := range tt.marks {
				if !w.MarkRange(r.Lo, r.Hi) {
					t.Errorf("refused %v", r)
				}
				if !w.Has(r.Lo) || !w.Has(r.Hi) {
					t.Errorf("has not what was marked: %v", r)
				}
			}
			for _, r := range tt.refused {
				if w.MarkRange(r.Lo, r.Hi) {
					t.Errorf("took %v", r)
				}
			}
			if w.Through() != tt.through || !slices.Equal(w.Ranges(), tt.ranges) {
				t.Errorf("through %d, %v, want %d, %v", w.Through(), w.Ranges(), tt.through, tt.ranges)
			}
			back, err := LoadWindow(w.Through(), w.Ranges())
			if err != nil || back.through != w.through || !slices.Equal(back.ranges, w.ranges) {
				t.Errorf("loaded as %+v, %v", back, err)
			}
		})
	}
}

func TestWindowFits(t *testing.T) {
	w, _ := LoadWindow(10, nil)
	for seq, want := range map[uint64]bool{0: true, 10: true, 11: true, 1034: true, 1035: false, math.MaxUint64: false} {
		if w.Fits(seq) != want {
			t.Errorf("Fits(%d) = %v", seq, !want)
		}
	}
}

func TestLoadWindow(t *testing.T) {
	w, err := LoadWindow(5, []Range{{7, 8}, {9, 9}, {11, 11}})
	if want := []Range{{7, 9}, {11, 11}}; err != nil || !slices.Equal(w.Ranges(), want) {
		t.Errorf("got %v, %v", w.Ranges(), err)
	}
	for _, bad := range [][]Range{{{6, 7}}, {{5, 7}}, {{8, 7}}, {{9, 9}, {7, 7}}, {{7, 9}, {9, 10}}} {
		if _, err := LoadWindow(5, bad); !errors.Is(err, ErrMalformed) {
			t.Errorf("%v: %v", bad, err)
		}
	}
}

// protocol.md §6: an acknowledgement names the lowest ranges and the one that it answers.
func TestWindowMarks(t *testing.T) {
	w, _ := LoadWindow(5, []Range{{7, 7}, {9, 12}, {20, 20}, {30, 40}})
	tests := []struct {
		name  string
		limit int
		near  uint64
		want  []Range
	}{
		{"all", 16, 35, []Range{{7, 7}, {9, 12}, {20, 20}, {30, 40}}},
		{"the lowest two", 2, 9, []Range{{7, 7}, {9, 12}}},
		{"one that is beyond", 2, 35, []Range{{7, 7}, {30, 40}}},
		{"the first that is beyond", 2, 20, []Range{{7, 7}, {20, 20}}},
		{"only the one", 1, 20, []Range{{20, 20}}},
		{"one below the watermark", 2, 3, []Range{{7, 7}, {9, 12}}},
		{"one that is missing", 2, 25, []Range{{7, 7}, {9, 12}}},
		{"none", 0, 35, nil},
	}
	for _, tt := range tests {
		if got := w.Marks(tt.limit, tt.near); !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
	w.Marks(16, 35)[0] = Range{1, 1}
	w.Ranges()[0] = Range{1, 1}
	if !w.Has(7) {
		t.Error("a caller changed the window")
	}
}

// protocol.md §6: receipt orders have gaps, and the span says that nothing is in them.
func TestWindowSpans(t *testing.T) {
	var w Window
	steps := []struct {
		prev, order uint64
		ok          bool
		through     uint64
		ranges      []Range
	}{
		{0, 1000, true, 1000, nil},
		{90000, 1 << 40, true, 1000, []Range{{90001, 1 << 40}}},
		{1000, 2000, true, 2000, []Range{{90001, 1 << 40}}},
		{2000, 2000, false, 2000, []Range{{90001, 1 << 40}}},
		{2001, 2000, false, 2000, []Range{{90001, 1 << 40}}},
		{math.MaxUint64 - 1, math.MaxUint64, true, 2000, []Range{{90001, 1 << 40}, {math.MaxUint64, math.MaxUint64}}},
		{500, 90000, true, 1 << 40, []Range{{math.MaxUint64, math.MaxUint64}}},
	}
	for _, s := range steps {
		if got := w.MarkSpan(s.prev, s.order); got != s.ok {
			t.Errorf("MarkSpan(%d, %d) = %v", s.prev, s.order, got)
		}
		if w.Through() != s.through || !slices.Equal(w.Ranges(), s.ranges) {
			t.Errorf("after %d, %d: through %d, %v", s.prev, s.order, w.Through(), w.Ranges())
		}
	}
}

func TestWindowSpansAreBounded(t *testing.T) {
	var w Window
	for i := range uint64(MaxSpans) {
		if !w.FitsSpan(100*i+10, 100*i+20) || !w.MarkSpan(100*i+10, 100*i+20) {
			t.Fatalf("span %d was refused", i)
		}
	}
	if w.FitsSpan(1<<30, 1<<31) || w.MarkSpan(1<<30, 1<<31) || w.Has(1<<31) {
		t.Error("a span too many was taken")
	}
	if !w.MarkSpan(120, 125) || len(w.ranges) != MaxSpans {
		t.Error("a span beside another was refused")
	}
	if !w.MarkSpan(0, 10) || w.Through() != 20 || !w.MarkSpan(1<<30, 1<<31) {
		t.Error("a span at the watermark was refused, or made no room")
	}
}

// naive is a window as one would write it without care for memory.
type naive map[uint64]bool

func (n naive) through() (t uint64) {
	for n[t+1] {
		t++
	}
	return t
}

// checkWindow compares what a window says with the model.
func checkWindow(t *testing.T, w *Window, model naive, top uint64) {
	t.Helper()
	if w.Through() != model.through() {
		t.Fatalf("through %d, want %d", w.Through(), model.through())
	}
	n := uint64(0)
	for seq := uint64(1); seq <= top; seq++ {
		if w.Has(seq) != model[seq] {
			t.Fatalf("Has(%d) = %v", seq, !model[seq])
		}
		if model[seq] && seq > w.Through() {
			n++
		}
	}
	above, last := uint64(0), w.Through()
	for _, r := range w.Ranges() {
		if r.Lo <= last+1 || r.Hi < r.Lo {
			t.Fatalf("ranges %v above %d", w.Ranges(), w.Through())
		}
		above, last = above+r.Hi-r.Lo+1, r.Hi
	}
	if above != n {
		t.Fatalf("ranges %v hold %d, want %d", w.Ranges(), above, n)
	}
}

// FuzzWindow compares a window with a set: three bytes are one operation.
func FuzzWindow(f *testing.F) {
	f.Add([]byte{0, 1, 0, 0, 3, 0, 0, 2, 0})
	f.Add([]byte{1, 10, 5, 1, 1, 9, 2, 200, 100, 0, 255, 0})
	rng := rand.New(rand.NewPCG(1, 2))
	for range 8 {
		b := make([]byte, 300)
		for i := range b {
			b[i] = byte(rng.Uint32())
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, ops []byte) {
		if len(ops) > 600 {
			return
		}
		var w Window
		model := naive{}
		const top = 8*255 + 255 + 2
		for ; len(ops) >= 3; ops = ops[3:] {
			// the scale reaches beyond MaxSparse
			lo := uint64(ops[1]) * uint64(1+ops[0]>>5)
			hi := lo + uint64(ops[2])
			through := model.through()
			var done, want bool
			switch ops[0] & 3 {
			case 0:
				hi = lo
				want = lo <= through+MaxSparse
				if w.Fits(lo) != want {
					t.Fatalf("Fits(%d) = %v above %d", lo, !want, through)
				}
				done = w.Mark(lo)
			case 1, 2:
				want = lo <= through+1 || hi <= through+MaxSparse
				done = w.MarkRange(lo, hi)
			case 3:
				want = hi > lo && w.FitsSpan(lo, hi)
				done = w.MarkSpan(lo, hi)
				lo++
			}
			if done != want {
				t.Fatalf("operation %v above %d: %v", ops[:3], through, done)
			}
			for seq := max(lo, 1); done && seq <= hi; seq++ {
				model[seq] = true
			}
		}
		checkWindow(t, &w, model, top)
	})
}

// protocol.md §5.6: a void ends the seqs right below its own too.
func TestVoidsEndRanges(t *testing.T) {
	for _, c := range []struct {
		name string
		text Text
		from uint64
	}{
		{"a text", Text{Seq: 9, Time: 3}, 9},
		{"a void", Void(1, 2, 9, 9), 9},
		{"a void of five", Void(1, 2, 5, 9), 5},
		{"a void of all", Void(1, 2, 1, 9), 1},
		{"a void of version 1 has the time", Text{Seq: 9, Time: 1_700_000_000_000_000, Flags: FlagVoid}, 9},
		{"a void that would begin at 0", Text{Seq: 9, Time: 9, Flags: FlagVoid}, 9},
		{"a void with a time before 1970", Text{Seq: 9, Time: -3, Flags: FlagVoid}, 9},
	} {
		if got := c.text.From(); got != c.from {
			t.Errorf("%s: from %d, want %d", c.name, got, c.from)
		}
	}
}

func TestRangesOfAWindow(t *testing.T) {
	var w Window
	w.MarkRange(1, 4)
	w.MarkRange(7, 9)
	for _, c := range []struct {
		lo, hi    uint64
		had, fits bool
	}{
		{1, 4, true, true}, {3, 3, true, true}, {1, 5, false, true}, {4, 7, false, true}, {7, 9, true, true}, {8, 10, false, true},
		{6, 9, false, true}, {5, 5000, false, true}, {6, 5000, false, false}, {6, 4 + MaxSparse, false, true},
	} {
		if got := w.HasRange(c.lo, c.hi); got != c.had {
			t.Errorf("%d to %d: had %t", c.lo, c.hi, got)
		}
		if got := w.FitsRange(c.lo, c.hi); got != c.fits {
			t.Errorf("%d to %d: fits %t", c.lo, c.hi, got)
		}
	}
}
