package storetest

import (
	"errors"
	"net/netip"
	"reflect"
	"slices"
	"strings"
	"testing"

	"udpchat/store"
)

// serverTest is what a server's store has to do.
type serverTest struct {
	name string
	run  func(t *testing.T, s store.Server)
}

// RunServer runs the suite on a server's store. open gives an empty one, and closes it when the test ends.
func RunServer(t *testing.T, open func(t *testing.T) store.Server) {
	for _, c := range slices.Concat([]serverTest{
		{"a new store has an id and counts from zero", newStore},
		{"a row is given back as it was put, with the next revision", rowComesBack},
		{"the first registration time stays", registrationStays},
		{"a row without a card keeps the one that it has", cardStays},
		{"a name belongs to the first key and a key to its first name", namesBind},
		{"clients are listed by key in pages", clientsInPages},
		{"answers come in the order of submission", answersInOrder},
		{"changes after close are refused", closedRefuses},
		{"a new id is kept, and the seed is the old one", renewed},
		{"a name makes way when its owner is long gone", nameMakesWay},
		{"a name stays when its owner may come for it", nameStays},
		{"a name that makes way does so once", nameMakesWayOnce},
		{"a key that is known takes no name from another", knownKeyFreesNothing},
		{"who made way and comes back is new", backUnderOtherName},
		{"mail for nobody is refused", mailForNobody},
		{"mail is listed by order with its texts unchanged", mailListed},
		{"what was given out is the caller's", mailIsCallers},
		{"the same text again gives the same order", depositTwice},
		{"texts of other epochs are other texts", depositOtherEpochs},
		{"a take removes what the marks cover and nothing else", takeCovered},
		{"a take looks at the named orders only", takeNamedOnly},
		{"mail to another epoch of the recipient goes", takeStale},
		{"refused mail goes, and is not delivered", takeRefused},
		{"a delivered text is not stored again", deliveredAgain},
		{"an older report takes nothing back", olderReport},
		{"the sender is told once", toldOnce},
		{"a newer delivery is not told by an older notice", toldOlder},
		{"deliveries of 64 sender epochs are kept", manyEpochs},
		{"what can't be opened makes way", anew},
		{"a run leaps, and remembers", leaps},
		{"many deliveries are all untold", manyUntold},

		{"the quota counts texts and bytes per recipient and pair", quotaLimits},
		{"a text of several parts finds room for all or none", quotaWholeText},
		{"a limit of length is asked of new texts only", quotaLongest},
		{"usage returns to zero in every way a text can end", quotaReturns},

		{"everything is there after a restart", afterRestart},
	}, channelTests) {
		t.Run(c.name, func(t *testing.T) { c.run(t, open(t)) })
	}
	t.Run("random changes agree with the model", func(t *testing.T) { serverModel(t, open) })
}

func newStore(t *testing.T, s store.Server) {
	h := head(t, s)
	if h.ID == 0 || h.Revision != 0 || h.Order != 0 || h.Seed == [32]byte{} {
		t.Errorf("head %+v", h)
	}
	if again := head(t, reopen(s)); again != h {
		t.Errorf("head %+v, before %+v", again, h)
	}
}

func rowComesBack(t *testing.T, s store.Server) {
	row := store.Client{
		Key: Key("ann"), Name: "ann", Epoch: 1 << 63, Addr: netip.MustParseAddrPort("[2001:db8::1]:4000"),
		Local: netip.MustParseAddr("10.0.0.1"), State: store.Left, Registered: -5, LastSeen: 1 << 60,
	}
	cards := []string{"", "a card\x00\xff\xc4 of bytes", strings.Repeat("another", 100)}
	for want := uint64(1); want < 4; want++ {
		row.Card = cards[want-1]
		if r := Do(t, s, store.PutClient{Client: row}); r.Revision != want || r.Verdict != store.Accepted {
			t.Fatalf("result %+v, want revision %d", r, want)
		}
		row.Revision = want
		s = reopen(s)
		if rows := clients(t, s, store.Key{}, 10); len(rows) != 1 || rows[0] != row {
			t.Errorf("rows %+v, want %+v", rows, row)
		}
	}
	if h := head(t, s); h.Revision != 3 {
		t.Errorf("head %+v", h)
	}
}

func registrationStays(t *testing.T, s store.Server) {
	row := store.Client{Key: Key("ann"), Name: "ann", Registered: 7}
	Do(t, s, store.PutClient{Client: row})
	row.Registered = 9
	Do(t, s, store.PutClient{Client: row})
	if rows := clients(t, s, store.Key{}, 1); rows[0].Registered != 7 {
		t.Errorf("registered %d, want 7", rows[0].Registered)
	}
}

func namesBind(t *testing.T, s store.Server) {
	Register(t, s, "ann", "bob")
	before := head(t, s)
	for name, c := range map[string]struct {
		key, name string
		want      store.Verdict
	}{
		"another's name": {"new", "ann", store.NameTaken},
		"a second name":  {"ann", "anna", store.KeyTaken},
		"names swapped":  {"ann", "bob", store.NameTaken},
		"no name":        {"new", "", store.NameTaken},
	} {
		if r := Do(t, s, store.PutClient{Client: store.Client{Key: Key(c.key), Name: c.name}}); r != (store.Result{Verdict: c.want}) {
			t.Errorf("%s: %+v, want verdict %d", name, r, c.want)
		}
	}
	if h := head(t, s); h != before || len(clients(t, s, store.Key{}, 9)) != 2 {
		t.Errorf("refused rows left a trace: %+v", h)
	}
	Register(t, s, "anna")
}

