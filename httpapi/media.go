package httpapi

import (
	"mime"
	"net/http"
	"strconv"
	"strings"
)

// The media types of the API, the preferred one first. Their values are slices so that a header can be set without
// allocating; nobody may change them.
var mediaTypes = [][]string{
	{"application/vnd.schemaregistry.v1+json"},
	{"application/vnd.schemaregistry+json"},
	{"application/json"},
}

// negotiate chooses the media type of the answer from an Accept header, which may be a list with weights; nil when none
// of ours is acceptable. A type that is named outright counts by its own weight even if a wildcard is there too.
func negotiate(header http.Header) []string {
	if takesPreferred(header) {
		return mediaTypes[0]
	}
	accept := header["Accept"]
	var best []string
	bestWeight := 0.0
	for _, offered := range mediaTypes {
		if weight := acceptance(accept, offered[0]); weight > bestWeight {
			best, bestWeight = offered, weight
		}
	}
	return best
}

// takesPreferred reports whether it can be seen at a glance that the preferred media type is acceptable.
func takesPreferred(header http.Header) bool {
	accept := header["Accept"]
	return len(accept) == 0 || len(accept) == 1 && (accept[0] == mediaTypes[0][0] || accept[0] == "*/*" || accept[0] == "")
}

// acceptance returns the weight that an Accept header gives to a type: that of the most specific range that covers it.
func acceptance(accept []string, offered string) float64 {
	weight, specificity := 0.0, 0
	for _, line := range accept {
		for item := range strings.SplitSeq(line, ",") {
			mediaRange, parameters, _ := strings.Cut(item, ";")
			if s := covers(strings.TrimSpace(mediaRange), offered); s > specificity {
				weight, specificity = quality(parameters), s
			}
		}
	}
	return weight
}

// covers returns how specifically a media range covers a type: 3 exactly, 2 by its main type, 1 as anything, 0 not.
func covers(mediaRange, offered string) int {
	switch {
	case strings.EqualFold(mediaRange, offered):
		return 3
	case strings.EqualFold(mediaRange, "application/*"):
		return 2
	case mediaRange == "*/*" || mediaRange == "*":
		return 1
	}
	return 0
}

// quality reads the q parameter of a media range; 1 when there is none or it makes no sense.
func quality(parameters string) float64 {
	for p := range strings.SplitSeq(parameters, ";") {
		name, value, _ := strings.Cut(strings.TrimSpace(p), "=")
		if strings.EqualFold(strings.TrimSpace(name), "q") {
			if q, err := strconv.ParseFloat(strings.TrimSpace(value), 64); err == nil && q >= 0 && q <= 1 {
				return q
			}
		}
	}
	return 1
}

// readable reports whether the body of a request is of a type that is read as JSON. A missing Content-Type is; so that
// curl's default for -d, a form, is still refused, as users know it from the reference.
func readable(header http.Header) bool {
	types := header["Content-Type"]
	if len(types) == 0 || types[0] == "" || types[0] == mediaTypes[0][0] {
		return true
	}
	mediaType, _, err := mime.ParseMediaType(types[0])
	if err != nil {
		mediaType, _, _ = strings.Cut(types[0], ";")
		mediaType = strings.ToLower(strings.TrimSpace(mediaType))
	}
	for _, known := range mediaTypes {
		if mediaType == known[0] {
			return true
		}
	}
	return mediaType == "application/octet-stream"
}

// acceptsGzip reports whether the client takes a gzip-encoded answer.
func acceptsGzip(header http.Header) bool {
	for _, line := range header["Accept-Encoding"] {
		for item := range strings.SplitSeq(line, ",") {
			coding, parameters, _ := strings.Cut(item, ";")
			if strings.EqualFold(strings.TrimSpace(coding), "gzip") {
				return quality(parameters) > 0
			}
		}
	}
	return false
}
