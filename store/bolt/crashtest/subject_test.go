package crashtest

import (
	"crypto/sha256"
	"fmt"
	"hash"
	"io"

	"udpchat/store"
	"udpchat/store/bolt"
)

// subject is a store under test.
type subject interface {
	identity() (string, error) // what is drawn when the store is made, and never changes
	digest() (string, error)   // of all else that can be read
	submit(change any, done func(error))
	Close() error
}

// plan is a list of changes, and the digest after the first i of them for each i.
type plan struct {
	changes []any
	digests []string
}

type kindOfStore struct {
	open func(path string) (subject, error)
	plan func(seed uint64, n int, identity string) plan
}

// options make the log so small that it begins again many times.
var options = bolt.Options{Log: 24 << 10}

var subjects = map[string]kindOfStore{
	"server": {
		func(path string) (subject, error) {
			s, err := bolt.OpenServer(path, options)
			return server{s}, err
		},
		serverPlan,
	},
	"profile": {
		func(path string) (subject, error) {
			p, err := bolt.OpenProfile(path, options)
			return profile{p}, err
		},
		profilePlan,
	},
}

type server struct{ store.Server }

func (s server) identity() (string, error) {
	h, err := s.Head()
	return fmt.Sprintf("%d %x", h.ID, h.Seed), err
}

func (s server) submit(c any, done func(error)) {
	s.Submit(c.(store.Change), func(_ store.Result, err error) { done(err) })
}

func (s server) digest() (string, error) {
	h, err := s.Head()
	if err != nil {
		return "", err
	}
	sum := sha256.New()
	fmt.Fprintln(sum, h.ID, h.Revision, h.Order)
	rows, err := s.Clients(store.Key{}, 1000)
	if err != nil {
		return "", err
	}
	for _, row := range rows {
		fmt.Fprintf(sum, "%+v\n", row)
		items, damaged, err := s.Waiting(row.Key, 0, 10_000)
		if err != nil || damaged > 0 {
			return "", fmt.Errorf("%d damaged, %w", damaged, err)
		}
		for _, it := range items {
			fmt.Fprintln(sum, it.Order, it.Post)
			text(sum, it.From, it.Text)
		}
		untold, err := s.Untold(row.Key)
		if err != nil {
			return "", err
		}
		fmt.Fprintf(sum, "%+v\n", untold)
	}
	return string(fmt.Appendf(nil, "%x", sum.Sum(nil))), nil
}

func text(to io.Writer, who store.Key, x store.Text) {
	body := x.Body
	x.Body = nil
	fmt.Fprintf(to, "%x %+v %d ", who, x, len(body))
	_, _ = to.Write(body)
}

type profile struct{ store.Profile }

func (p profile) identity() (string, error) {
	l, err := p.Load()
	return fmt.Sprintf("%x", l.Seed), err
}

func (p profile) submit(c any, done func(error)) { p.Submit(c.(store.ProfileChange), done) }

func (p profile) digest() (string, error) {
	l, err := p.Load()
	if err != nil {
		return "", err
	}
	lines, err := p.History(0, 10_000)
	if err != nil {
		return "", err
	}
	sum := sha256.New()
	load(sum, l)
	fmt.Fprintln(sum, len(lines), lines)
	return string(fmt.Appendf(nil, "%x", sum.Sum(nil))), nil
}

// load leaves the seed out, and an epoch that was drawn: plans set small ones.
func load(sum hash.Hash, l store.Loaded) {
	if l.Epoch < 1<<32 {
		fmt.Fprintln(sum, l.Epoch)
	}
	for _, o := range l.Outbox {
		text(sum, o.To, o.Text)
	}
	for _, p := range l.Parts {
		fmt.Fprintln(sum, p.Mail, p.Post)
		text(sum, p.From, p.Text)
	}
	fmt.Fprintln(sum, l.Lines, l.Lanes, len(l.Inbox), l.Inbox, len(l.Unshown), l.Unshown, l.Streams, l.Contacts, l.Prekeys, l.Chains, l.Servers, l.Clear)
}
