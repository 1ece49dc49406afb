package httpapi

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"unicode/utf8"

	"github.com/concord-registry/concord/registry"
)

// checkBody refuses a body by what its headers say, before a byte of it is read.
func (c *call) checkBody() error {
	r := c.request
	if r.ContentLength == 0 {
		return nil
	}
	if !readable(r.Header) {
		return errUnsupported
	}
	if coding := r.Header.Get("Content-Encoding"); coding != "" && coding != "identity" {
		return errContentCoding
	}
	if r.ContentLength > c.server.opt.BodyLimit {
		return c.tooLarge()
	}
	return nil
}

func (c *call) tooLarge() error {
	// What is left of the body is not worth reading.
	c.echo.Response().Header().Set("Connection", "close")
	return refuse(http.StatusRequestEntityTooLarge, fmt.Sprintf("The request body exceeds the limit of %d bytes.", c.server.opt.BodyLimit))
}

// readBody reads the whole body into memory, up to the limit. The result is valid until the call ends.
func (c *call) readBody() ([]byte, error) {
	r := c.request
	if n := r.ContentLength; n >= 0 {
		// The length is announced, so there is no need to guess. Memory grows with what arrives, not with what is
		// announced.
		const step = 64 << 10
		body := c.scratch[:0]
		for len(body) < int(n) {
			want := min(int(n)-len(body), max(step, len(body)))
			body = slices.Grow(body, want)
			got, err := io.ReadFull(r.Body, body[len(body):len(body)+want])
			body = body[:len(body)+got]
			c.scratch = body
			if err != nil {
				return nil, err
			}
		}
		return body, nil
	}
	var buffer bytes.Buffer
	_, err := buffer.ReadFrom(http.MaxBytesReader(c.echo.Response(), r.Body, c.server.opt.BodyLimit))
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return nil, c.tooLarge()
	}
	return buffer.Bytes(), err
}

var byteOrderMark = []byte("\xEF\xBB\xBF")

// readJSON decodes the body, which must be a JSON object, into v. Unknown members are ignored at every level. The decoder
// bounds nesting by itself.
func (c *call) readJSON(v any) error {
	body, err := c.readBody()
	if err != nil {
		return err
	}
	return decodeJSON(body, v)
}

func decodeJSON(body []byte, v any) error {
	body = bytes.TrimSpace(bytes.TrimPrefix(body, byteOrderMark))
	if len(body) == 0 || string(body) == "null" {
		return errEmptyBody
	}
	if !utf8.Valid(body) {
		return badBody("it is not valid UTF-8")
	}
	err := json.Unmarshal(body, v)
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &kind) && kind.Field == "":
		return badBody("a JSON object is required, and it is a JSON %s", kind.Value)
	case errors.As(err, &kind):
		return badBody("the member %q must not be a JSON %s", kind.Field, kind.Value)
	case errors.As(err, &syntax):
		return badBody("%s, at byte %d", syntax, syntax.Offset)
	}
	return badBody("%s", err)
}

func badBody(format string, args ...any) error {
	return &registry.Error{Code: registry.BadRequest, Message: "The request body cannot be read: " + fmt.Sprintf(format, args...) + "."}
}
