package store

import (
	"math"
	"slices"
	"testing"
)

func TestUnion(t *testing.T) {
	for name, c := range map[string]struct{ a, b, want Marks }{
		"nothing and nothing":          {Marks{}, Marks{}, Marks{}},
		"the higher watermark":         {Marks{Through: 3}, Marks{Through: 5}, Marks{Through: 5}},
		"a range above it stays":       {Marks{Through: 3, Ranges: []Range{{7, 9}}}, Marks{Through: 5}, Marks{Through: 5, Ranges: []Range{{7, 9}}}},
		"a range that it touches goes": {Marks{Through: 3, Ranges: []Range{{6, 9}}}, Marks{Through: 5}, Marks{Through: 9}},
		"ranges that touch are one":    {Marks{Ranges: []Range{{3, 4}}}, Marks{Ranges: []Range{{5, 6}}}, Marks{Ranges: []Range{{3, 6}}}},
		"ranges that overlap are one":  {Marks{Ranges: []Range{{3, 8}}}, Marks{Ranges: []Range{{5, 6}, {10, 11}}}, Marks{Ranges: []Range{{3, 8}, {10, 11}}}},
		"a range that is none":         {Marks{Ranges: []Range{{8, 3}}}, Marks{Through: 1}, Marks{Through: 1}},
		"the end of the numbers":       {Marks{Through: math.MaxUint64}, Marks{Ranges: []Range{{3, 4}}}, Marks{Through: math.MaxUint64}},
	} {
		got := c.a.Union(c.b)
		if got.Through != c.want.Through || !slices.Equal(got.Ranges, c.want.Ranges) {
			t.Errorf("%s: got %+v, want %+v", name, got, c.want)
		}
		if !got.Covers(c.b) || slices.ContainsFunc(c.a.Ranges, func(r Range) bool { return r.Lo <= r.Hi && !got.Has(r.Hi) }) {
			t.Errorf("%s: %+v lacks something of %+v and %+v", name, got, c.a, c.b)
		}
	}
}

func TestCovers(t *testing.T) {
	m := Marks{Through: 5, Ranges: []Range{{8, 10}}}
	for name, c := range map[string]struct {
		b    Marks
		want bool
	}{
		"itself":                    {m, true},
		"less":                      {Marks{Through: 4, Ranges: []Range{{9, 9}}}, true},
		"a range below the mark":    {Marks{Through: 1, Ranges: []Range{{3, 5}}}, true},
		"a higher watermark":        {Marks{Through: 6}, false},
		"a range that goes further": {Marks{Through: 5, Ranges: []Range{{8, 11}}}, false},
		"a range that it lacks":     {Marks{Ranges: []Range{{20, 20}}}, false},
	} {
		if got := m.Covers(c.b); got != c.want {
			t.Errorf("%s: got %v, want %v", name, got, c.want)
		}
	}
}
