package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"syscall"

	"golang.org/x/net/netutil"

	"github.com/concord-registry/concord/cmd/concord/config"
)

// listen opens a setting's address. At most connections are served at a time, unless that is 0.
func listen(ctx context.Context, setting string, address config.Address, connections int) (net.Listener, error) {
	network, where := address.Network()
	if network == "unix" {
		if err := removeStaleSocket(where); err != nil {
			return nil, err
		}
	}
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, network, where)
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, fmt.Errorf("%s is in use by another process; stop that one, or choose another address with --%s", address, setting)
	case errors.Is(err, syscall.EACCES):
		return nil, fmt.Errorf("this user may not listen on %s; choose a port above 1023 with --%s", address, setting)
	case err != nil:
		return nil, fmt.Errorf("listen on %s (--%s): %w", address, setting, err)
	}
	if connections > 0 {
		l = netutil.LimitListener(l, connections)
	}
	return l, nil
}

// removeStaleSocket removes the socket of a server that is gone. One that answers, or anything that is not a socket,
// stays, and then listening fails.
func removeStaleSocket(path string) error {
	info, err := os.Lstat(path)
	if err != nil || info.Mode()&os.ModeSocket == 0 {
		return nil
	}
	if c, err := net.Dial("unix", path); err == nil {
		return c.Close()
	} else if !errors.Is(err, syscall.ECONNREFUSED) {
		return nil
	}
	if err := os.Remove(path); err != nil {
		return fmt.Errorf("remove the socket that an earlier server left behind: %w", err)
	}
	return nil
}

// urlOf is where a person on this machine finds what listens on l.
func urlOf(l net.Listener) string {
	tcp, ok := l.Addr().(*net.TCPAddr)
	if !ok {
		return "unix:" + l.Addr().String()
	}
	if tcp.IP.IsUnspecified() {
		return fmt.Sprintf("http://localhost:%d", tcp.Port)
	}
	return "http://" + tcp.String()
}
