package httpapi

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/concord-registry/concord/registry"
)

// rewritePath brings the path into the one form that routes are written in, before anything else looks at it: still
// escaped, without empty segments, and with the prefix /contexts/{context} turned into qualified names.
//
// The router matches on RawPath when it is set and on the decoded path otherwise; net/http sets it only for unusual
// encodings. Setting it always makes every parameter arrive escaped, so that it is decoded exactly once (call.param) and
// "a%2Fb" and "a%252Fb" stay the two subjects that they are.
func (s *Server) rewritePath(r *http.Request) error {
	u := r.URL
	if s.opt.BasePath != "" {
		cutBase(u, s.opt.BasePath)
	}
	path := collapseSlashes(u.EscapedPath())
	if path == "/" && s.opt.UI != nil && asksForPage(r) {
		path = "/ui" // the UI sends the browser there
	}
	if strings.HasPrefix(path, "/contexts/") {
		var err error
		if path, u.RawQuery, err = expandContext(path, u.RawQuery); err != nil {
			return err
		}
	}
	u.RawPath = path
	return nil
}

// collapseSlashes removes empty segments and the trailing slash: old clients join a base URL that ends in a slash with a
// path that starts with one, and the Java client's check against a whole subject ends in "/versions/".
func collapseSlashes(path string) string {
	if path == "" || path == "/" {
		return "/"
	}
	if path[0] == '/' && path[len(path)-1] != '/' && !strings.Contains(path, "//") {
		return path
	}
	var b strings.Builder
	for segment := range strings.SplitSeq(path, "/") {
		if segment != "" {
			b.WriteByte('/')
			b.WriteString(segment)
		}
	}
	if b.Len() == 0 {
		return "/"
	}
	return b.String()
}

// expandContext rewrites /contexts/{context}/rest (rest-contract §4.8). Only the leading words of rest count, so that a
// subject may be called "config" or "subjects".
func expandContext(path, query string) (newPath, newQuery string, err error) {
	segment, rest, _ := strings.Cut(path[len("/contexts/"):], "/")
	prefix, err := contextPrefix(segment)
	if err != nil {
		return "", "", err
	}
	if rest == "" {
		if prefix == "" {
			prefix = ":.:"
		}
		return "/contexts/" + url.PathEscape(prefix), query, nil
	}
	if prefix == "" {
		return "/" + rest, query, nil
	}
	words := strings.Split(rest, "/")
	switch {
	case len(words) == 1 && (words[0] == "config" || words[0] == "mode"):
		words = append(words, url.PathEscape(prefix))
	case words[0] == "config" || words[0] == "mode":
		words[1] = qualifySegment(words[1], prefix)
	case len(words) == 1 && (words[0] == "subjects" || words[0] == "schemas"):
		query = qualifyQuery(query, "subjectPrefix", prefix)
	case len(words) >= 2 && words[0] == "schemas" && words[1] == "ids":
		query = qualifyQuery(query, "subject", prefix)
	case len(words) == 2 && words[0] == "api" && parseQuery(query).text("context") == "":
		query = append(parseQuery(query), parameter{"context", strings.Trim(prefix, ":")}).encode()
	default:
		if i := subjectSegment(words); i > 0 {
			words[i] = qualifySegment(words[i], prefix)
		}
	}
	return "/" + strings.Join(words, "/"), query, nil
}

// subjectSegment returns the index of the segment that names a subject; 0 when there is none.
func subjectSegment(words []string) int {
	skip := 0
	for skip < len(words) && (words[skip] == "api" && skip == 0 || words[skip] == "compatibility" || words[skip] == "associations") {
		skip++
	}
	if len(words) > skip+1 && words[skip] == "subjects" {
		return skip + 1
	}
	return 0
}

// contextPrefix turns the context of a path, which may be written "ctx", ".ctx" or ":.ctx:", into the prefix of
// qualified names; empty for the default context.
func contextPrefix(segment string) (string, error) {
	name := unescape(segment)
	name = strings.TrimPrefix(name, ":")
	name = strings.TrimSuffix(name, ":")
	name = strings.TrimPrefix(name, ".")
	if strings.Contains(name, ":") {
		return "", &registry.Error{Code: registry.BadRequest, Message: "The context '" + unescape(segment) + "' is not valid: a context name holds no colon."}
	}
	if name == "" {
		return "", nil
	}
	return ":." + name + ":", nil
}

// qualifySegment puts prefix in front of an escaped segment unless it names a context already.
func qualifySegment(segment, prefix string) string {
	if hasContext(unescape(segment)) {
		return segment
	}
	return url.PathEscape(prefix) + segment
}

// qualifyQuery puts prefix in front of a query parameter, or adds it.
func qualifyQuery(raw, name, prefix string) string {
	pairs := parseQuery(raw)
	found := false
	for i := range pairs {
		if pairs[i].name == name {
			found = true
			if !hasContext(pairs[i].value) {
				pairs[i].value = prefix + pairs[i].value
			}
		}
	}
	if !found {
		pairs = append(pairs, parameter{name, prefix})
	}
	return pairs.encode()
}

func hasContext(name string) bool {
	return strings.HasPrefix(name, ":.") || strings.HasPrefix(name, ":*:")
}

// unescape decodes a path segment. A segment that net/http accepted always decodes; anything else is taken literally.
func unescape(segment string) string {
	if strings.IndexByte(segment, '%') < 0 {
		return segment
	}
	if decoded, err := url.PathUnescape(segment); err == nil {
		return decoded
	}
	return segment
}
