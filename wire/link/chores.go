package link

import (
	"bytes"
	"context"
	"slices"
	"time"

	"udpchat/wire"
)

// job is a handshake, or what is due to one: some multiplications on a curve, and then what is made of their outcome.
type job struct {
	path Path // on which it was asked for, or is
	// work takes about 0.1 ms, and touches nothing that changes but what is the job's own: it may be done beside the owner of the Sessions, who
	// is asked whether a static key is known to be a key's.
	work func(knows func(key wire.Key, static [32]byte) bool)
	// done is for the owner. An error is why the datagram is dropped.
	done func(now time.Time) error
}

// do does a job at once.
func (s *Sessions) do(now time.Time, j job) error {
	j.work(s.knows)
	return j.done(now)
}

// chore is a job that is left for later: someone is to be dialled, or a handshake's datagram came that was found in order.
type chore struct {
	dial     *remote
	path     Path
	datagram []byte
}

// maxLeft bounds the datagrams among the chores: it is more than are let in at once (SessionConfig.Answers), and what is beyond comes again.
const maxLeft = 2048

// chores are what was left, the first first.
type chores struct {
	list      []chore
	done      int // of list
	datagrams int // in the rest
}

// leave leaves something for later.
func (s *Sessions) leave(c chore) { s.chores.list = append(s.chores.list, c) }

// leaveDatagram leaves a datagram for later, if there is room.
func (s *Sessions) leaveDatagram(p Path, datagram []byte) error {
	if s.chores.datagrams == maxLeft {
		return ErrBusy
	}
	s.chores.datagrams++
	s.leave(chore{path: p, datagram: bytes.Clone(datagram)})
	return nil
}

// behind reports whether something was left.
func (s *Sessions) behind() bool { return s.chores.done < len(s.chores.list) }

// chore takes what was left first, and is to be done now: one at a time, since the next one may depend on what is made of it.
func (s *Sessions) chore() (j job, ok bool) {
	k := &s.chores
	for !ok && s.behind() {
		c := k.list[k.done]
		if k.done++; k.done > len(k.list)/2 {
			k.list, k.done = slices.Delete(k.list, 0, k.done), 0
		}
		if c.dial != nil {
			if ok = c.dial.dial != nil && c.dial.dial.queued; ok { // else it came by itself meanwhile
				j = s.begin(c.dial)
			}
			continue
		}
		k.datagrams--
		h, body, _ := wire.ParseDatagram(c.datagram) // it was parsed before
		if h.Type == wire.TypeInitiation {
			j = s.meet(c.path, h, c.datagram, body)
		} else {
			j = s.conclude(c.path, h, body)
		}
		ok = j.work != nil
	}
	return j, ok
}

// shakeHands does what the sessions leave. It has the turn for what comes before and after the work, not meanwhile: who has a session is not held up.
func (l *Loop) shakeHands(ctx context.Context) {
	knows := func(key wire.Key, static [32]byte) bool {
		l.turn.Lock()
		defer l.turn.Unlock()
		return l.sessions.knows(key, static)
	}
	next := func(last job) (j job, ok bool) {
		l.turn.Lock()
		defer l.turn.Unlock()
		if !l.runs {
			return job{}, false
		}
		if last.work != nil {
			l.step(func() { l.settle(last) })
		}
		return l.sessions.chore()
	}
	for {
		select {
		case <-l.behind:
		case <-ctx.Done():
			return
		}
		for j, ok := next(job{}); ok; j, ok = next(j) {
			j.work(knows)
		}
	}
}

// settle makes of a job what it is.
func (l *Loop) settle(j job) {
	err := j.done(time.Now())
	l.sessions.Counts.note(err)
	l.dropped(j.path, 0, err)
}

// wakeShaker has shakeHands look what there is to do.
func (l *Loop) wakeShaker() {
	select {
	case l.behind <- struct{}{}:
	default:
	}
}
