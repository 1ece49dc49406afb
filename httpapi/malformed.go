package httpapi

import (
	"bytes"
	"net"
	"strconv"
)

// What is no HTTP, or has more headers than the limit, never reaches a handler: net/http answers it by itself, in plain
// text, and hangs up. Clients that parse the body of every error expect the one shape that errors have here, so the
// connection gives these answers that shape on their way out.

// shapingListener accepts connections that shape net/http's own answers.
type shapingListener struct{ net.Listener }

func (l shapingListener) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &shapingConn{conn}, nil
}

type shapingConn struct{ net.Conn }

// plainHeaders are what only net/http's own answers have, right after the status line; they come in one Write.
var plainHeaders = []byte("\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n")

const statusLinePrefix = "HTTP/1.1 "

func (c *shapingConn) Write(p []byte) (int, error) {
	if len(p) < len(statusLinePrefix)+3 || p[len(statusLinePrefix)] < '4' || string(p[:len(statusLinePrefix)]) != statusLinePrefix {
		return c.Conn.Write(p)
	}
	line, _, plain := bytes.Cut(p, plainHeaders)
	if !plain || bytes.IndexByte(line, '\n') >= 0 {
		return c.Conn.Write(p)
	}
	if _, err := c.Conn.Write(shapeRefusal(line)); err != nil {
		return 0, err
	}
	return len(p), nil
}

// shapeRefusal returns the answer with the given status line in the shape of every error.
func shapeRefusal(line []byte) []byte {
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

// CloseWrite lets net/http end the answer before the connection, so that the client reads it although it is still sending.
func (c *shapingConn) CloseWrite() error {
	if half, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return nil
}
