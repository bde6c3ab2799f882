package main

import (
	"errors"
	"sync"

	"udpchat/store"
	"udpchat/store/memory"
)

// forgetful is a profile without history. The file keeps who one is, and who others are; everything else is in memory and ends
// with the program.
type forgetful struct {
	store.Profile // in memory
	file          store.Profile
	loaded        store.Loaded // from the file
	answers       *answers
}

func newForgetful(file store.Profile, loaded store.Loaded) forgetful {
	return forgetful{memory.NewProfile(loaded.Seed, random()), file, loaded, new(answers)}
}

// Load gives an empty profile, but for what the file keeps.
func (f forgetful) Load() (store.Loaded, error) {
	l, err := f.Profile.Load()
	l.Contacts, l.Servers, l.Clear = f.loaded.Contacts, f.loaded.Servers, f.loaded.Clear
	return l, err
}

// Submit does every change in memory, and those of what the file keeps there too: their answer waits for the file, and the answers
// behind it for that one.
func (f forgetful) Submit(c store.ProfileChange, done func(error)) {
	a := f.answers.expect(done)
	switch c.(type) {
	case store.Meet, store.PinServer, store.Bound:
		f.Profile.Submit(c, func(err error) {
			f.file.Submit(c, func(written error) { f.answers.came(a, errors.Join(err, written)) })
		})
	default:
		f.Profile.Submit(c, func(err error) { f.answers.came(a, err) })
	}
}

// Close waits for the answers of both.
func (f forgetful) Close() error {
	return errors.Join(f.Profile.Close(), f.file.Close())
}

// answers gives answers in the order in which they were expected, whichever comes first.
type answers struct {
	mu      sync.Mutex
	waiting []*pendingAnswer
	giving  bool
}

type pendingAnswer struct {
	done func(error)
	err  error
	came bool
}

func (a *answers) expect(done func(error)) *pendingAnswer {
	a.mu.Lock()
	defer a.mu.Unlock()
	p := &pendingAnswer{done: done}
	a.waiting = append(a.waiting, p)
	return p
}

// came gives an answer, and those that waited for it. When another came is giving it leaves that to it.
func (a *answers) came(p *pendingAnswer, err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	p.err, p.came = err, true
	if a.giving {
		return
	}
	for a.giving = true; len(a.waiting) > 0 && a.waiting[0].came; {
		first := a.waiting[0]
		a.waiting = a.waiting[1:]
		a.mu.Unlock()
		first.done(first.err)
		a.mu.Lock()
	}
	a.giving = false
}
