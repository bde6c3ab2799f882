package peer

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// turnstile is a gate, what passed it, and the time.
type turnstile struct {
	gate   gate
	passed []string // with "~" for late
	now    time.Time
}

func (g *turnstile) enter(after, at uint64) {
	g.gate.enter(held{after: after, at: at, since: g.now, pass: func(_ time.Time, late bool) {
		name := fmt.Sprint(at)
		if late {
			name = "~" + name
		}
		g.passed = append(g.passed, name)
	}})
}

// A step of a test does something with a gate; what passes must be what it says.
type gateStep struct {
	do     func(g *turnstile)
	passes string
}

func enter(after, at uint64) gateStep {
	return gateStep{func(g *turnstile) { g.enter(after, at) }, ""}
}

func release(through uint64, passes string) gateStep {
	return gateStep{func(g *turnstile) { g.gate.release(g.now, through) }, passes}
}

// expire lets go what has waited for 10 s.
func expire(passes string) gateStep {
	return gateStep{func(g *turnstile) { g.gate.expire(g.now, g.now.Add(-10*time.Second)) }, passes}
}

func pause(seconds time.Duration) gateStep {
	return gateStep{func(g *turnstile) { g.now = g.now.Add(seconds * time.Second) }, ""}
}

// protocol.md §6.5: each thing passes when all that stands before it has come, or when it has waited too long.
func TestGate(t *testing.T) {
	for _, c := range []struct {
		name  string
		steps []gateStep
	}{
		{"empty", []gateStep{release(9, ""), expire("")}},
		{"in order", []gateStep{enter(0, 1), release(1, "1"), enter(1, 2), release(2, "2")}},
		{"nothing stands before it", []gateStep{enter(0, 3), release(0, "3")}},
		{"waits for what is before it", []gateStep{enter(2, 3), release(1, ""), release(2, "3")}},
		{"the first opens the way for all", []gateStep{enter(2, 3), enter(1, 2), enter(0, 1), release(3, "1 2 3")}},
		{"a hole stops what is behind it", []gateStep{enter(0, 1), enter(2, 3), release(1, "1"), enter(1, 2), release(3, "2 3")}},
		{"a text of three parts", []gateStep{enter(0, 3), enter(3, 4), release(4, "3 4")}},
		{"waits too long", []gateStep{enter(1, 2), pause(10), expire("2")}},
		{"not yet too long", []gateStep{enter(1, 2), pause(9), expire("")}},
		{"takes those before it along", []gateStep{enter(4, 5), pause(9), enter(1, 2), pause(1), expire("2 5")}},
		{"but not those behind it", []gateStep{enter(1, 2), pause(9), enter(4, 5), pause(1), expire("2")}},
		{"late", []gateStep{enter(1, 2), pause(10), expire("2"), enter(0, 1), release(2, "~1"), enter(2, 3), release(3, "3")}},
		{"a number may come twice", []gateStep{enter(0, 1), release(1, "1"), enter(0, 1), release(1, "1")}},
	} {
		t.Run(c.name, func(t *testing.T) {
			g := &turnstile{now: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)}
			for i, s := range c.steps {
				g.passed = nil
				s.do(g)
				if got := strings.Join(g.passed, " "); got != s.passes {
					t.Fatalf("step %d: %q passed, wanted %q", i+1, got, s.passes)
				}
			}
		})
	}
}

func TestGateNext(t *testing.T) {
	g := &turnstile{}
	if _, ok := g.gate.next(time.Second); ok {
		t.Error("an empty gate waits for something")
	}
	begun := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for _, at := range []uint64{5, 3, 9} {
		g.now = begun.Add(time.Duration(at) * time.Second)
		g.enter(at-1, at)
	}
	if next, ok := g.gate.next(10 * time.Second); !ok || next != begun.Add(13*time.Second) {
		t.Errorf("next %v, %v", next, ok)
	}
	if !slices.IsSortedFunc(g.gate.held, func(a, b held) int { return int(a.at) - int(b.at) }) {
		t.Error("not in order")
	}
}

// What passes may enter something: the gate's list is not walked meanwhile.
func TestGateIsEnteredFromWithin(t *testing.T) {
	g := &turnstile{}
	g.gate.enter(held{after: 0, at: 1, pass: func(time.Time, bool) { g.enter(1, 2) }})
	g.enter(2, 3)
	g.gate.release(g.now, 3)
	g.gate.release(g.now, 3)
	if got := strings.Join(g.passed, " "); got != "3 ~2" {
		t.Errorf("%q passed", got)
	}
}
