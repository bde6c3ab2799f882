package wire

import (
	"fmt"
	"testing"
	"time"
)

// bottleneck is a slow link with a queue before it, in steps of the time that one message takes.
type bottleneck struct {
	room  int
	queue []int // whose message, in order
	later map[int][]func()
	step  int
}

func (l *bottleneck) now() time.Time { return time.Unix(0, int64(l.step)*int64(stepTime)) }

func (l *bottleneck) after(steps int, f func()) {
	l.later[l.step+steps] = append(l.later[l.step+steps], f)
}

// flow is a sender that always has something to send, and sends again what was not answered within pto.
type flow struct {
	congestion Congestion
	onWay      int
	done       int
}

const (
	stepTime = 2 * time.Millisecond // 500 messages a second
	trip     = 20                   // steps from the link to the answer
	pto      = 60                   // steps, more than a full queue takes
)

func (f *flow) send(l *bottleneck, me int) {
	if len(l.queue) == l.room { // lost
		left := l.now()
		l.after(pto, func() {
			f.congestion.Lost(l.now(), left)
			f.send(l, me)
		})
		return
	}
	l.queue = append(l.queue, me)
}

// Two flows through one slow link share it within 60 to 40, whenever the second one comes.
func TestCongestionIsFair(t *testing.T) {
	for _, c := range []struct{ room, begins int }{{20, 0}, {20, 5000}, {35, 0}, {35, 5000}, {35, 20000}} {
		t.Run(fmt.Sprintf("room for %d, the second after %d", c.room, c.begins), func(t *testing.T) {
			l := &bottleneck{room: c.room, later: map[int][]func(){}}
			flows := []*flow{{}, {}}
			begin := c.begins + 10000 // 20 s later they have found each other
			end := begin + 60000
			var before [2]int
			for ; l.step < end; l.step++ {
				for _, f := range l.later[l.step] {
					f()
				}
				delete(l.later, l.step)
				for i, f := range flows {
					for (i == 0 || l.step >= c.begins) && f.onWay < f.congestion.Window() {
						f.onWay++
						f.send(l, i)
					}
				}
				if len(l.queue) > 0 {
					f := flows[l.queue[0]]
					l.queue = l.queue[1:]
					l.after(trip, func() {
						f.congestion.Acked(1, f.onWay)
						f.onWay--
						f.done++
					})
				}
				if l.step == begin {
					before = [2]int{flows[0].done, flows[1].done}
				}
			}
			a, b := flows[0].done-before[0], flows[1].done-before[1]
			share := float64(a) / float64(a+b)
			use := float64(a+b) / float64(end-begin)
			t.Logf("%.0f %% of the link is used, shared %.0f : %.0f", 100*use, 100*share, 100-100*share)
			if share < 0.4 || share > 0.6 || use < 0.6 {
				t.Error("that is not fair, or wastes the link")
			}
		})
	}
}
