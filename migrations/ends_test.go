package migrations_test

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"testing"

	"udpchat/migrations"
)

// A text of schema 2 as the program wrote it, and with no line beside it. The checksums were computed by another program.
const (
	textKey    = "d9327f1ba081831a21df0cbb5fd7edbd3d8c10df1933b9797108980d4449fe140ddc13ac8f5e87d4f06816ed201804f10000000000000002"
	textBefore = "019199cf0ddc13ac8f5e87d4cff06816ed201804f102000112cf000660ec21846c2d00c412636c656172206f6e652066726f6d20616e6eb37f47e4"
	textAfter  = "019299cf0ddc13ac8f5e87d4cff06816ed201804f102000112cf000660ec21846c2d00c412636c656172206f6e652066726f6d20616e6e001c9ce186"
)

func TestTextsOfBeforeNameNoLine(t *testing.T) {
	key := string(unhex(t, textKey))
	odd := string(bytes.Repeat([]byte{9}, 56))
	records := map[string][]byte{key: unhex(t, textBefore), odd: []byte("damaged")}
	db := openDB(t)
	if err := migrations.Apply(db, migrations.Profile[:2]); err != nil {
		t.Fatal(err)
	}
	for i := range 200 {
		k := fmt.Sprintf("%056d", i)
		records[k] = sealed("outbox", []byte(k), []byte{1, 0x91, 0xc0})
	}
	put(t, db, "outbox", records)
	for range 2 {
		if err := migrations.Apply(db, migrations.Profile); err != nil {
			t.Fatal(err)
		}
		got := all(t, db, "outbox")
		if hex.EncodeToString(got[key]) != textAfter || string(got[odd]) != "damaged" || len(got) != len(records) {
			t.Errorf("text %x, damaged %q, %d records", got[key], got[odd], len(got))
		}
		for i := range 200 {
			k := fmt.Sprintf("%056d", i)
			if want := sealed("outbox", []byte(k), []byte{1, 0x92, 0xc0, 0}); !bytes.Equal(got[k], want) {
				t.Errorf("text %q is %x", k, got[k])
			}
		}
	}
	if ends := all(t, db, "ends"); ends == nil || len(ends) > 0 {
		t.Errorf("ends %v", ends)
	}
}