func clientsInPages(t *testing.T, s store.Server) {
	const n = 150
	var puts []store.Change
	for i := range n {
		k := store.Key{0: byte(i * 7), 1: 1, 31: byte(i)}
		puts = append(puts, store.PutClient{Client: store.Client{Key: k, Name: string(rune('一' + i))}})
	}
	DoAll(t, s, puts...)
	all := clients(t, s, store.Key{}, n+1)
	if len(all) != n {
		t.Fatalf("%d rows", len(all))
	}
	for _, limit := range []int{1, 64, 65, 149} {
		var got []store.Client
		var after store.Key
		for {
			page := clients(t, s, after, limit)
			if got = append(got, page...); len(page) < limit {
				break
			}
			after = page[limit-1].Key
		}
		if !reflect.DeepEqual(got, all) {
			t.Errorf("limit %d: %d rows", limit, len(got))
		}
	}
	if rows := clients(t, s, store.Key{}, 0); len(rows) != 0 {
		t.Errorf("limit 0 gave %d rows", len(rows))
	}
}

func answersInOrder(t *testing.T, s store.Server) {
	Register(t, s, "ann")
	var changes []store.Change
	for seq := range uint64(3000) {
		changes = append(changes, store.Deposit{To: Key("ann"), From: Key("bob"), Text: Single(seq+1, "x")})
	}
	for i, r := range DoAll(t, s, changes...) {
		if r.Order != uint64(i+1) {
			t.Fatalf("result %d: %+v", i, r)
		}
	}
}

func closedRefuses(t *testing.T, s store.Server) {
	Register(t, s, "ann")
	answers := make(chan error, 10)
	for seq := range uint64(5) {
		s.Submit(store.Deposit{To: Key("ann"), Text: Single(seq+1, "x")}, func(_ store.Result, err error) { answers <- err })
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	for range 5 {
		if err := <-answers; err != nil {
			t.Errorf("submitted before close: %v", err)
		}
	}
	for range 5 {
		s.Submit(store.Deposit{To: Key("ann"), Text: Single(9, "x")}, func(_ store.Result, err error) { answers <- err })
		if err := <-answers; !errors.Is(err, store.ErrClosed) {
			t.Errorf("submitted after close: %v", err)
		}
	}
	if _, _, err := s.Waiting(Key("ann"), 0, 1); !errors.Is(err, store.ErrClosed) {
		t.Errorf("read after close: %v", err)
	}
}

func renewed(t *testing.T, s store.Server) {
	seed := head(t, s).Seed
	Do(t, s, store.Renew{ID: 77})
	if h := head(t, reopen(s)); h.ID != 77 || h.Seed != seed {
		t.Errorf("head %+v, seed %x", h, seed)
	}
}

func afterRestart(t *testing.T, s store.Server) {
	Register(t, s, "ann", "bob")
	id := head(t, s).ID
	post := Single(1, "to all")
	post.ToEpoch = id
	DoAll(t, s,
		store.Deposit{To: Key("ann"), From: Key("bob"), Text: Single(1, "one"), Quota: store.Quota{Texts: 2}},
		store.Post{Author: Key("bob"), Text: post},
		store.Deposit{To: Key("ann"), From: Key("bob"), Text: Single(2, "two"), Quota: store.Quota{Texts: 2}},
		store.Take{To: Key("ann"), From: Key("bob"), Marks: upTo(1), Orders: []uint64{1}},
	)
	items, rows, untold := waiting(t, s, "ann"), clients(t, s, store.Key{}, 9), untold(t, s, "bob")
	before := head(t, s)
	s = reopen(s)
	if got := waiting(t, s, "ann"); !reflect.DeepEqual(got, items) || len(got) != 2 {
		t.Errorf("waiting %+v, before %+v", got, items)
	}
	if got := clients(t, s, store.Key{}, 9); !reflect.DeepEqual(got, rows) {
		t.Errorf("clients %+v, before %+v", got, rows)
	}
	if list, _ := s.Untold(Key("bob")); !reflect.DeepEqual(list, untold) || len(list) != 1 {
		t.Errorf("untold %+v, before %+v", list, untold)
	}
	if h := head(t, s); h != before {
		t.Errorf("head %+v, before %+v", h, before)
	}
	limit := store.Quota{Texts: 2}
	deposit := func(seq uint64) store.Verdict {
		return Do(t, s, store.Deposit{To: Key("ann"), From: Key("bob"), Text: Single(seq, "more"), Quota: limit}).Verdict
	}
	if v := []store.Verdict{deposit(1), deposit(3), deposit(4)}; !reflect.DeepEqual(v, []store.Verdict{store.Delivered, store.Accepted, store.FullMailbox}) {
		t.Errorf("verdicts %v", v)
	}
}

func head(t testing.TB, s store.Server) store.Head {
	t.Helper()
	h, err := s.Head()
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func clients(t testing.TB, s store.Server, after store.Key, limit int) []store.Client {
	t.Helper()
	rows, err := s.Clients(after, limit)
	if err != nil {
		t.Fatal(err)
	}
	return rows
}
