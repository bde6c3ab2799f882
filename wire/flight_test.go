package wire

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// protocol.md §7.4: what three later ones overtook is lost, once.
func TestFlight(t *testing.T) {
	for _, c := range []struct{ name, steps, want string }{
		{"in order", "+a1 +b1 +c1 +d1 +e1 -a1 -b1 -c1 -d1 -e1", ""},
		{"two overtake it", "+a1 +b1 +c1 +d1 -b1 -c1", ""},
		{"three do", "+a1 +b1 +c1 +d1 -b1 -c1 -d1", "a"},
		{"it is told once", "+a1 +b1 +c1 +d1 +e1 +f1 -b1 -c1 -d1 -e1 -f1", "a"},
		{"two are lost, in their order", "+a1 +b1 +c1 +d1 +e1 -c1 -d1 -e1", "a b"},
		{"the second is lost too", "+a1 +b1 +c1 +d1 +e1 +f1 -b1 -d1 -e1 -f1", "a c"},
		{"its next try is overtaken too", "+a1 +b1 +c1 +d1 -b1 -c1 -d1 +a2 +e1 +f1 +g1 -e1 -f1 -g1", "a a"},
		{"its next try is answered", "+a1 +b1 +c1 +d1 -b1 -c1 +a2 -d1 -a2", "a"},
		{"an answer to the next try is one to the first", "+a1 +b1 +a2 +c1 +d1 +e1 -a2 -b1 -c1 -d1 -e1", ""},
		{"an answer to the first try leaves the next", "+a1 +a2 +b1 +c1 +d1 -a1 -b1 -c1 -d1", "a"},
		{"what was not sent", "+a1 -z1 -a9 -a1", ""},
		{"an answer again", "+a1 +b1 +c1 -c1 -c1 -c1 -c1", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			var f Flight[string]
			var lost []string
			for step := range strings.FieldsSeq(c.steps) {
				k, try := step[1:2], step[2]-'0'
				if step[0] == '+' {
					f.Sent(k, try)
				} else {
					lost = append(lost, f.Answered(k, try)...)
				}
			}
			if got := strings.Join(lost, " "); got != c.want {
				t.Errorf("lost %q, want %q", got, c.want)
			}
		})
	}
}

// What is never answered takes no memory without end, and what left last is known.
func TestFlightIsBounded(t *testing.T) {
	var f Flight[int]
	for i := range 10 * maxFlight {
		f.Sent(i, 1)
	}
	if len(f.sent) != maxFlight || cap(f.sent) > 4*maxFlight {
		t.Errorf("%d are kept, in room for %d", len(f.sent), cap(f.sent))
	}
	last := 10*maxFlight - 1
	var lost []int
	for i := range overtakes {
		lost = append(lost, f.Answered(last-i, 1)...)
	}
	if len(lost) != maxFlight-overtakes || lost[0] != 9*maxFlight || !slices.IsSorted(lost) {
		t.Errorf("lost %s", fmt.Sprint(len(lost)))
	}
}

func BenchmarkFlight(b *testing.B) {
	var f Flight[int]
	for i := range 512 {
		f.Sent(i, 1)
	}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		f.Sent(i+512, 1)
		f.Answered(i, 1)
	}
}
