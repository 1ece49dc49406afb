package bolt

import (
	"encoding/binary"
	"hash/crc32"

	"github.com/concord-registry/concord/formats"
	"github.com/concord-registry/concord/storage"
)

// Every value of the file is sealed: a version byte, a body, and a CRC32C over the bucket's name, the key and both. The
// name and the key are covered so that a record that turns up in the wrong place does not pass for another.
const (
	recordVersion = 1
	sealSize      = 1 + crc32.Size
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// bucketSums holds the CRC state after each bucket's name.
var bucketSums = func() (sums [bucketCount]uint32) {
	for b, name := range bucketNames {
		sums[b] = crc32.Checksum([]byte(name), castagnoli)
	}
	return sums
}()

func checksum(b bucket, key, body []byte) uint32 {
	return crc32.Update(crc32.Update(bucketSums[b], castagnoli, key), castagnoli, body)
}

// begin starts a value; seal ends it.
func begin(size int) []byte { return append(make([]byte, 0, size+sealSize), recordVersion) }

func seal(b bucket, key, value []byte) []byte {
	return binary.BigEndian.AppendUint32(value, checksum(b, key, value))
}

// unseal returns the body of a value, or false when it is not what was sealed.
func unseal(b bucket, key, value []byte) ([]byte, bool) {
	if len(value) < sealSize {
		return nil, false
	}
	end := len(value) - crc32.Size
	if binary.BigEndian.Uint32(value[end:]) != checksum(b, key, value[:end]) || value[0] != recordVersion {
		return nil, false
	}
	return value[1:end], true
}

// decoder reads the fields of a body. After a field that is not there, bad is true and every result is zero.
type decoder struct {
	rest []byte
	bad  bool
}

func (d *decoder) bytes(n int) []byte {
	if n < 0 || n > len(d.rest) {
		d.bad, d.rest = true, nil
		return nil
	}
	b := d.rest[:n]
	d.rest = d.rest[n:]
	return b
}

func (d *decoder) byte() byte {
	if b := d.bytes(1); b != nil {
		return b[0]
	}
	return 0
}

func (d *decoder) uint32() int {
	if b := d.bytes(4); b != nil {
		return int(binary.BigEndian.Uint32(b))
	}
	return 0
}

func (d *decoder) uint64() uint64 {
	if b := d.bytes(8); b != nil {
		return binary.BigEndian.Uint64(b)
	}
	return 0
}

func (d *decoder) uvarint() int {
	n, size := binary.Uvarint(d.rest)
	if size <= 0 || n > 1<<31 {
		d.bad, d.rest = true, nil
		return 0
	}
	d.rest = d.rest[size:]
	return int(n)
}

func (d *decoder) block() []byte { return d.bytes(d.uvarint()) }

func appendBlock[T string | []byte](b []byte, s T) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

// typeCodes give each schema type its byte; 0 is none.
var typeCodes = map[formats.Type]byte{formats.Avro: 1, formats.JSON: 2, formats.Protobuf: 3}

var codeTypes = [...]formats.Type{1: formats.Avro, 2: formats.JSON, 3: formats.Protobuf}

// typeCount is the number of codes, the unused 0 included.
const typeCount = len(codeTypes)

// rowValue is what the row bucket keeps about a version.
type rowValue struct {
	id      int
	deleted bool
	code    byte // of the schema type
	time    int64
	extra   []byte // the members of the SCHEMA value that are not part of the content, as a JSON object; usually empty
}

func (r *rowValue) append(b []byte) []byte {
	b = appendNumber(b, r.id)
	flags := byte(0)
	if r.deleted {
		flags = 1
	}
	b = append(b, flags, r.code)
	b = binary.BigEndian.AppendUint64(b, uint64(r.time))
	return append(b, r.extra...)
}

func decodeRow(body []byte) (r rowValue, ok bool) {
	d := decoder{rest: body}
	r.id = d.uint32()
	r.deleted = d.byte()&1 != 0
	r.code = d.byte()
	r.time = int64(d.uint64())
	r.extra = d.rest
	return r, !d.bad && r.code > 0 && int(r.code) < typeCount
}

// appendSummary encodes what the subject bucket keeps; the name is in the key.
func appendSummary(b []byte, s *storage.Subject) []byte {
	b = appendNumber(appendNumber(b, s.Live), s.Deleted)
	b = appendNumber(appendNumber(b, s.Latest), s.Highest)
	return binary.BigEndian.AppendUint64(b, s.Revision)
}

func decodeSummary(body []byte) (s storage.Subject, ok bool) {
	d := decoder{rest: body}
	s.Live, s.Deleted, s.Latest, s.Highest = d.uint32(), d.uint32(), d.uint32(), d.uint32()
	s.Revision = d.uint64()
	return s, !d.bad && len(d.rest) == 0
}

// idValue is what the id bucket keeps about an id.
type idValue struct {
	number uint64   // of its content
	sum    [16]byte // of its content key
}

func (v *idValue) append(b []byte) []byte {
	return append(binary.BigEndian.AppendUint64(b, v.number), v.sum[:]...)
}

func decodeID(body []byte) (v idValue, ok bool) {
	d := decoder{rest: body}
	v.number = d.uint64()
	copy(v.sum[:], d.bytes(len(v.sum)))
	return v, !d.bad && len(d.rest) == 0
}

// contextValue is what the context bucket keeps about a context.
type contextValue struct {
	highest int  // id
	known   bool // it has a CONTEXT record
}

func (v contextValue) append(b []byte) []byte {
	b = appendNumber(b, v.highest)
	if v.known {
		return append(b, 1)
	}
	return append(b, 0)
}

func decodeContext(body []byte) (v contextValue, ok bool) {
	d := decoder{rest: body}
	v.highest = d.uint32()
	v.known = d.byte() != 0
	return v, !d.bad && len(d.rest) == 0
}

// counts is Counts as it is stored: per type code in arrays.
type counts struct {
	contexts, subjects, deletedSubjects, schemas int
	live, deleted                                [typeCount]int
}

func (c *counts) append(b []byte) []byte {
	for _, n := range []int{c.contexts, c.subjects, c.deletedSubjects, c.schemas} {
		b = appendNumber(b, n)
	}
	for code := 1; code < typeCount; code++ {
		b = appendNumber(appendNumber(b, c.live[code]), c.deleted[code])
	}
	return b
}

func decodeCounts(body []byte) (c counts, ok bool) {
	d := decoder{rest: body}
	for _, n := range []*int{&c.contexts, &c.subjects, &c.deletedSubjects, &c.schemas} {
		*n = d.uint32()
	}
	for code := 1; code < typeCount; code++ {
		c.live[code], c.deleted[code] = d.uint32(), d.uint32()
	}
	return c, !d.bad && len(d.rest) == 0
}
