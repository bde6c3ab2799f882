package explain

import (
	"fmt"
	"strings"
	"time"

	"udpchat/wire"
)

// shape is how a field is written.
type shape uint8

const (
	number  shape = iota // an integer from 0 to what its bits hold
	signed               // an integer of 64 bits with a sign
	boolean              //
	words                // a string
	key                  // a bin of 32
	blob                 // a bin
	address              // a bin of 4 or 16, or empty
	ranges               // an array of [lo, hi]
	rows                 // an array of rows
)

// field is what there is to say about a field of a message.
type field struct {
	shape shape
	bits  int // of a number
	most  int // bytes of words or blob, elements of an array
	about string
	say   func(n uint64) string // what a number means; nil: nothing more than itself
}

// fields are those of all kinds, by their names in §4; one that means something else in a kind stands under "kind.name".
var fields = map[string]field{
	"address":            {shape: address, about: "where the client is, as the server knows it"},
	"again":              {shape: boolean, about: "whether it was there already"},
	"author":             {shape: key, about: "who wrote the post"},
	"base":               {bits: 64, about: "what stood before it is over, of a post (§11.1)"},
	"body":               {shape: blob, most: wire.MaxPart},
	"card":               {shape: blob, most: wire.CardSize, about: "the client's keys (§14.1)"},
	"epoch":              {bits: 64, about: "the sender's: drawn when its program started (§5.1)"},
	"flags":              {bits: 8, say: sayFlags},
	"from":               {shape: key, about: "whose text it is"},
	"key":                {shape: key, about: "who is meant"},
	"known":              {shape: boolean, about: "whether the one who asked is registered"},
	"lease":              {bits: 16, about: "seconds that presence lasts without a sign of life (§8.3)"},
	"live":               {shape: boolean, about: "accepted while the member was there (§11.2)"},
	"more":               {shape: boolean, about: "whether another page follows"},
	"max message":        {bits: 32, about: "longest text, in bytes"},
	"mode":               {bits: 8, about: "how the client is there (§8.10)", say: func(n uint64) string { return wire.Mode(n).String() }},
	"name":               {shape: words, most: wire.MaxNameBytes, about: "what people call the client"},
	"nonce":              {bits: 32, about: "the pong repeats it"},
	"order":              {bits: 64, about: "receipt order (§10.2)"},
	"outcome":            {bits: 8, say: from(outcomes)},
	"part":               {bits: 16, about: "which part of the text, from 0"},
	"parts":              {bits: 16, about: "how many the text has"},
	"port":               {bits: 16},
	"prev":               {bits: 64, about: "the receipt order before: nothing else waits in between (§10.2)"},
	"ranges":             {shape: ranges, most: wire.MaxRanges, about: "what is had above (§6.1)"},
	"refusal":            {bits: 8, say: from(refusals), about: "why it is not taken (§14.2, §14.3)"},
	"request":            {bits: 32, about: "the answer repeats it; a retry has the same (§8.1)"},
	"revision":           {bits: 64, about: "of the table (§8.7)"},
	"rows":               {shape: rows, most: wire.MaxRows, about: "clients that changed"},
	"seen":               {bits: 64, about: "receipt order through which the client has everything (§8.2)"},
	"seq":                {bits: 64, about: "counts a sender's parts to one recipient, from 1 (§5.1)"},
	"size":               {bits: 32, about: "bytes of the whole text"},
	"span":               {bits: 64, about: "what changed in so many revisions above that one"},
	"state":              {bits: 8, say: func(n uint64) string { return wire.Presence(n).String() }},
	"store":              {bits: 64, about: "id of the server's store (§9.1)"},
	"through":            {bits: 64, about: "everything up to here is on disk (§6.1)"},
	"time":               {shape: signed, about: "when it was written; of a void how many seqs below end with it (§5.6)"},
	"to":                 {shape: key, about: "the recipient"},
	"to-epoch":           {bits: 64, about: "the recipient's (§5.1)"},
	"try":                {bits: 8, about: "which copy; the ack repeats it (§7.1)"},
	"verdict":            {bits: 8, say: from(verdicts)},
	"who":                {shape: blob, most: 59, about: "its key, and where it is"},
	"waiting":            {shape: boolean, about: "whether mail or posts wait"},
	"register.epoch":     {bits: 64, about: "the client's: drawn when its state was made (§5.1)"},
	"table.base":         {bits: 32, about: "the store and the revision that the page follows, their sum as far as it fits (§8.7)"},
	"ack.seq":            {bits: 64, about: "the text that this answers"},
	"ack.try":            {bits: 8, about: "its try: so a round trip is measured (§7.1)"},
	"stored.try":         {bits: 8, about: "the deposit's"},
	"stored.state":       {bits: 8, about: "the recipient's", say: func(n uint64) string { return wire.Presence(n).String() }},
	"stored.order":       {bits: 64, about: "receipt order (§10.1)"},
	"taken.order":        {bits: 64, about: "the push that this answers"},
	"taken.try":          {bits: 8, about: "its try"},
	"seen.through":       {bits: 64, about: "every receipt order up to here is on disk"},
	"seen.order":         {bits: 64, about: "the push that this answers"},
	"seen.try":           {bits: 8, about: "its try"},
	"clock.nonce":        {bits: 32, about: "the answer repeats it"},
	"clock.time":         {shape: signed, about: "by the clock of who sends it, in microseconds since 1970 (§8.11)"},
	"clients":            {bits: 32, about: "how many the server knows; the table has those only that concern its reader (§8.12)"},
	"present":            {bits: 32, about: "how many of them are there"},
	"push-post.to-epoch": {bits: 64, about: "0 (§11.1)"},
	"push-row.to-epoch":  {bits: 64, about: "0 (§11.1)"},
	"push-row.seq":       {bits: 64, about: "of the first; the others have the next ones (§11.3)"},
	"push-row.rows":      {shape: rows, most: wire.MaxRow, about: "posts that were signed together"},
	"head":               {shape: blob, most: wire.RowHead, about: "what the first one follows, and the signature of all (§11.3)"},
	"path":               {shape: blob, most: wire.MaxRowPath, about: "the hashes of the batch that do not come out of the row, 32 each (§11.3)"},
	"position":           {bits: 8, about: "in the tree of the batch, whose root is 1 (§14.3)"},
	"step":               {bits: 64, about: "receipt order, less that of the one before it (§11.3)"},
	"deposit.to-epoch":   {bits: 64, about: "the recipient's (§5.1); of a post 0 (§11.1)"},
	"lookup.key":         {shape: key, about: "whose card is asked for"},
	"find.name":          {shape: words, most: wire.MaxNameBytes, about: "who is looked for (§8.9)"},
	"named.rows":         {shape: rows, most: 1, about: "who has the name; none: nobody (§8.9)"},
	"register.order":     {bits: 64, about: "the highest receipt order that the client knows of (§9.2)"},
	"ping.order":         {bits: 64, about: "the highest receipt order that it knows of (§9.2)"},
	"pong.order":         {bits: 64, about: "the highest receipt order that it knows of (§9.2)"},
	"registered.order":   {bits: 64, about: "the last receipt order given out (§10.2)"},
}

