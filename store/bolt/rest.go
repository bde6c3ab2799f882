package bolt

import "go.etcd.io/bbolt"

// Rest gives the pages of the file that were read, and are mapped since then, back to the system: they stay in its cache as those of any
// file, and are mapped again when they are read again. It is for a time when next to nothing is read.
func (s *Server) Rest() error {
	return s.file.view(func(tx *bbolt.Tx) error { // while it lasts the file is mapped nowhere else
		return unmapped(s.file.db.Info().Data, tx.Size())
	})
}
