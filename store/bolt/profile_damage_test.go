package bolt

import (
	"bytes"
	"encoding/binary"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"udpchat/store"
	"udpchat/store/storetest"
)

// flipped is how many bits are turned over, each in a copy of its own.
var flipped = flag.Int("flips", 150, "how many single-bit flips of a file are tried")

// person is all that can be read from a profile.
type person struct {
	loaded   store.Loaded
	history  []store.Line
	passages []store.Line // the same, read in pages from both ends
}

func readPerson(p *Profile) (who person, err error) {
	var bad error
	who.loaded, err = p.Load()
	who.history, bad = p.History(0, 10_000)
	err = errors.Join(err, bad)
	for _, q := range []store.Query{{Limit: 10_000}, {Limit: 10_000, Oldest: true}} {
		lines, damaged, bad := readPages(p, q)
		who.passages = append(who.passages, lines...)
		if err = errors.Join(err, bad); damaged > 0 {
			err = errors.Join(err, fmt.Errorf("%d records are %w", damaged, store.ErrDamaged))
		}
	}
	return who, err
}

// readPages reads page by page until nothing is left, or can't be read.
func readPages(p *Profile, q store.Query) (lines []store.Line, damaged int, err error) {
	for {
		got, err := p.Read(q)
		lines, damaged = append(lines, got.Lines...), damaged+got.Damaged
		if q.After = got.Next; !q.Oldest {
			q.After, q.Before = 0, got.Next
		}
		if err != nil || got.Next == 0 {
			return lines, damaged, err
		}
	}
}

// largePerson makes a profile of some hundred pages.
func largePerson(t *testing.T) (content, sidecar []byte, who person) {
	path := filepath.Join(t.TempDir(), "profile.db")
	p := must(OpenProfile(path, Options{}))(t)
	order := uint64(0)
	line := func(peer string, out bool, n int) *store.Line {
		order++
		end := store.EndUnnoted
		if out {
			end = store.EndOpen
		}
		return &store.Line{End: end, Order: order, Peer: storetest.Key(peer), Epoch: 1, First: order, Last: order, Time: int64(order), Out: out,
			Text: strings.Repeat(fmt.Sprintf("%s %d ", peer, order), n)}
	}
	for i := range uint64(40) {
		var changes []store.ProfileChange
		for j := range uint64(10) {
			seq, to := i*10+j+1, people[j%5]
			x := storetest.Single(seq, fmt.Sprintf("to %s, %d", to, seq))
			changes = append(changes,
				&store.Accept{Items: []store.Outgoing{{To: storetest.Key(to), Text: x}}, Lane: store.Lane{To: storetest.Key(to), Epoch: 1, ToEpoch: 1, Last: seq}, Line: *line(to, true, 5)},
				&store.Receive{Source: &store.Source{From: storetest.Key(to), Marks: store.Marks{Epoch: 1, ToEpoch: 1, Through: seq}}, Line: line(to, false, 1+int(seq%20))},
				&store.Receive{Part: &store.Part{From: storetest.Key(to), Text: storetest.Part(seq*100, 0, 3, 3000)}})
		}
		k := storetest.Key(fmt.Sprint("contact ", i))
		changes = append(changes, store.Meet{Contacts: []store.Contact{{Key: k, Name: fmt.Sprint("n", i), Card: strings.Repeat("c", 100)}}},
			store.Rotate{Put: []store.Prekey{{ID: uint32(i), Made: int64(i)}}}, store.Shown{Lines: []uint64{order - 1}},
			store.PinServer{Pin: store.ServerPin{Address: fmt.Sprintf("host%d:1", i), Key: k}},
			store.Settle{To: storetest.Key("ann"), Epoch: 1, ToEpoch: 1, Seqs: []uint64{i*10 + 1}, Ends: []store.Ended{{Line: order - 19, End: store.EndDelivered}}, Chain: &store.Chain{Author: k, Seq: i}})
		storetest.Change(t, p, changes...)
	}
	who = must(readPerson(p))(t)
	closeAndCheck(t, p, path)
	content = must(os.ReadFile(path))(t)
	return content[:usedBytes(t, content)], must(os.ReadFile(sidecarPath(path)))(t), who
}

// strange looks for what is not as it was written. What is missing beside it is counted elsewhere.
func strange[T any](got, want []T, id func(T) any) (none bool, missing int) {
	truth := map[any]T{}
	for _, w := range want {
		truth[id(w)] = w
	}
	for _, g := range got {
		if w, ok := truth[id(g)]; !ok || !reflect.DeepEqual(g, w) {
			return false, 0
		}
	}
	return true, len(want) - len(got)
}

// noEnds forgets what became of lines: of a damaged record it is unknown.
func noEnds(lines []store.Line) []store.Line {
	lines = slices.Clone(lines)
	for i := range lines {
		lines[i].End = store.EndUnnoted
	}
	return lines
}

