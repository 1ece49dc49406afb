package inclusion

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"regexp"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v5"
)

// predicate is an assertion about strings that is not a regular expression: a format, an encoding, a media type. What
// the solver knows of it are two patterns between which it lies.
type predicate struct {
	name string
	// check asks the validator itself; nil when nobody can tell.
	check func(string) bool
	// within matches every string that check accepts; check accepts every string that covers matches. Where both are the
	// same the predicate is a regular expression after all. Nil means unknown.
	within, covers *regexp.Regexp
	// longest is the length of the longest string that check accepts; 0 when there is no bound.
	longest int
	// samples are strings that check accepts, for where the patterns leave a gap.
	samples []string
}

// formatPredicate returns what the validator asserts for a "format"; nil when it asserts nothing.
func formatPredicate(name string) *predicate {
	if p, ok := formatLanguages()[name]; ok {
		return p
	}
	if check, ok := jsonschema.Formats[name]; ok {
		return &predicate{name: "format " + name, check: func(s string) bool { return check(s) }}
	}
	return nil
}

// regular describes a format that is a regular expression.
func regular(name, pattern string, samples ...string) *predicate {
	p := between(name, pattern, "", samples...)
	p.covers = p.within
	return p
}

// between describes a format that lies between two regular expressions.
func between(name, within, covers string, samples ...string) *predicate {
	check := jsonschema.Formats[name]
	p := &predicate{name: "format " + name, check: func(s string) bool { return check(s) }, samples: samples}
	if within != "" {
		p.within = regexp.MustCompile(within)
	}
	if covers != "" {
		p.covers = regexp.MustCompile(covers)
	}
	return p
}

// The languages of the formats, as the validator implements them: it reads numbers the way Go does, with a sign, and is
// lenient in other places where the standards are not.
const (
	datePattern = `((0[13578]|1[02])-(0[1-9]|[12]\d|3[01])|(0[469]|11)-(0[1-9]|[12]\d|30)|02-(0[1-9]|1\d|2[0-8]))`
	leapYear    = `(\d\d(0[48]|[2468][048]|[13579][26])|([02468][048]|[13579][26])00)`
	fullDate    = `(\d{4}-` + datePattern + `|` + leapYear + `-02-29)`
	upTo23      = `([01]\d|2[0-3]|\+\d|-0)`
	upTo59      = `([0-5]\d|\+\d|-0)`
	zone        = `([zZ]|[+-]` + upTo23 + `:` + upTo59 + `)`
	fullTime    = upTo23 + `:` + upTo59 + `:` + upTo59 + `(\.\d+)?` + zone
	leapSecond  = upTo23 + `:` + upTo59 + `:60(\.\d+)?` + zone
	octet       = `([+-]?0+|\+0*([1-9]\d?|1\d\d|2[0-4]\d|25[0-5])|[1-9]\d?|1\d\d|2[0-4]\d|25[0-5])`
	ipv4Pattern = `^` + octet + `(\.` + octet + `){3}$`
	uuidPattern = `^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`
	pointer     = `(/([^~/]|~[01])*)*`
	firstLabel  = `[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?`
	nextLabel   = `[a-zA-Z0-9-]{0,62}[a-zA-Z0-9]`
	dateUnits   = `(\d+Y|\d+M|\d+D|\d+Y\d+M|\d+M\d+D|\d+Y\d+M\d+D)`
	timeUnits   = `(\d+H|\d+M|\d+S|\d+H\d+M|\d+M\d+S|\d+H\d+M\d+S)`
	duration    = `^P(\d+W|` + dateUnits + `(T` + timeUnits + `)?|T` + timeUnits + `)$`
	plainPath   = `([a-zA-Z]+:)?[a-zA-Z0-9_\x{80}-\x{10FFFF}]*(/[a-zA-Z0-9_\x{80}-\x{10FFFF}]+)*`
)

