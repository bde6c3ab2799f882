// Package memory keeps the stores in maps: for clients without history, for simulations and for tests. It is not durable: what
// it promises ends with the process.
//
// There are two ways in. Submit has the promises of the interface: the change happens at once, and done is called in order: a Server's later,
// from a goroutine that lives while there is something to answer; a Profile's before Submit returns, or by the Submit that is answering
// just then, so that a client without history waits for nobody. Apply does the same change and returns its result,
// with no goroutine: a simulation decides by itself when to tell.
package memory

import "sync"

// answers calls functions in order, one at a time, without the lock of the store whose answers they are: that is mu. The zero value works.
type answers struct {
	mu           sync.Mutex
	queue, spare []answer        // spare is an emptied one
	busy         bool            // someone calls them
	idle         []chan struct{} // closed when the queue is empty
}

// answer is what is to be called, and with what.
type answer struct {
	call func(error)
	err  error
}

// add leaves a function to run. The caller has the lock.
func (a *answers) add(call func(error), err error) { a.queue = append(a.queue, answer{call, err}) }

// run calls what was added, unless someone does so already and will find it. The caller has the lock, and has it again after that.
func (a *answers) run() {
	if a.busy {
		return
	}
	for a.busy = true; len(a.queue) > 0; {
		queue := a.queue
		a.queue, a.spare = a.spare, nil
		a.mu.Unlock()
		for _, x := range queue {
			x.call(x.err)
		}
		clear(queue)
		a.mu.Lock()
		a.spare = queue[:0]
	}
	a.busy = false
	for _, ch := range a.idle {
		close(ch)
	}
	a.idle = nil
}

// wait returns when everything was answered. It must not be called from an answer.
func (a *answers) wait() {
	a.mu.Lock()
	if !a.busy && len(a.queue) == 0 {
		a.mu.Unlock()
		return
	}
	ch := make(chan struct{})
	a.idle = append(a.idle, ch)
	a.mu.Unlock()
	<-ch
}