// judgePerson compares what was read from a damaged profile with what was written, and names what is wrong.
func (v *verdicts) judgePerson(want, got person, err error) (wrong string) {
	missing := 0
	byLine := func(l store.Line) any { return l.Order }
	is := func(what string) func(bool, int) {
		return func(fine bool, n int) {
			if missing += n; !fine {
				wrong += " " + what
			}
		}
	}
	is("history")(strange(got.history, want.history, byLine))
	is("passages")(strange(noEnds(got.passages), noEnds(want.passages), byLine))
	a, b := got.loaded, want.loaded
	is("unshown")(strange(a.Unshown, b.Unshown, byLine))
	is("outbox")(strange(a.Outbox, b.Outbox, func(o store.Outgoing) any { return fmt.Sprint(o.To, o.Text.Seq) }))
	is("parts")(strange(a.Parts, b.Parts, func(p store.Part) any { return fmt.Sprint(p.From, p.Text.Seq) }))
	is("lanes")(strange(a.Lanes, b.Lanes, func(l store.Lane) any { return l.To }))
	is("inbox")(strange(a.Inbox, b.Inbox, func(s store.Source) any { return s.From }))
	is("contacts")(strange(a.Contacts, b.Contacts, func(c store.Contact) any { return c.Key }))
	is("prekeys")(strange(a.Prekeys, b.Prekeys, func(p store.Prekey) any { return p.ID }))
	is("servers")(strange(a.Servers, b.Servers, func(s store.ServerPin) any { return s.Address }))
	is("chains")(strange(a.Chains, b.Chains, func(c store.Chain) any { return c.Author }))
	if err == nil {
		is("self")(a.Seed == b.Seed && a.Epoch == b.Epoch, 0)
	}
	switch {
	case wrong != "":
		v.wrong++
	case err != nil:
		v.errors++
	case missing > 0:
		v.missing++
	default:
		v.harmless++
	}
	return wrong
}

func TestAFlippedBitOfAProfileGivesNoWrongText(t *testing.T) {
	content, sidecar, want := largePerson(t)
	seed := uint64(time.Now().UnixNano())
	rnd := rand.New(rand.NewPCG(seed, 0))
	path := filepath.Join(t.TempDir(), "profile.db")
	var v verdicts
	for range *flipped {
		bit := rnd.IntN(8 * len(content))
		damaged := bytes.Clone(content)
		damaged[bit/8] ^= 1 << (bit % 8)
		write(t, path, damaged)
		write(t, sidecarPath(path), sidecar)
		p, err := OpenProfile(path, Options{})
		if err != nil {
			if !errors.Is(err, store.ErrDamaged) && !errors.Is(err, store.ErrNewer) || strings.Contains(err.Error(), "\n") || !strings.Contains(err.Error(), path) {
				t.Errorf("bit %d: open: %v", bit, err)
			}
			v.refused++
			continue
		}
		got, err := readPerson(p)
		if wrong := v.judgePerson(want, got, err); wrong != "" {
			t.Errorf("seed %d, bit %d of page %d: something wrong was read:%s; %v", seed, bit, bit/8/os.Getpagesize(), wrong, err)
		}
		if err != nil && !errors.Is(err, store.ErrDamaged) {
			t.Errorf("bit %d: read: %v", bit, err)
		}
		_ = p.Close()
	}
	t.Logf("seed %d: of %d flipped bits of %d bytes: %+v", seed, *flipped, len(content), v)
	if v.errors+v.refused == 0 {
		t.Error("nothing was noticed")
	}
}

// A flipped bit in where an element of a page says that its record is can show one of another page, which is sound. Small records stand
// alike in neighbouring pages.
func TestARecordOfAnotherPageIsNoticed(t *testing.T) {
	content, sidecar, want := largePerson(t)
	path := filepath.Join(t.TempDir(), "profile.db")
	var v verdicts
	page := os.Getpagesize()
	for at := 2 * page; at < len(content); at += page {
		kind, count := binary.NativeEndian.Uint16(content[at+8:]), int(binary.NativeEndian.Uint16(content[at+10:]))
		if kind != leafPage || count < 40 {
			continue
		}
		for element := 0; element < count; element += 3 {
			damaged := bytes.Clone(content)
			damaged[at+pageHeader+element*elementSize+5] ^= 1 << (4 + element/3%3) // one, two or four pages of 4 KiB away
			write(t, path, damaged)
			write(t, sidecarPath(path), sidecar)
			p, err := OpenProfile(path, Options{})
			if err != nil {
				v.refused++
				continue
			}
			got, err := readPerson(p)
			if wrong := v.judgePerson(want, got, err); wrong != "" {
				t.Errorf("page %d, element %d: something wrong was read:%s; %v", at/page, element, wrong, err)
			}
			_ = p.Close()
		}
	}
	t.Logf("%+v", v)
	if v.errors == 0 {
		t.Error("nothing was noticed")
	}
}

func TestAProfileThatIsNotAsItMustBeIsRefused(t *testing.T) {
	whole, sidecar, _ := largePerson(t)
	path := filepath.Join(t.TempDir(), "profile.db")
	is := func(name string, content []byte) {
		t.Helper()
		write(t, path, content)
		write(t, sidecarPath(path), sidecar)
		p, err := OpenProfile(path, Options{})
		if err == nil {
			_ = p.Close()
		}
		if !errors.Is(err, store.ErrDamaged) || strings.Contains(err.Error(), "\n") || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: %v", name, err)
		}
		if after := must(os.ReadFile(path))(t); !bytes.Equal(after, content) {
			t.Errorf("%s: it was changed", name)
		}
	}
	for i := range 40 {
		is(fmt.Sprint("cut at ", i, "/40"), whole[:len(whole)*i/40])
	}
	page := os.Getpagesize()
	for name, pages := range map[string][]int{"first header page zeroed": {0}, "second header page zeroed": {1}, "both header pages zeroed": {0, 1}} {
		content := bytes.Clone(whole)
		for _, n := range pages {
			clear(content[n*page : (n+1)*page])
		}
		is(name, content)
	}
	is("text", []byte("dear diary"))
	server := filled(t)
	is("a server's store", must(os.ReadFile(server))(t))
}
