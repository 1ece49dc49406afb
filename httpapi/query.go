package httpapi

import (
	"net/url"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/concord-registry/concord/registry"
)

// parameter is one name and value of a query string, decoded.
type parameter struct{ name, value string }

// query is a query string in its order. It is more lenient than net/url: clients leave empty pairs ("a=1&&b=2") and put
// values in unescaped, so that nothing is dropped that can be read (rest-contract §1.3, §9.2).
type query []parameter

func parseQuery(raw string) query {
	if raw == "" {
		return nil
	}
	pairs := make(query, 0, strings.Count(raw, "&")+1)
	for pair := range strings.SplitSeq(raw, "&") {
		if pair == "" {
			continue
		}
		name, value, _ := strings.Cut(pair, "=")
		pairs = append(pairs, parameter{unescapeQuery(name), unescapeQuery(value)})
	}
	return pairs
}

func unescapeQuery(s string) string {
	if !strings.ContainsAny(s, "%+") {
		return s
	}
	if decoded, err := url.QueryUnescape(s); err == nil {
		return decoded
	}
	return s
}

func (q query) encode() string {
	var b strings.Builder
	for i, p := range q {
		if i > 0 {
			b.WriteByte('&')
		}
		b.WriteString(url.QueryEscape(p.name))
		b.WriteByte('=')
		b.WriteString(url.QueryEscape(p.value))
	}
	return b.String()
}

// text returns the first value of a parameter; empty when it is absent.
func (q query) text(name string) string {
	for _, p := range q {
		if p.name == name {
			return p.value
		}
	}
	return ""
}

func (q query) has(name string) bool {
	for _, p := range q {
		if p.name == name {
			return true
		}
	}
	return false
}

// all returns every value of a repeated parameter, in order.
func (q query) all(name string) []string {
	var values []string
	for _, p := range q {
		if p.name == name {
			values = append(values, p.value)
		}
	}
	return values
}

// flag is true when the value is "true" in any case, and false for anything else: Python sends "True".
func (q query) flag(name string) bool { return strings.EqualFold(q.text(name), "true") }

// number returns an integer parameter, or the default when it is absent or empty. Anything that is no integer is a 404,
// as for an integer in the path.
func (q query) number(name string, absent int) (int, error) {
	value := q.text(name)
	if value == "" {
		return absent, nil
	}
	return parseInt(value)
}

// page reads offset and limit. What they mean when out of range is the registry's business.
func (q query) page() (registry.Page, error) {
	if len(q) == 0 {
		return registry.Page{}, nil
	}
	offset, err := q.number("offset", 0)
	if err != nil {
		return registry.Page{}, err
	}
	limit, err := q.number("limit", 0)
	return registry.Page{Offset: offset, Limit: limit}, err
}

// deletion reads the flags that say which versions a list shows.
func (q query) deletion() registry.Deletion {
	d := registry.LiveOnly
	if q.flag("deleted") {
		d |= registry.WithDeleted
	}
	if q.flag("deletedOnly") {
		d |= registry.DeletedOnly
	}
	if q.flag("deletedAsNegative") {
		d |= registry.DeletedAsNegative
	}
	return d
}

// parseInt reads a 32-bit integer. Its error is the plain 404 that clients get for a malformed one (rest-contract §1.2).
func parseInt(s string) (int, error) {
	n, err := strconv.ParseInt(s, 10, 32)
	if err != nil {
		return 0, echo.ErrNotFound
	}
	return int(n), nil
}
