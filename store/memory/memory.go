// Package memory keeps the stores in maps: for clients without history, for simulations and for tests. It is not durable: what
// it promises ends with the process.
//
// There are two ways in. Submit has the promises of the interface: the change happens at once, and done is called later, in
// order, from a goroutine that lives while there is something to answer. Apply does the same change and returns its result,
// with no goroutine: a simulation decides by itself when to tell.
package memory

import "sync"

// answers calls functions in order from one goroutine. The zero value works.
type answers struct {
	mu    sync.Mutex
	queue []func()
	idle  []chan struct{} // closed when the queue is empty
}

func (a *answers) add(f func()) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.queue = append(a.queue, f); len(a.queue) == 1 {
		go a.run() // wait waits for it
	}
}

// run keeps the answer it is at in the queue, so that add starts no second goroutine.
func (a *answers) run() {
	for more := true; more; {
		a.mu.Lock()
		first := a.queue[0]
		a.mu.Unlock()
		first()
		a.mu.Lock()
		a.queue = a.queue[1:]
		if more = len(a.queue) > 0; !more {
			for _, ch := range a.idle {
				close(ch)
			}
			a.idle = nil
		}
		a.mu.Unlock()
	}
}

// wait returns when everything was answered. It must not be called from an answer.
func (a *answers) wait() {
	a.mu.Lock()
	if len(a.queue) == 0 {
		a.mu.Unlock()
		return
	}
	ch := make(chan struct{})
	a.idle = append(a.idle, ch)
	a.mu.Unlock()
	<-ch
}
