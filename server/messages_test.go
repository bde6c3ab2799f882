package server

import (
	"bytes"
	"encoding/binary"
	"fmt"

	"udpchat/wire"
)

func ask(m *member, request uint32) *wire.Register {
	return askAs(m, request, m.name)
}

func askAs(m *member, request uint32, name string) *wire.Register {
	return &wire.Register{Request: request, Name: name, Epoch: m.epoch, Card: m.card}
}

// knowing is a registration by who knows the store.
func knowing(m *wire.Register, revision, seen uint64) *wire.Register {
	m.Store, m.Revision, m.Seen = storeID, revision, seen
	return m
}

func welcome(request uint32, revision uint64) *wire.Registered {
	return &wire.Registered{Request: request, Store: storeID, Revision: revision, MaxMessage: wire.MaxText, Lease: 90}
}

func refused(request uint32, o wire.Outcome) *wire.Registered {
	return &wire.Registered{Request: request, Outcome: o, Store: storeID, MaxMessage: wire.MaxText}
}

// card is a card of a key. The server looks at two fields of it: the static key, and the id of the prekey.
func card(of wire.Key, prekey uint32) []byte {
	c := bytes.Repeat([]byte{0xca}, wire.CardSize)
	copy(c, of[:])
	binary.BigEndian.PutUint32(c[32+64:], prekey)
	return c
}

// text is a text of one part. What covers it is its sender's and its recipient's business.
func text(from, to *member, seq uint64, body string) wire.Text {
	return wire.Text{Epoch: from.epoch, ToEpoch: to.epoch, Seq: seq, Parts: 1, Size: uint32(len(body)), Time: 1_700_000_000_000_000,
		Flags: wire.FlagCovered, Body: []byte(body)}
}

// through is the marks of a recipient who has everything up to a seq.
func through(from, to *member, seq uint64, ranges ...wire.Range) wire.Marks {
	return wire.Marks{Epoch: from.epoch, ToEpoch: to.epoch, Through: seq, Ranges: ranges}
}

// pushes are the orders, with their tries, of the pushes in a list.
func pushes(list []sent) (orders []string) {
	for _, s := range list {
		switch m := s.msg.(type) {
		case *wire.Push:
			orders = append(orders, fmt.Sprintf("%d/%d", m.Order, m.Try))
		case *wire.PushPost:
			orders = append(orders, fmt.Sprintf("%d/%d", m.Order, m.Try))
		}
	}
	return orders
}
