package httpapi

import (
	"io"
	"net/http"

	"github.com/klauspost/compress/gzip"
)

// spillFrom is the size from which an answer is sent while it is being made. A page of the list of schemas may be
// gigabytes; what is smaller is made in memory like every other answer, with its length and its compression.
const spillFrom = 4 << 20

// stream is an answer that is being sent.
type stream struct {
	io.Writer
	zip *gzip.Writer // nil unless it is compressed
}

// spill sends what there is of the answer if it is much. An error means that the client is gone or too slow.
func (c *call) spill() error {
	if len(c.body) < spillFrom {
		return nil
	}
	if c.stream == nil {
		c.beginStream()
	}
	_, err := c.stream.Write(c.body)
	c.body = c.body[:0]
	return err
}

func (c *call) beginStream() {
	c.written, c.stream = true, &stream{Writer: c.out}
	header := c.out.Header()
	header["X-Request-Id"] = []string{c.requestID}
	header["Cache-Control"] = cacheControl[c.cache]
	header["Content-Type"] = c.media
	if c.server.notReady.Load() != nil {
		header["Connection"] = closing
	}
	if !c.server.opt.NoGzip {
		header["Vary"] = varyBy
		if acceptsGzip(c.request.Header) {
			header["Content-Encoding"] = gzipCoding
			c.stream.zip = compressors.Get().(*gzip.Writer)
			c.stream.zip.Reset(c.out)
			c.stream.Writer = c.stream.zip
		}
	}
	c.out.WriteHeader(http.StatusOK)
}

// endStream sends the rest of the answer, if it is being sent already.
func (c *call) endStream() error {
	if c.stream == nil {
		return nil
	}
	_, err := c.stream.Write(c.body)
	if zip := c.stream.zip; zip != nil {
		if err == nil {
			err = zip.Close()
		}
		compressors.Put(zip)
	}
	return err
}

// cutOff ends an answer of which a part is out already, so that the client does not take it for the whole.
func (c *call) cutOff(err error) {
	c.untaken(err)
	if conn := connOf(c.request); conn != nil {
		_ = conn.Close()
	}
}
