package httpapi

import (
	"bytes"
	"encoding/hex"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/cespare/xxhash/v2"
	"github.com/klauspost/compress/gzip"
)

// cachePolicy says what a client or a proxy may do with an answer.
type cachePolicy int

const (
	// noStore: the answer may be different a moment later.
	noStore cachePolicy = iota
	// revalidate: keep it, ask each time whether it still holds (ETag).
	revalidate
	// immutable: never ask again. The answers by id and by guid: the text, type, references, metadata and guid of an id
	// never change, and the registry never gives an id to another content. What a kept answer may show of yesterday is
	// which version carries the id and whether it is deleted, which no decoder depends on; who does asks by subject. A
	// registry that is set up anew under an old address gives its ids anew, and an import may say that the id of a
	// content whose versions were all deleted permanently is another: clear caches then, those of clients included.
	immutable
)

var cacheControl = [...][]string{
	noStore:    {"no-store"},
	revalidate: {"no-cache"},
	immutable:  {"public, max-age=31536000, immutable"},
}

var (
	gzipCoding = []string{"gzip"}
	// closing sends a client elsewhere with its next request, before this server goes.
	closing = []string{"close"}
	// varyBy lists every request header that chooses among representations (media.go, shape.go).
	varyBy = []string{"Accept, Accept-Encoding, Confluent-Accept-Unknown-Properties, User-Agent"}
)

// gzipFrom is the size from which an answer is worth compressing: below it, it fits one network packet anyway.
const gzipFrom = 1400

// finish writes the answer, counts it and logs it.
func (c *call) finish() {
	if c.written {
		c.sent = c.echo.Response().Size
	} else {
		c.write()
	}
	now := time.Now()
	c.server.metrics.observe(c, now)
	c.noteUsage(now)
	c.logAccess(now)
	if c.unread {
		c.linger()
	}
}

// headerLine is a header of the answer.
type headerLine struct {
	name  string // as net/http spells it
	value []string
}

// write chooses the representation of the answer, and sends it.
func (c *call) write() {
	head := append(c.head[:0], headerLine{"X-Request-Id", []string{c.requestID}}, headerLine{"Cache-Control", cacheControl[c.cache]})
	body, length := c.body, []string(nil)
	if c.answer != nil {
		body, length = c.answer.body, c.answer.length
	}
	compressible := len(body) >= gzipFrom && !c.server.opt.NoGzip
	if cacheable := c.cache != noStore && c.status == http.StatusOK; cacheable || compressible {
		head = append(head, headerLine{"Vary", varyBy})
		if cacheable {
			tag := c.entityTag()
			head = append(head, headerLine{"Etag", tag})
			if matches(c.request.Header["If-None-Match"], tag[0]) {
				c.status = http.StatusNotModified
			}
		}
	}
	if c.status == http.StatusNoContent || c.status == http.StatusNotModified {
		c.send(head, nil)
		return
	}
	if compressible && acceptsGzip(c.request.Header) {
		head = append(head, headerLine{"Content-Encoding", gzipCoding})
		body, length = c.compressed(), nil
	}
	if length == nil {
		length = []string{strconv.Itoa(len(body))}
	}
	c.send(append(head, headerLine{"Content-Type", c.media}, headerLine{"Content-Length", length}), body)
}

// send sends the answer through net/http, or past it where that is possible.
func (c *call) send(head []headerLine, body []byte) {
	c.sent = int64(len(body))
	if conn := c.direct(len(body)); conn != nil {
		c.untaken(conn.answer(c.render(head, body)))
		return
	}
	header := c.out.Header()
	if c.server.notReady.Load() != nil {
		header["Connection"] = closing
	}
	for _, line := range head {
		header[line.name] = line.value
	}
	c.out.WriteHeader(c.status)
	if len(body) > 0 {
		_, err := c.out.Write(body)
		c.untaken(err)
	}
}

// untaken notes that the client is gone, or too slow to take its answer. There is nobody to tell but the log.
func (c *call) untaken(err error) {
	if err != nil && c.fault == nil {
		c.fault = err
	}
}

// directBytes is the size up to which a body is put beside its headers to go out at once.
const directBytes = 64 << 10

// direct returns the connection that a kept answer may be sent on without the help of net/http, which would copy, sort and
// copy again what is known beforehand: half of what such an answer costs. It is nil where net/http has something to add: a
// connection that ends, an old protocol, a request that was not read to its end.
func (c *call) direct(size int) *clientConn {
	r := c.request
	if c.answer == nil || size > directBytes || r.Close || r.ProtoMajor != 1 || r.ProtoMinor != 1 || c.server.notReady.Load() != nil {
		return nil
	}
	if r.Method != http.MethodGet && r.Method != http.MethodPost || r.ContentLength != int64(len(c.input)) {
		return nil
	}
	return connOf(r)
}

// render spells an answer as it goes over the wire (RFC 9112 §4).
func (c *call) render(head []headerLine, body []byte) []byte {
	b := append(c.scratch[:0], "HTTP/1.1 "...)
	b = strconv.AppendInt(b, int64(c.status), 10)
	b = append(b, ' ')
	b = append(b, http.StatusText(c.status)...)
	b = append(b, "\r\nDate: "...)
	b = append(b, c.server.date(c.start)...)
	for _, line := range head {
		b = append(b, "\r\n"...)
		b = append(b, line.name...)
		b = append(b, ": "...)
		b = append(b, line.value[0]...)
	}
	b = append(b, "\r\n\r\n"...)
	c.scratch = append(b, body...)
	return c.scratch
}

// dateOf is the Date header of a second.
type dateOf struct {
	unix int64
	text string
}

// date returns the Date header of an answer that is given at a time.
func (s *Server) date(at time.Time) string {
	d := s.dates.Load()
	if unix := at.Unix(); d == nil || d.unix != unix {
		d = &dateOf{unix, at.UTC().Format(http.TimeFormat)}
		s.dates.Store(d)
	}
	return d.text
}

func (c *call) entityTag() []string {
	if c.answer != nil {
		return c.answer.tag
	}
	return []string{etag(c.body)}
}

func (c *call) compressed() []byte {
	if c.answer != nil {
		return c.answer.compressed()
	}
	c.scratch = compress(c.scratch[:0], c.body)
	return c.scratch
}

// etag names a representation by its content. It is weak because the same tag stands for it with and without compression.
func etag(body []byte) string {
	var sum [8]byte
	tag := make([]byte, 0, 20)
	tag = append(tag, `W/"`...)
	h := xxhash.Sum64(body)
	for i := range sum {
		sum[i] = byte(h >> (8 * i))
	}
	tag = hex.AppendEncode(tag, sum[:])
	return string(append(tag, '"'))
}

// matches reports whether an If-None-Match header names tag, by weak comparison.
func matches(header []string, tag string) bool {
	for _, line := range header {
		for item := range strings.SplitSeq(line, ",") {
			item = strings.TrimSpace(item)
			if item == "*" || strings.TrimPrefix(item, "W/") == tag[2:] {
				return true
			}
		}
	}
	return false
}

var compressors = sync.Pool{New: func() any {
	w, err := gzip.NewWriterLevel(nil, gzip.BestSpeed)
	if err != nil {
		panic(err) // the level is a constant
	}
	return w
}}

func compress(dst, body []byte) []byte {
	out := bytes.NewBuffer(dst)
	w := compressors.Get().(*gzip.Writer)
	w.Reset(out)
	// Writing to memory does not fail.
	_, _ = w.Write(body)
	_ = w.Close()
	compressors.Put(w)
	return out.Bytes()
}
