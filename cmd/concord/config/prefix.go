package config

import (
	"fmt"
	"regexp"
	"strings"
)

// Prefix is a path below which a proxy serves something: a slash and a name, once or more, and no slash at the end. The
// empty Prefix is the root.
type Prefix string

var prefixPattern = regexp.MustCompile(`^(/[A-Za-z0-9._~-]+)*$`)

// UnmarshalText checks a prefix for its form; slashes at its end are taken off.
func (p *Prefix) UnmarshalText(text []byte) error {
	path := strings.TrimRight(string(text), "/")
	if !prefixPattern.MatchString(path) {
		return fmt.Errorf("%q is not a path prefix; write one like /registry", text)
	}
	*p = Prefix(path)
	return nil
}

// MarshalText writes the prefix as it is.
func (p Prefix) MarshalText() ([]byte, error) { return []byte(p), nil }
