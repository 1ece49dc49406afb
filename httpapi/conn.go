package httpapi

import (
	"context"
	"errors"
	"net"
	"net/http"
	"os"
	"sync"
	"time"
)

// listener accepts connections as this server wants them: net/http's own answers in the shape of every other
// (malformed.go), and time limits that cost little.
type listener struct{ net.Listener }

func (l listener) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return newClientConn(conn), nil
}

// clientConn is a connection to a client.
type clientConn struct {
	net.Conn
	reads, writes deadline
	answered      bool // the request in hand; only the goroutine that serves the connection looks at it
}

func newClientConn(conn net.Conn) *clientConn {
	c := &clientConn{Conn: conn}
	c.reads.init(conn.SetReadDeadline)
	c.writes.init(conn.SetWriteDeadline)
	return c
}

// connKey is the key of a request's clientConn in its context.
type connKey struct{}

// withConn is a http.Server's ConnContext hook.
func withConn(ctx context.Context, conn net.Conn) context.Context {
	return context.WithValue(ctx, connKey{}, conn)
}

// connOf returns the connection of a request; nil when it came another way, in a test for example.
func connOf(r *http.Request) *clientConn {
	conn, _ := r.Context().Value(connKey{}).(*clientConn)
	return conn
}

// answer sends a whole answer to the request in hand. net/http then makes an empty answer in one Write, since its handler
// has left it none, and that one goes nowhere. A handler calls it in the place of everything that it could do with its
// ResponseWriter, at most once, when it has read the whole body and the connection is to be used further.
func (c *clientConn) answer(p []byte) error {
	c.answered = true
	_, err := c.write(p)
	if err != nil {
		// The client has a part of the answer or none. It must not take for the rest what would be next.
		_ = c.Close()
	}
	return err
}

func (c *clientConn) Read(p []byte) (n int, err error) {
	if !c.reads.begin() {
		return 0, os.ErrDeadlineExceeded
	}
	defer c.reads.end()
	for {
		n, err = c.Conn.Read(p)
		if n > 0 || err == nil || !c.reads.early(err) {
			return n, err
		}
	}
}

func (c *clientConn) Write(p []byte) (int, error) {
	if c.answered {
		c.answered = false
		return len(p), nil
	}
	if refusal := shapeRefusal(p); refusal != nil {
		if _, err := c.write(refusal); err != nil {
			return 0, err
		}
		return len(p), nil
	}
	return c.write(p)
}

func (c *clientConn) write(p []byte) (n int, err error) {
	if !c.writes.begin() {
		return 0, os.ErrDeadlineExceeded
	}
	defer c.writes.end()
	for {
		var more int
		more, err = c.Conn.Write(p[n:])
		n += more
		if err == nil || !c.writes.early(err) {
			return n, err
		}
	}
}

func (c *clientConn) SetReadDeadline(t time.Time) error  { return c.reads.set(t) }
func (c *clientConn) SetWriteDeadline(t time.Time) error { return c.writes.set(t) }
func (c *clientConn) SetDeadline(t time.Time) error {
	return errors.Join(c.reads.set(t), c.writes.set(t))
}

// CloseWrite lets net/http end the answer before the connection, so that the client reads it although it is still sending.
func (c *clientConn) CloseWrite() error {
	if half, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return nil
}

// deadline is the time limit of a connection's reads or writes. net/http moves the limits of a connection some eight times
// for each request, and the runtime moves a timer each time, though hardly a limit is ever reached. A deadline lets a timer
// that is early run; when it goes off, what waits is not given up but waits on, until the limit that is wanted. A timer is
// moved only to go off earlier, and only when something waits for it.
type deadline struct {
	arm   func(time.Time) error // sets the timer; zero for none
	since time.Time             // a limit from before is over without a look at the clock

	mu      sync.Mutex
	changed sync.Cond
	wanted  time.Time
	armed   time.Time // never later than wanted while something waits
	gone    bool      // the timer went off
	resting bool
	waiting int
}

func (d *deadline) init(arm func(time.Time) error) {
	d.arm, d.since, d.changed.L = arm, time.Now(), &d.mu
}

// rest says that nothing has to be read or written until the limit is set anew; what begins is held until then. net/http
// watches each connection, by reading, for a client that hangs up while its request is worked on, and ends that by a limit
// in the past. An answer that is there already needs no such watch, and without it the network is not asked in vain.
func (d *deadline) rest() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.resting = true
}

// set changes the limit, for what waits already, too.
func (d *deadline) set(t time.Time) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.wanted = t
	if d.resting {
		d.resting = false
		d.changed.Broadcast()
	}
	if d.waiting > 0 {
		return d.hasten()
	}
	return nil
}

// begin says that something is going to wait, and reports whether there is time for it.
func (d *deadline) begin() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	for d.resting {
		d.changed.Wait()
	}
	if !d.wanted.IsZero() && d.wanted.Before(d.since) {
		return false
	}
	d.waiting++
	// An error means that the connection is closed, as the read or write will say.
	_ = d.hasten()
	return true
}

// end says that it waits no longer.
func (d *deadline) end() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.waiting--
}

// hasten moves the timer if it would go off too late, or went off.
func (d *deadline) hasten() error {
	if !d.gone && (d.wanted.IsZero() || !d.armed.IsZero() && !d.wanted.Before(d.armed)) {
		return nil
	}
	return d.rearm()
}

func (d *deadline) rearm() error {
	d.armed, d.gone = d.wanted, false
	return d.arm(d.armed)
}

// early reports whether an error only says that the timer went off before the limit; the timer then runs anew.
func (d *deadline) early(err error) bool {
	if !errors.Is(err, os.ErrDeadlineExceeded) {
		return false
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if !d.wanted.IsZero() && !time.Now().Before(d.wanted) {
		d.gone = true
		return false
	}
	return d.rearm() == nil
}