// lookup finds a field of a kind.
func lookup(kind, name string) field {
	if f, ok := fields[kind+"."+name]; ok {
		return f
	}
	return fields[name]
}

// columns are the fields of each row that a kind has, nil when it has none.
func (k kind) columns() []string {
	_, list, _ := strings.Cut(k.fields, "rows of [")
	list, found := strings.CutSuffix(list, "]")
	if !found {
		return nil
	}
	return strings.Split(list, ", ")
}

// names are the fields of a kind in their order, with *text* and *marks* written out; the rows of a table are one.
func (k kind) names() []string {
	list := k.fields
	if head, _, found := strings.Cut(list, "rows of "); found {
		list = head + "rows"
	}
	list = strings.NewReplacer("*text*", textFields, "*marks*", marksFields).Replace(list)
	return strings.Split(list, ", ")
}

func from(table map[uint64]string) func(uint64) string {
	return func(n uint64) string {
		if s, ok := table[n]; ok {
			return s
		}
		return "a number of a later version: a refusal"
	}
}

func sayFlags(n uint64) string {
	var all []string
	if n&uint64(wire.FlagVoid) != 0 {
		all = append(all, "void: the seq ended without a text (§5.6)")
	}
	if n&uint64(wire.FlagCovered) != 0 {
		all = append(all, "the body is sealed mail, or a signed post (§14)")
	}
	if n&uint64(wire.FlagBatch) != 0 {
		all = append(all, "and shows its place in a batch that is signed (§14.3)")
	}
	if len(all) == 0 {
		return "none"
	}
	return strings.Join(all, "; ")
}

// sayTime writes microseconds since 1970 as a date.
func sayTime(us int64) string {
	t := time.UnixMicro(us).UTC()
	if t.Year() < 0 || t.Year() > 9999 {
		return fmt.Sprintf("%d", us)
	}
	return t.Format("2006-01-02 15:04:05.000000 UTC")
}
