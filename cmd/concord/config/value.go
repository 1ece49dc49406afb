package config

import (
	"fmt"
	"math"
	"net"
	"strconv"
	"strings"
	"time"
)

// Size is a number of bytes, written with a unit: 512B, 64KiB, 10MiB, 1.5GiB, or 10MB in powers of ten. A plain number
// is bytes.
type Size int64

// sizeUnits from large to small. String uses those that are powers of two.
var sizeUnits = []struct {
	name  string
	bytes int64
}{
	{"TiB", 1 << 40}, {"GiB", 1 << 30}, {"MiB", 1 << 20}, {"KiB", 1 << 10},
	{"TB", 1e12}, {"GB", 1e9}, {"MB", 1e6}, {"KB", 1e3}, {"B", 1},
}

// UnmarshalText reads a size. Units may be in any case, and a blank may precede them.
func (s *Size) UnmarshalText(text []byte) error {
	number := strings.TrimSpace(string(text))
	factor := int64(1)
	for _, u := range sizeUnits {
		if n := len(number) - len(u.name); n >= 0 && strings.EqualFold(number[n:], u.name) {
			number, factor = strings.TrimSpace(number[:n]), u.bytes
			break
		}
	}
	// ParseFloat would also take 1e3, 0x1p4, inf and nan, which nobody means as a size.
	if number == "" || strings.Trim(number, "0123456789.") != "" {
		return fmt.Errorf("%q is not a size; write one like 512KiB or 10MiB", text)
	}
	if whole, err := strconv.ParseInt(number, 10, 64); err == nil && whole <= math.MaxInt64/factor {
		*s = Size(whole * factor)
		return nil
	}
	f, err := strconv.ParseFloat(number, 64)
	if err != nil || f*float64(factor) >= math.MaxInt64 {
		return fmt.Errorf("%q is not a size; write one like 512KiB or 10MiB", text)
	}
	*s = Size(f * float64(factor))
	return nil
}

// MarshalText writes the size like String.
func (s Size) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// String writes the size exactly, in the largest binary unit that divides it.
func (s Size) String() string {
	for _, u := range sizeUnits[:4] {
		if s != 0 && int64(s)%u.bytes == 0 {
			return strconv.FormatInt(int64(s)/u.bytes, 10) + u.name
		}
	}
	return strconv.FormatInt(int64(s), 10) + "B"
}

// Address is what a server listens on: host:port, or unix: and a path. The empty Address means none.
type Address string

const unixPrefix = "unix:"

// UnmarshalText checks an address for its form.
func (a *Address) UnmarshalText(text []byte) error {
	address := string(text)
	if path, ok := strings.CutPrefix(address, unixPrefix); ok {
		if path == "" {
			return fmt.Errorf("%q names no socket; write unix:/path/to/socket", address)
		}
		*a = Address(address)
		return nil
	}
	if address == "" {
		*a = ""
		return nil
	}
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		if _, e := strconv.ParseUint(address, 10, 16); e == nil {
			return fmt.Errorf("%q is not an address; write :%s to listen on that port", address, address)
		}
		return fmt.Errorf("%q is not an address; write host:port, :port or unix:/path/to/socket", address)
	}
	if _, err := strconv.ParseUint(port, 10, 16); err != nil {
		return fmt.Errorf("%q has no valid port; ports are numbers from 0 to 65535", address)
	}
	*a = Address(address)
	return nil
}

// MarshalText writes the address as it was given.
func (a Address) MarshalText() ([]byte, error) { return []byte(a), nil }

// Network returns the arguments that net.Listen and net.Dial want.
func (a Address) Network() (network, address string) {
	if path, ok := strings.CutPrefix(string(a), unixPrefix); ok {
		return "unix", path
	}
	return "tcp", string(a)
}

// Loopback reports whether only processes on this machine can reach the address.
func (a Address) Loopback() bool {
	network, address := a.Network()
	if network == "unix" {
		return true
	}
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return false
	}
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// Secret is a value that is never shown.
type Secret string

// UnmarshalText takes any text.
func (s *Secret) UnmarshalText(text []byte) error {
	*s = Secret(text)
	return nil
}

// MarshalText hides the value, and so keeps it out of logs, --print-config and error texts alike.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// String hides the value.
func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return "(redacted)"
}

// formatDuration writes 2m rather than 2m0s.
func formatDuration(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}
