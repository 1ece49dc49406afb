package main

import (
	"fmt"
	"net"
	"strings"
)

// notifySystemd tells systemd the state of a Type=notify service: a datagram to the socket that NOTIFY_SOCKET names, as in
// sd_notify(3). Without a socket it does nothing.
func notifySystemd(socket, state string) error {
	if socket == "" {
		return nil
	}
	if name, abstract := strings.CutPrefix(socket, "@"); abstract {
		socket = "\x00" + name
	}
	conn, err := net.Dial("unixgram", socket)
	if err != nil {
		return fmt.Errorf("tell systemd %s: %w", state, err)
	}
	defer conn.Close()
	if _, err := conn.Write([]byte(state)); err != nil {
		return fmt.Errorf("tell systemd %s: %w", state, err)
	}
	return nil
}