// formatLanguages holds what is known of the formats. Names that the validator gives the same meaning are the same.
var formatLanguages = sync.OnceValue(func() map[string]*predicate {
	known := map[string]*predicate{
		"date":                  regular("date", `^`+fullDate+`$`, "2020-01-01"),
		"time":                  between("time", `^(`+fullTime+`|`+leapSecond+`)$`, `^`+fullTime+`$`, "00:00:00Z", "23:59:60Z"),
		"date-time":             between("date-time", `^`+fullDate+`[Tt](`+fullTime+`|`+leapSecond+`)$`, `^`+fullDate+`[Tt]`+fullTime+`$`, "2020-01-01T00:00:00Z"),
		"duration":              regular("duration", duration, "P1D"),
		"period":                between("period", `/`, `^`+fullDate+`T00:00:00Z/P\d+D$`, "2020-01-01T00:00:00Z/P1D"),
		"hostname":              between("hostname", `^`+firstLabel+`(\.`+nextLabel+`)*\.?$`, `^`+firstLabel+`(\.`+nextLabel+`){0,2}$`, "a"),
		"email":                 between("email", `(?s)^(.+@.+|@\[.+\])$`, `^[a-z0-9]{1,20}(\.[a-z0-9]{1,20}){0,1}@[a-z0-9]{1,20}(\.[a-z0-9]{1,20}){0,3}$`, "a@b", "a@b.co", "john.doe@example.org", `"a b"@c.de`),
		"ipv4":                  regular("ipv4", ipv4Pattern, "127.0.0.1"),
		"ipv6":                  between("ipv6", `^[0-9a-fA-F.]*:[0-9a-fA-F.]*:[0-9a-fA-F:.]*$`, `^[0-9a-fA-F]{1,4}(:[0-9a-fA-F]{1,4}){7}$`, "::", "::1"),
		"uri":                   between("uri", `^[a-zA-Z][a-zA-Z0-9+.-]*:`, `^[a-zA-Z]{1,10}://[a-z0-9]{1,20}(\.[a-z0-9]{1,20}){0,3}(/[a-zA-Z0-9_]+)*$`, "a:b", "http://a", "http://example.com/x", "urn:x:y", `a:\`, "a:("),
		"uri-reference":         between("uri-reference", `^[^\\]*$`, `^`+plainPath+`$`, "", "a", "/x", "http://a", "#f"),
		"uri-template":          between("uri-template", ``, `^`+plainPath+`$`, "", "a", "http://a/{b}"),
		"regex":                 between("regex", ``, `^[a-zA-Z0-9_ :,/=<>@!~'"%&#;\x{80}-\x{10FFFF}-]*$`, "", "a", "^a$"),
		"json-pointer":          regular("json-pointer", `^`+pointer+`$`, "", "/a"),
		"relative-json-pointer": regular("relative-json-pointer", `^(0|[1-9]\d*)(#|`+pointer+`)$`, "0", "1/a"),
		"uuid":                  regular("uuid", uuidPattern, "123e4567-e89b-12d3-a456-426614174000"),
	}
	known["email"].longest, known["hostname"].longest = 254, 254
	for alias, name := range map[string]string{"ip-address": "ipv4", "iri": "uri", "uriref": "uri-reference", "iri-reference": "uri-reference"} {
		known[alias] = known[name]
	}
	return known
})

// contentPredicate is what the validator asserts about the content of strings in draft-07; nil when nothing.
func contentPredicate(x *jsonschema.Schema) *predicate {
	encoded := x.ContentEncoding == "base64"
	typed := x.ContentMediaType == "application/json"
	if !encoded && !typed && x.ContentSchema == nil {
		return nil
	}
	if x.ContentSchema != nil {
		return &predicate{name: fmt.Sprintf("the contentSchema of %p", x)} // not compared with any other
	}
	p := &predicate{name: "content"}
	if encoded {
		p.name += " base64"
	}
	if typed {
		p.name += " json"
	}
	p.check = func(s string) bool {
		content := []byte(s)
		if encoded {
			decoded, err := base64.StdEncoding.DecodeString(s)
			if err != nil {
				return false
			}
			content = decoded
		}
		var v any
		return !typed || json.Unmarshal(content, &v) == nil
	}
	p.samples = []string{"bnVsbA==", "e30=", "null", "{}", ""}
	return p
}
