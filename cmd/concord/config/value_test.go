package config_test

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"github.com/concord-registry/concord/cmd/concord/config"
)

func TestSizesAreReadInHumanForm(t *testing.T) {
	for text, want := range map[string]config.Size{
		"0": 0, "0B": 0, "17": 17, "17B": 17, "1KiB": 1024, "10MiB": 10 << 20, "10 mib": 10 << 20, "1.5GiB": 3 << 29,
		"1KB": 1000, "10MB": 1e7, "2TiB": 2 << 40, ".5KiB": 512, "9223372036854775807": math.MaxInt64, "8388607TiB": 8388607 << 40,
	} {
		var got config.Size
		if err := got.UnmarshalText([]byte(text)); err != nil || got != want {
			t.Errorf("%q is %d (%v), want %d", text, int64(got), err, int64(want))
		}
	}
	for _, text := range []string{"", "B", "MiB", "-1", "-1KiB", "1e6", "0x10", "inf", "nan", "1.2.3", "10 Mi B", "10M", "ten",
		"9223372036854775808", "8388608TiB", "1KiBKiB", "٣"} {
		var got config.Size
		if err := got.UnmarshalText([]byte(text)); err == nil {
			t.Errorf("%q is read as %d", text, int64(got))
		}
	}
}

func TestASizeReadsBackAsItself(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		size := config.Size(rapid.Int64Min(0).Draw(t, "bytes") >> rapid.IntRange(0, 62).Draw(t, "right") << rapid.IntRange(0, 40).Draw(t, "left"))
		if size < 0 {
			t.Skip("overflow")
		}
		var back config.Size
		if err := back.UnmarshalText([]byte(size.String())); err != nil || back != size {
			t.Fatalf("%d is written %s and read as %d (%v)", int64(size), size, int64(back), err)
		}
	})
}

func TestAddressesAreCheckedForTheirForm(t *testing.T) {
	for text, loopback := range map[string]bool{
		":8081": false, "0.0.0.0:80": false, "127.0.0.1:0": true, "localhost:6060": true, "[::1]:6060": true, "[::]:1": false,
		"registry.example.com:443": false, "unix:/run/concord.sock": true,
	} {
		var a config.Address
		if err := a.UnmarshalText([]byte(text)); err != nil {
			t.Errorf("%q: %v", text, err)
		} else if a.Loopback() != loopback {
			t.Errorf("%q: loopback is %v", text, a.Loopback())
		}
	}
	for _, text := range []string{"8081", "localhost", "localhost:http", ":65536", ":-1", "::1:80", "unix:", "http://localhost:80", ":"} {
		var a config.Address
		if err := a.UnmarshalText([]byte(text)); err == nil {
			t.Errorf("%q is taken as an address", text)
		}
	}
}
