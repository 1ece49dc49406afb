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
	// never change, and an id is never given to another content. What a kept answer may show of yesterday is which
	// version carries the id and whether it is deleted, which no decoder depends on; who does asks by subject. A
	// registry that is set up anew under an old address gives its ids anew: clear caches then.
	immutable
)

var cacheControl = [...][]string{
	noStore:    {"no-store"},
	revalidate: {"no-cache"},
	immutable:  {"public, max-age=31536000, immutable"},
}

var (
	gzipCoding = []string{"gzip"}
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

func (c *call) write() {
	header := c.out.Header()
	header["X-Request-Id"] = []string{c.requestID}
	header["Cache-Control"] = cacheControl[c.cache]
	body, length := c.body, []string(nil)
	if c.answer != nil {
		body, length = c.answer.body, c.answer.length
		header["Date"] = c.server.date(c.start)
	}
	if c.cache != noStore && c.status == http.StatusOK {
		tag := c.entityTag()
		header["Etag"] = []string{tag}
		header["Vary"] = varyBy
		if matches(c.request.Header["If-None-Match"], tag) {
			c.status = http.StatusNotModified
		}
	}
	if c.status == http.StatusNoContent || c.status == http.StatusNotModified {
		c.out.WriteHeader(c.status)
		return
	}
	if len(body) >= gzipFrom && !c.server.opt.NoGzip {
		header["Vary"] = varyBy
		if acceptsGzip(c.request.Header) {
			header["Content-Encoding"] = gzipCoding
			body, length = c.compressed(), nil
		}
	}
	if length == nil {
		length = []string{strconv.Itoa(len(body))}
	}
	header["Content-Type"] = c.media
	header["Content-Length"] = length
	c.out.WriteHeader(c.status)
	// An error means that the client is gone; there is nobody to tell.
	_, _ = c.out.Write(body)
	c.sent = int64(len(body))
}

// dateOf is the Date header of a second.
type dateOf struct {
	unix   int64
	header []string
}

// date returns the Date header for an answer that is given at a time. net/http would spell it anew for each.
func (s *Server) date(at time.Time) []string {
	d := s.dates.Load()
	if unix := at.Unix(); d == nil || d.unix != unix {
		d = &dateOf{unix, []string{at.UTC().Format(http.TimeFormat)}}
		s.dates.Store(d)
	}
	return d.header
}

func (c *call) entityTag() string {
	if c.answer != nil {
		return c.answer.tag
	}
	return etag(c.body)
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
