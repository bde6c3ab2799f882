package storetest

import (
	"slices"

	"udpchat/store"
)

// member is a row of the model's directory, and its channel cursor.
type member struct {
	row       store.Client
	at, began uint64
}

func (m *model) client(k store.Key) *member {
	for _, c := range m.clients {
		if c.row.Key == k {
			return c
		}
	}
	return nil
}

func (m *model) named(name string) *member {
	for _, c := range m.clients {
		if c.row.Name == name {
			return c
		}
	}
	return nil
}

func (m *model) putClient(c store.PutClient) store.Result {
	who := m.client(c.Client.Key)
	freed := m.makeWay(c, who == nil)
	if other := m.named(c.Client.Name); other != nil && other != who {
		return store.Result{Verdict: store.NameTaken}
	}
	if who == nil {
		who = &member{row: c.Client, at: m.head.Order, began: m.head.Order}
		m.clients = append(m.clients, who)
	} else if who.row.Name != c.Client.Name {
		return store.Result{Verdict: store.KeyTaken}
	} else if c.Rewind != nil && *c.Rewind < who.at {
		who.at = max(*c.Rewind, who.began)
	}
	m.head.Revision++
	first, card := who.row.Registered, who.row.Card
	if who.row = c.Client; c.Client.Card == "" {
		who.row.Card = card
	}
	who.row.Registered, who.row.Revision = first, m.head.Revision
	r := store.Result{Revision: m.head.Revision, Cursor: who.at, Freed: freed}
	if m.log.gone > who.at {
		r.Gone = m.log.gone
	}
	return r
}

func (m *model) makeWay(c store.PutClient, asNew bool) (freed store.Key) {
	m.clients = slices.DeleteFunc(m.clients, func(x *member) bool {
		waits := slices.ContainsFunc(m.mail, func(k letter) bool { return k.to == x.row.Key })
		goes := asNew && x.row.Name == c.Client.Name && c.FreeBefore != 0 && !waits && x.row.LastSeen < c.FreeBefore && x.row.State != store.Online
		if goes {
			freed = x.row.Key
			m.freed++
		}
		return goes
	})
	return freed
}
