package httpapi

import (
	"errors"
	"io"
	"net"
	"os"
	"testing"
	"testing/synctest"
	"time"
)

// connect returns both ends of a connection; the server's is counted how often its timers are moved.
func connect(t *testing.T) (server *clientConn, client net.Conn, moved *int) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if client, err = net.Dial("tcp", l.Addr().String()); err != nil {
		t.Fatal(err)
	}
	accepted, err := listener{l}.Accept()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { client.Close(); accepted.Close() })
	server, moved = accepted.(*clientConn), new(int)
	arm := server.reads.arm
	server.reads.arm = func(at time.Time) error { *moved++; return arm(at) }
	return server, client, moved
}

// readAfter reads one byte and returns the error and the time it took.
func readAfter(c net.Conn) (time.Duration, error) {
	began := time.Now()
	_, err := c.Read(make([]byte, 1))
	return time.Since(began), err
}

const tick = 300 * time.Millisecond

// inBubble runs a test with a connection in memory, under a clock that goes on when everybody waits.
func inBubble(t *testing.T, test func(t *testing.T, server *clientConn, client net.Conn)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		far, client := net.Pipe()
		server := newClientConn(far)
		defer func() { client.Close(); server.Close() }()
		test(t, server, client)
	})
}

func TestALimitThatWasMovedAwayDoesNotEndARead(t *testing.T) {
	inBubble(t, func(t *testing.T, server *clientConn, client net.Conn) {
		server.SetReadDeadline(time.Now().Add(tick))
		time.AfterFunc(tick/2, func() { server.SetReadDeadline(time.Now().Add(4 * tick)) })
		time.AfterFunc(2*tick, func() { client.Write([]byte{1}) })
		if took, err := readAfter(server); err != nil || took != 2*tick {
			t.Errorf("%v after %v", err, took)
		}
		server.SetReadDeadline(time.Now().Add(tick))
		time.AfterFunc(tick/2, func() { server.SetReadDeadline(time.Time{}) })
		time.AfterFunc(2*tick, func() { client.Write([]byte{1}) })
		if took, err := readAfter(server); err != nil || took != 2*tick {
			t.Errorf("without a limit: %v after %v", err, took)
		}
	})
}

func TestALimitIsKeptWhateverWasWantedBefore(t *testing.T) {
	t.Parallel()
	for name, before := range map[string][]time.Duration{
		"none": nil, "a later one": {time.Hour}, "an earlier one": {tick / 4}, "one that is over": {-time.Hour}, "several": {time.Hour, -time.Hour, tick / 4, 2 * time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, _, _ := connect(t)
			for _, limit := range before {
				server.SetReadDeadline(time.Now().Add(limit))
				if limit < tick {
					readAfter(server)
				}
			}
			began := time.Now()
			server.SetReadDeadline(began.Add(tick))
			if _, err := readAfter(server); !errors.Is(err, os.ErrDeadlineExceeded) || time.Since(began) < tick {
				t.Errorf("%v after %v", err, time.Since(began))
			}
			if _, err := readAfter(server); !errors.Is(err, os.ErrDeadlineExceeded) {
				t.Errorf("again: %v", err)
			}
		})
	}
}

func TestALimitThatIsMovedNearerEndsAReadThatWaitsAlready(t *testing.T) {
	inBubble(t, func(t *testing.T, server *clientConn, client net.Conn) {
		server.SetReadDeadline(time.Now().Add(time.Hour))
		time.AfterFunc(tick, func() { server.SetReadDeadline(time.Unix(1, 0)) })
		if took, err := readAfter(server); !errors.Is(err, os.ErrDeadlineExceeded) || took != tick {
			t.Errorf("%v after %v", err, took)
		}
		server.SetReadDeadline(time.Time{})
		time.AfterFunc(tick, func() { client.Write([]byte{1}) })
		if took, err := readAfter(server); err != nil || took != tick {
			t.Errorf("when it is gone: %v after %v", err, took)
		}
	})
}

func TestTheTimerIsHardlyMovedWhileRequestsFollowEachOther(t *testing.T) {
	server, client, moved := connect(t)
	const requests = 100
	for range requests {
		client.Write([]byte{1})
		for _, limit := range []time.Duration{2 * time.Hour, time.Hour, 3 * time.Hour} {
			server.SetReadDeadline(time.Now().Add(limit))
		}
		server.SetReadDeadline(time.Time{})
		server.SetReadDeadline(time.Now().Add(2 * time.Hour))
		if _, err := readAfter(server); err != nil {
			t.Fatal(err)
		}
	}
	if *moved != 1 {
		t.Errorf("moved %d times for %d requests", *moved, requests)
	}
}

func TestAReadThatIsNotNeededIsHeldUntilTheLimitIsSet(t *testing.T) {
	server, client, moved := connect(t)
	client.Write([]byte{1})
	for range 3 {
		server.reads.rest()
		ended := make(chan error, 1)
		go func() {
			_, err := readAfter(server)
			ended <- err
		}()
		time.Sleep(tick / 10)
		select {
		case err := <-ended:
			t.Fatalf("it ends before the limit is set: %v", err)
		default:
		}
		server.SetReadDeadline(time.Unix(1, 0))
		if err := <-ended; !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Fatalf("%v, want a time limit that is over", err)
		}
		server.SetReadDeadline(time.Time{})
	}
	if _, err := readAfter(server); err != nil || *moved != 0 {
		t.Errorf("what was sent meanwhile: %v; the timer was moved %d times", err, *moved)
	}
}

func TestAWriteGoesOnWhereATimerThatWasEarlyStoppedIt(t *testing.T) {
	inBubble(t, func(t *testing.T, server *clientConn, client net.Conn) {
		server.SetWriteDeadline(time.Now().Add(tick))
		time.AfterFunc(tick/2, func() { server.SetWriteDeadline(time.Now().Add(time.Hour)) })
		sent := make([]byte, 1<<20)
		for i := range sent {
			sent[i] = byte(i * 7 >> 3)
		}
		written := make(chan error, 1)
		go func() {
			n, err := server.Write(sent)
			if n != len(sent) && err == nil {
				err = io.ErrShortWrite
			}
			server.Close()
			written <- err
		}()
		got := make([]byte, 1000) // what is taken before the timer goes off
		if _, err := io.ReadFull(client, got); err != nil {
			t.Fatal(err)
		}
		time.Sleep(3 * tick)
		rest, err := io.ReadAll(client)
		if got = append(got, rest...); err != nil || string(got) != string(sent) {
			t.Errorf("%d of %d bytes arrive as they were sent, %v", len(got), len(sent), err)
		}
		if err := <-written; err != nil {
			t.Error(err)
		}
	})
}

func TestAWriteThatNobodyTakesEndsAtItsLimit(t *testing.T) {
	t.Parallel()
	server, _, _ := connect(t)
	began := time.Now()
	server.SetDeadline(began.Add(tick))
	if _, err := server.Write(make([]byte, 64<<20)); !errors.Is(err, os.ErrDeadlineExceeded) || time.Since(began) < tick {
		t.Errorf("%v after %v", err, time.Since(began))
	}
}
