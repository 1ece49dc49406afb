package operand

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/concord-registry/concord/cmd/concord/client"
)

// Registered reads a version of a subject, or what an id stands for, as the registry has it: "orders", "orders@3",
// "orders@latest~1", "id:42". Deleted versions are found by their number.
func Registered(ctx context.Context, c *client.Client, name string) (*client.Version, error) {
	if id, ok := strings.CutPrefix(name, idPrefix); ok {
		number, err := strconv.Atoi(id)
		if err != nil || number < 1 {
			return nil, fmt.Errorf("%q is not an id; ids are numbers from 1", id)
		}
		return c.ByID(ctx, number, "")
	}
	subject, wanted := SplitVersion(name)
	if subject == "" {
		return nil, fmt.Errorf("%q names no subject; write orders-value or orders-value@3", name)
	}
	number, err := number(ctx, c, subject, wanted)
	if err != nil {
		return nil, err
	}
	version, err := c.Version(ctx, subject, number, number != client.Latest)
	return version, c.Guess(ctx, subject, err)
}

// SplitVersion takes SUBJECT@VERSION apart; without a version that can be one, all of it is the subject.
func SplitVersion(name string) (subject, version string) {
	at := strings.LastIndexByte(name, '@')
	if at < 0 {
		return name, client.Latest
	}
	version = strings.ToLower(name[at+1:])
	if _, err := strconv.Atoi(version); err == nil || strings.HasPrefix(version, client.Latest) {
		return name[:at], version
	}
	return name, client.Latest
}

// number finds the version that is meant: a number, "latest", or "latest~2" for the second before it.
func number(ctx context.Context, c *client.Client, subject, wanted string) (string, error) {
	notOne := fmt.Errorf("%q is not a version; write a number, latest or latest~1", wanted)
	before, relative := strings.CutPrefix(wanted, client.Latest+"~")
	if !relative {
		if n, err := strconv.Atoi(wanted); wanted != client.Latest && n != -1 && (err != nil || n < 1) {
			return "", notOne
		}
		return strings.Replace(wanted, "-1", client.Latest, 1), nil
	}
	back, err := strconv.Atoi(before)
	if err != nil || back < 0 {
		return "", notOne
	}
	versions, err := c.Versions(ctx, subject, false)
	if err != nil {
		return "", c.Guess(ctx, subject, err)
	}
	if back >= len(versions) {
		return "", fmt.Errorf("%s has %d live versions, so there is no %s", subject, len(versions), wanted)
	}
	return strconv.Itoa(versions[len(versions)-1-back]), nil
}
