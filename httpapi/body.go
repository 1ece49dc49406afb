package httpapi

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

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
	// What is left of the body is not worth keeping.
	c.echo.Response().Header().Set("Connection", "close")
	c.unread = true
	return refuse(http.StatusRequestEntityTooLarge, fmt.Sprintf("The request body exceeds the limit of %d bytes.", c.server.opt.BodyLimit))
}

// Bounds of what is taken, and thrown away, of a body that was refused.
const (
	lingerBytes = 128 << 20
	lingerTime  = 3 * time.Second
)

// linger takes what a client goes on sending after its body was refused. Many clients read no answer before they have sent
// everything; hanging up on them would show them a broken connection, and they would send it all again.
func (c *call) linger() {
	control := http.NewResponseController(c.echo.Response())
	if control.Flush() != nil || control.SetReadDeadline(time.Now().Add(lingerTime)) != nil {
		return
	}
	// The answer is out; whatever happens to the rest is no matter.
	_, _ = io.CopyN(io.Discard, c.request.Body, lingerBytes)
}

// readBody reads the whole body into memory, up to the limit, once. The result is valid until the call ends.
func (c *call) readBody() (body []byte, err error) {
	if c.input != nil {
		return c.input, nil
	}
	if c.request.ContentLength >= 0 {
		body, err = c.readAnnounced(int(c.request.ContentLength))
	} else {
		body, err = c.readUntilEnd()
	}
	if err != nil {
		return nil, unreadable(err)
	}
	c.input = body[:len(body):len(body)]
	return body, c.wait(body)
}

// unreadable words why a body could not be read. Whatever the reason is, the client or its network gave it.
func unreadable(err error) error {
	var known *registry.Error
	var network net.Error
	switch {
	case errors.As(err, &known), errors.Is(err, os.ErrDeadlineExceeded), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return err
	case errors.As(err, &network):
		return errUnfinishedBody
	}
	return badBody("%s", err)
}

// readAnnounced reads a body of a known length. Memory grows with what arrives, not with what is announced.
func (c *call) readAnnounced(n int) ([]byte, error) {
	const step = 64 << 10
	body := c.scratch[:0]
	for len(body) < n {
		want := min(n-len(body), max(step, len(body)))
		body = slices.Grow(body, want)
		got, err := io.ReadFull(c.request.Body, body[len(body):len(body)+want])
		body = body[:len(body)+got]
		c.scratch = body
		if err != nil {
			return nil, err
		}
	}
	return body, nil
}

func (c *call) readUntilEnd() ([]byte, error) {
	var buffer bytes.Buffer
	_, err := buffer.ReadFrom(http.MaxBytesReader(c.echo.Response(), c.request.Body, c.server.opt.BodyLimit))
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

// decoding takes names as the reference does: exactly, and the last of several.
var decoding = jsontext.AllowDuplicateNames(true)

func decodeJSON(body []byte, v any) error {
	body = bytes.TrimSpace(bytes.TrimPrefix(body, byteOrderMark))
	if len(body) == 0 || string(body) == "null" {
		return errEmptyBody
	}
	err := json.Unmarshal(body, v, decoding)
	var syntax *jsontext.SyntacticError
	var value *json.SemanticError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &value) && value.JSONPointer == "":
		return badBody("a JSON object is required, and it is a JSON %s", kindName(value))
	case errors.As(err, &value) && (errors.Is(value.Err, strconv.ErrRange) || errors.Is(value.Err, strconv.ErrSyntax)):
		return badBody("the member %q must be a whole number below 2^63", strings.TrimPrefix(string(value.JSONPointer), "/"))
	case errors.As(err, &value):
		return badBody("the member %q must not be a JSON %s", strings.TrimPrefix(string(value.JSONPointer), "/"), kindName(value))
	case errors.As(err, &syntax):
		return badBody("%s, at byte %d", syntax.Err, syntax.ByteOffset+1)
	}
	return badBody("%s", err)
}

// kindName names the kind of the value that does not fit.
func kindName(e *json.SemanticError) string {
	switch e.JSONKind {
	case jsontext.KindTrue, jsontext.KindFalse:
		return "boolean"
	case jsontext.KindBeginObject:
		return "object"
	case jsontext.KindBeginArray:
		return "array"
	case jsontext.KindNumber:
		return "number"
	}
	return e.JSONKind.String()
}

func badBody(format string, args ...any) error {
	return &registry.Error{Code: registry.BadRequest, Message: "The request body cannot be read: " + fmt.Sprintf(format, args...) + "."}
}
