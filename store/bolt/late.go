package bolt

import (
	"maps"
	"slices"
)

// late is records that several changes of a group write, each over the one before it: they are written once, with flush, when the
// group is applied. A group that is not committed leaves nothing.
type late[T any, R interface {
	*T
	record
}] struct {
	shelf   shelf
	records map[string]*lateRecord[T]
}

type lateRecord[T any] struct {
	value          T
	there, changed bool
}

// get reads a record; false when there is none.
func (l *late[T, R]) get(key []byte, rec *T) (bool, error) {
	if x := l.records[string(key)]; x != nil {
		*rec = x.value
		return x.there, nil
	}
	there, err := l.shelf.get(key, R(rec))
	if err == nil {
		l.keep(key, &lateRecord[T]{value: *rec, there: there})
	}
	return there, err
}

func (l *late[T, R]) put(key []byte, value T) {
	l.keep(key, &lateRecord[T]{value: value, there: true, changed: true})
}

func (l *late[T, R]) delete(key []byte) { l.keep(key, &lateRecord[T]{changed: true}) }

func (l *late[T, R]) keep(key []byte, x *lateRecord[T]) {
	if l.records == nil {
		l.records = map[string]*lateRecord[T]{}
	}
	l.records[string(key)] = x
}

// flush writes what changed, and forgets everything.
func (l *late[T, R]) flush() error {
	for _, key := range slices.Sorted(maps.Keys(l.records)) {
		x := l.records[key]
		var err error
		switch {
		case !x.changed:
		case x.there:
			err = l.shelf.put([]byte(key), R(&x.value))
		default:
			err = l.shelf.delete([]byte(key))
		}
		if err != nil {
			return err
		}
	}
	l.records = nil
	return nil
}
