package bolt

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
	"math"
	"sync"

	"github.com/vmihailenco/msgpack/v5"
)

// A record's value:
//
//	┌─────────┬───────────────┬───────────────────────────────────────────────┐
//	│ version │ msgpack array │ CRC-32C of bucket, key, version and the array │
//	│  1 byte │               │             4 bytes, big-endian               │
//	└─────────┴───────────────┴───────────────────────────────────────────────┘
//
// bbolt keeps no checksum of its data pages, and 44 % of single-bit flips gave wrong data and no error (measured). Bucket and
// key are in the sum too: a flipped page number can show a sound record at a wrong place. Nothing is decoded before
// the sum was found right.
const (
	recordVersion  = 1
	recordOverhead = 1 + 4
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// record is a value that can be kept.
type record interface {
	encode(w *writer)
	decode(r *reader)
}

func checksum(bucket string, key, body []byte) uint32 {
	sum := crc32.Update(0, castagnoli, []byte(bucket))
	sum = crc32.Update(sum, castagnoli, key)
	return crc32.Update(sum, castagnoli, body)
}

// seal makes the value of a record.
func seal(bucket string, key []byte, rec record) ([]byte, error) {
	w := writer{enc: msgpack.GetEncoder()}
	defer msgpack.PutEncoder(w.enc)
	w.buf.WriteByte(recordVersion)
	w.enc.Reset(&w.buf)
	if rec.encode(&w); w.err != nil {
		return nil, w.err
	}
	b := w.buf.Bytes()
	return binary.BigEndian.AppendUint32(b, checksum(bucket, key, b)), nil
}

// sound tells whether a value's checksum fits.
func sound(bucket string, key, value []byte) bool {
	n := len(value) - 4
	return n > 0 && binary.BigEndian.Uint32(value[n:]) == checksum(bucket, key, value[:n])
}

// unseal checks a value and reads it into rec, which shares nothing with it afterwards. unchecked is for the test that shows
// what the sum is good for.
func unseal(bucket string, key, value []byte, rec record, unchecked bool) error {
	if len(value) < recordOverhead {
		return fmt.Errorf("it has %d bytes", len(value))
	}
	if !unchecked && !sound(bucket, key, value) {
		return fmt.Errorf("its checksum does not fit")
	}
	body := value[:len(value)-4]
	if body[0] != recordVersion {
		return fmt.Errorf("its version is %d", body[0])
	}
	r := readers.Get().(*reader)
	defer readers.Put(r)
	r.begin(body[1:])
	rec.decode(r)
	if r.err == nil && r.src.Len() > 0 {
		r.err = fmt.Errorf("%d bytes too many", r.src.Len())
	}
	return r.err
}

// readers are used again: a start reads a record for each client.
var readers = sync.Pool{New: func() any { return new(reader) }}

// writer encodes a record's fields; the first error stays.
type writer struct {
	buf bytes.Buffer
	enc *msgpack.Encoder
	err error
}

func (w *writer) array(n int) { w.note(w.enc.EncodeArrayLen(n)) }

func (w *writer) uint(v uint64) { w.note(w.enc.EncodeUint(v)) }

func (w *writer) int(v int64) { w.note(w.enc.EncodeInt(v)) }

func (w *writer) bool(v bool) { w.note(w.enc.EncodeBool(v)) }

func (w *writer) string(v string) { w.note(w.enc.EncodeString(v)) }

// bytes writes nil as empty: the store does not tell them apart.
func (w *writer) bytes(v []byte) {
	w.note(w.enc.EncodeBytesLen(len(v)))
	w.buf.Write(v)
}

func (w *writer) note(err error) {
	if w.err == nil {
		w.err = err
	}
}

// reader decodes a record's fields; the first error stays, and everything after it is zero.
type reader struct {
	dec  msgpack.Decoder
	src  bytes.Reader
	body []byte
	err  error
}

func (r *reader) begin(body []byte) {
	r.body, r.err = body, nil
	r.src.Reset(body)
	r.dec.Reset(&r.src)
}

// array reads the length of an array, which must be n.
func (r *reader) array(n int) {
	if got := r.length(); r.err == nil && got != n {
		r.err = fmt.Errorf("%d fields, not %d", got, n)
	}
}

// length reads the length of an array. Every element has at least a byte.
func (r *reader) length() int {
	if r.err != nil {
		return 0
	}
	n, err := r.dec.DecodeArrayLen()
	if err == nil && (n < 0 || n > r.src.Len()) {
		err = fmt.Errorf("an array of %d", n)
	}
	if r.err = err; err != nil {
		return 0
	}
	return n
}

func (r *reader) uint(limit uint64) (v uint64) {
	if r.err == nil {
		v, r.err = r.dec.DecodeUint64()
	}
	if v > limit {
		r.err, v = fmt.Errorf("%d is above %d", v, limit), 0
	}
	return v
}

func (r *reader) u64() uint64 { return r.uint(math.MaxUint64) }

func (r *reader) int() (v int64) {
	if r.err == nil {
		v, r.err = r.dec.DecodeInt64()
	}
	return v
}

func (r *reader) bool() (v bool) {
	if r.err == nil {
		v, r.err = r.dec.DecodeBool()
	}
	return v
}

func (r *reader) string() string { return string(r.view()) }

// bytes is nil when there are none.
func (r *reader) bytes() []byte { return append([]byte(nil), r.view()...) }

// view is a string or bytes where they lie: they are the transaction's, and end with it.
func (r *reader) view() []byte {
	if r.err != nil {
		return nil
	}
	n, err := r.dec.DecodeBytesLen()
	at := len(r.body) - r.src.Len()
	if n = max(n, 0); err == nil && n > r.src.Len() { // it is below 0 for nil
		err = fmt.Errorf("%d bytes, and %d are left", n, r.src.Len())
	}
	if err == nil {
		_, err = r.src.Seek(int64(n), io.SeekCurrent)
	}
	if r.err = err; err != nil {
		return nil
	}
	return r.body[at : at+n]
}

// fill reads a byte string of exactly len(to) bytes.
func (r *reader) fill(to []byte) {
	v := r.view()
	if r.err == nil && len(v) != len(to) {
		r.err = fmt.Errorf("%d bytes, not %d", len(v), len(to))
	}
	copy(to, v)
}
