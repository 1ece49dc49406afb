package httpapi

import (
	"bytes"
	"strconv"
)

// What is no HTTP, or has more headers than the limit, never reaches a handler: net/http answers it by itself, in plain
// text, and hangs up. Clients that parse the body of every error expect the one shape that errors have here, so the
// connection gives these answers that shape on their way out.

// plainHeaders are what only net/http's own answers have, right after the status line; they come in one Write.
var plainHeaders = []byte("\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n")

const statusLinePrefix = "HTTP/1.1 "

// shapeRefusal returns what to write instead of p in the shape of every error; nil when p is not such an answer.
func shapeRefusal(p []byte) []byte {
	if len(p) < len(statusLinePrefix)+3 || p[len(statusLinePrefix)] < '4' || string(p[:len(statusLinePrefix)]) != statusLinePrefix {
		return nil
	}
	line, _, plain := bytes.Cut(p, plainHeaders)
	if !plain || bytes.IndexByte(line, '\n') >= 0 {
		return nil
	}
	reason := string(line[len(statusLinePrefix):])
	code, err := strconv.Atoi(reason[:3])
	if err != nil {
		code = 400
	}
	o := newObject(nil)
	o.number("error_code", int64(code))
	o.text("message", "HTTP "+reason)
	body, _ := o.end()
	answer := append([]byte(nil), line...)
	answer = append(answer, "\r\nContent-Type: "+mediaTypes[0][0]+"\r\nContent-Length: "+strconv.Itoa(len(body))+"\r\nConnection: close\r\n\r\n"...)
	return append(answer, body...)
}
