package bolt

import (
	"fmt"

	"udpchat/store"
)

// maxAddress keeps an address below what bbolt takes as a key; a host's name has 253 bytes at most.
const maxAddress = 1024

func (t *profileTx) meet(c store.Meet) error {
	for _, x := range c.Contacts {
		if err := t.shelf("contacts").put(clientKey(x.Key), (*contact)(&x)); err != nil {
			return err
		}
	}
	return nil
}

func (t *profileTx) pinServer(c store.PinServer) error {
	if n := len(c.Pin.Address); n == 0 || n > maxAddress {
		return fmt.Errorf("store: a server's address of %d bytes", n)
	}
	return t.shelf("servers").put([]byte(c.Pin.Address), (*server)(&c.Pin))
}

// bound changes the record of a store that has one: the migration wrote them, and nothing else makes one.
func (t *profileTx) bound(c store.Bound) error {
	k, clear := numberKey(c.Clear.Store), t.shelf("clear")
	known, err := clear.get(k, new(number))
	if err != nil {
		return err
	}
	if !known {
		next := numberKey(0)
		if known, err = clear.get(next, new(number)); err != nil || !known {
			return err
		}
		if err := clear.delete(next); err != nil {
			return err
		}
	}
	through := number(c.Clear.Through)
	return clear.put(k, &through)
}

func readContact(s shelf, k, v []byte, list []store.Contact) ([]store.Contact, error) {
	var x contact
	err := s.read(k, v, &x)
	c := cut(k)
	x.Key = c.client()
	return append(list, store.Contact(x)), err
}

func readServer(s shelf, k, v []byte, list []store.ServerPin) ([]store.ServerPin, error) {
	var x server
	err := s.read(k, v, &x)
	x.Address = string(k)
	return append(list, store.ServerPin(x)), err
}

func readClear(s shelf, k, v []byte, list []store.Clear) ([]store.Clear, error) {
	var through number
	err := s.read(k, v, &through)
	c := cut(k)
	return append(list, store.Clear{Store: c.number(), Through: uint64(through)}), err
}

// contact is a contact without its key.
type contact store.Contact

func (x *contact) encode(w *writer) {
	w.array(3)
	w.string(x.Name)
	w.bytes([]byte(x.Card))
	w.bool(x.Verified)
}

func (x *contact) decode(r *reader) {
	r.array(3)
	x.Name, x.Card = r.string(), r.string()
	x.Verified = r.bool()
}

// server is a server's identity without its address.
type server store.ServerPin

func (x *server) encode(w *writer) {
	w.array(2)
	w.bytes(x.Key[:])
	w.bytes(x.Static[:])
}

func (x *server) decode(r *reader) {
	r.array(2)
	r.fill(x.Key[:])
	r.fill(x.Static[:])
}
