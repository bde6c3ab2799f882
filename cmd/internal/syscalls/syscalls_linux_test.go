package syscalls

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
)

// texts is how many each writes.
const texts = 5

// at makes faults of calls: those that are named, or all of the first -cases.
func faultsAt(what string, calls map[string][]int) (list []string) {
	for _, call := range []string{"pwrite64", "fdatasync", "sendmsg"} {
		numbers := calls[call]
		if *more > 0 && numbers != nil {
			numbers = nil
			for n := range *more {
				numbers = append(numbers, n+1)
			}
		}
		for _, n := range numbers {
			list = append(list, fmt.Sprintf("%s:%s:when=%d", call, what, n), fmt.Sprintf("%s:%s:when=%d", call, what, n))
		}
	}
	return list
}

// The server ends at a write, a sync, or when it sends something. Each case is played twice: the sender goes with it, or stays.
func TestTheServerIsKilledAtACall(t *testing.T) {
	t.Parallel()
	together(t, faultsAt("signal=KILL", map[string][]int{"pwrite64": {1, 4, 9, 16}, "fdatasync": {1, 3, 6}, "sendmsg": {1, 4, 9}}), func(s *stage, fault string, i int) (bool, error) {
		return serverFails(s, fault, i%2 == 0, func() error { return nil })
	})
}

// A failed sync ends the server with the reason, and it says nothing more to anyone.
func TestASyncOfTheServerFails(t *testing.T) {
	t.Parallel()
	together(t, faultsAt("error=EIO", map[string][]int{"fdatasync": {1, 2, 3, 5}}), func(s *stage, fault string, i int) (bool, error) {
		return serverFails(s, fault, i%2 == 0, func() error { return endedWith(s, "server", "udpchat server: ") })
	})
}

// serverFails: x writes to y, who is away, and to the channel, until the server has failed, and goes on with a new one. What the server
// had acknowledged it gives to y, also when x does not come back.
func serverFails(s *stage, fault string, alone bool, ended func() error) (fired bool, err error) {
	if err := s.start("server", fault); err != nil {
		return false, err
	}
	if err := s.start("x", ""); err != nil {
		return false, err
	}
	typed := 0
	for ready := s.seesOr("x", 1, "y @ ", "server"); ready && typed < texts; {
		s.types("x", fmt.Sprintf("send y text %d", typed))
		if typed == 2 {
			s.types("x", "send_all post 0")
		}
		typed++
		ready = s.seesOr("x", typed, "the server and saved]", "server")
	}
	fired = s.dead("server")
	if fired {
		if err := ended(); err != nil {
			return fired, err
		}
	}
	s.at("server").Process().Kill() // at the latest
	if alone {
		s.at("x").Process().Kill()
	}
	acknowledged := count(s.lines("x"), "the server and saved]")
	if err := errors.Join(s.start("server", ""), s.start("y", "")); err != nil {
		return fired, err
	}
	for i := range acknowledged {
		if !s.sees("y", 1, fmt.Sprintf(" text %d", i)) {
			return fired, fmt.Errorf("text %d was acknowledged, and is not there", i)
		}
	}
	unsure := -1
	if alone {
		unsure = typed - 1 // x may have been killed before it had read that line
		if err := s.start("x", ""); err != nil {
			return fired, err
		}
	}
	if !s.sees("x", 1, "[Welcome") || !s.sees("x", 1, "y @ ") {
		return fired, errors.New("x is not welcome")
	}
	for ; typed < texts; typed++ {
		s.types("x", fmt.Sprintf("send y text %d", typed))
	}
	return fired, settled(s, unsure)
}

// settled wants y to have every text once, and x to know it.
func settled(s *stage, unsure int) error {
	for i := range texts {
		if i != unsure && !s.sees("y", 1, fmt.Sprintf(" text %d", i)) {
			return fmt.Errorf("text %d does not come", i)
		}
	}
	if err := errors.Join(s.leaves("x"), s.leaves("y")); err != nil {
		return err
	}
	return onceEach(s.lines("y"), "x", "text", texts, func(i int) bool { return i == unsure })
}

// A client ends at a write, a sync, or when it sends something.
func TestAClientIsKilledAtACall(t *testing.T) {
	t.Parallel()
	together(t, faultsAt("signal=KILL", map[string][]int{"pwrite64": {1, 4, 9, 16}, "fdatasync": {1, 3, 6}, "sendmsg": {1, 4, 9}}), func(s *stage, fault string, _ int) (bool, error) {
		return clientFails(s, fault, func() error { return nil })
	})
}

// A failed sync ends a client with the reason.
func TestASyncOfAClientFails(t *testing.T) {
	t.Parallel()
	together(t, faultsAt("error=EIO", map[string][]int{"fdatasync": {1, 2, 3, 5}}), func(s *stage, fault string, _ int) (bool, error) {
		return clientFails(s, fault, func() error { return endedWith(s, "y", "udpchat client: ") })
	})
}

// clientFails: x and y write to each other until y has failed, and comes back.
func clientFails(s *stage, fault string, ended func() error) (fired bool, err error) {
	if err = errors.Join(s.start("server", ""), s.start("x", ""), s.start("y", fault)); err != nil {
		return false, err
	}
	if !s.sees("x", 1, "[Welcome") {
		return false, errors.New("x is not welcome")
	}
	unsure := -1
	again := func() error {
		fired = true
		return errors.Join(ended(), s.start("y", ""))
	}
	for i := range texts {
		if !fired && !s.seesOr("y", 1, "x @ ", "y") {
			if err := again(); err != nil {
				return fired, err
			}
		}
		if !s.sees("x", 1, "y @ ") || fired && !s.sees("y", 1, "x @ ") {
			return fired, errors.New("they do not see each other")
		}
		s.types("x", fmt.Sprintf("send y text %d", i))
		s.types("y", fmt.Sprintf("send x back %d", i))
		if s.seesOr("x", 1, fmt.Sprintf(" back %d", i), "y") { // it bears a time when y did not know yet that x is there
			continue
		}
		if fired {
			return fired, fmt.Errorf("back %d does not come", i)
		}
		unsure = i // y may have been killed before it had read that line
		if err := again(); err != nil {
			return fired, err
		}
	}
	if !fired {
		s.at("y").Process().Kill()
		if err := s.start("y", ""); err != nil {
			return fired, err
		}
	}
	if !s.sees("x", texts, "[Message received by y.]") {
		return fired, errors.New("not all that x wrote was acknowledged")
	}
	err = errors.Join(s.leaves("y"), s.leaves("x"))
	once := onceEach(s.lines("x"), "y", "back", texts, func(i int) bool { return i == unsure })
	return fired, errors.Join(err, once, onceEach(s.lines("y"), "x", "text", texts, func(int) bool { return false }))
}

// endedWith wants exit code 1 and one line with the file and the reason.
func endedWith(s *stage, name, prefix string) error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	code, err := s.at(name).Process().Exit(ctx)
	var said []string
	for _, l := range s.at(name).Stderr.Lines() {
		if !strings.HasPrefix(l, "time=") {
			said = append(said, l)
		}
	}
	if err != nil || code != 1 || len(said) != 1 || !strings.HasPrefix(said[0], prefix) ||
		!strings.Contains(said[0], ".db") || !strings.Contains(said[0], "input/output error") {
		return fmt.Errorf("exit code %d, %v, it says %q", code, err, said)
	}
	return nil
}
