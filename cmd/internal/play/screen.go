package play

import (
	"bytes"
	"context"
	"sync"
)

// Screen is what a program has printed, line by line. It is safe from any goroutine; its zero value is empty.
type Screen struct {
	mu      sync.Mutex
	lines   []string
	partial []byte // a line that has not ended yet
	ended   bool
	changed chan struct{} // closed and made anew with every change
}

// Write takes output as it comes.
func (s *Screen) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.partial = append(s.partial, b...)
	for {
		line, rest, found := bytes.Cut(s.partial, []byte("\n"))
		if !found {
			break
		}
		s.lines = append(s.lines, string(line))
		s.partial = rest
	}
	s.notify()
	return len(b), nil
}

// Append adds a line that someone typed.
func (s *Screen) Append(line string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lines = append(s.lines, line)
	s.notify()
}

// Show replaces everything: a terminal knows what stands on it.
func (s *Screen) Show(lines []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lines = lines
	s.notify()
}

// End says that nothing more comes.
func (s *Screen) End() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.partial) > 0 {
		s.lines = append(s.lines, string(s.partial))
		s.partial = nil
	}
	s.ended = true
	s.notify()
}

// Lines gives a copy of what has been printed so far.
func (s *Screen) Lines() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.lines...)
}

// Until waits until ok is content with the lines, which it must not keep. It gives up when nothing more comes, or with ctx,
// and says whether ok was content.
func (s *Screen) Until(ctx context.Context, ok func(lines []string) bool) bool {
	for {
		s.mu.Lock()
		content, ended := ok(s.lines), s.ended
		if s.changed == nil {
			s.changed = make(chan struct{})
		}
		changed := s.changed
		s.mu.Unlock()
		if content || ended {
			return content
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return false
		}
	}
}

// notify wakes who waits. The caller holds mu.
func (s *Screen) notify() {
	if s.changed != nil {
		close(s.changed)
		s.changed = nil
	}
}
