package jsonschema

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/concord-registry/concord/compat"
	model "github.com/concord-registry/concord/formats/jsonschema"
)

// maxQuoted is how much of a value a sentence quotes, in bytes.
const maxQuoted = 80

// explanation is a difference for a person who does not know the specification, and how to mend it. The texts hold
// {reader} and {writer} for the two schemas, {was} and {is} for the writer's and the reader's value of the keyword, {name} for the property
// and {index} for the item that is meant, {keyword}, and {wasKind} and {isKind} for what the two sides describe.
type explanation struct {
	sentence string
	// loosen mends it where the new schema is the reader, tighten where it is the writer.
	loosen, tighten string
}

// explain words a difference in a direction. writer and reader are the places it is about.
func explain(d difference, direction compat.Direction, writer, reader place) (sentence, hint string) {
	e := explanationOf(d)
	r, w := direction.ReaderWriter()
	hint = e.loosen
	if direction == compat.OldReadsNew {
		hint = e.tighten
	}
	value := func(word string) (string, bool) {
		switch word {
		case "reader":
			return "the " + r + " schema", true
		case "Reader":
			return "The " + r + " schema", true
		case "writer":
			return "the " + w + " schema", true
		case "Writer":
			return "The " + w + " schema", true
		case "was":
			return quoteKeyword(writer.value, d.keyword), true
		case "is":
			return quoteKeyword(reader.value, d.keyword), true
		case "name":
			return strconv.Quote(d.name), true
		case "index":
			return d.name, true
		case "keyword":
			return d.keyword, true
		case "wasKind":
			return d.writer.describe(), true
		case "isKind":
			return d.reader.describe(), true
		}
		return "", false
	}
	return fill(e.sentence, value), fill(hint, value)
}

// fill replaces every {word} of a text that has a value.
func fill(text string, value func(word string) (string, bool)) string {
	var out strings.Builder
	for {
		before, rest, found := strings.Cut(text, "{")
		out.WriteString(before)
		if !found {
			return out.String()
		}
		word, after, closed := strings.Cut(rest, "}")
		if filled, ok := value(word); closed && ok {
			out.WriteString(filled)
			text = after
		} else {
			out.WriteByte('{')
			text = rest
		}
	}
}

// quoteKeyword quotes the value of a keyword. Where there is none, minContains is 1.
func quoteKeyword(v *model.Value, keyword string) string {
	if keyword == "minContains" && !v.Is(model.Number) {
		return "1"
	}
	return quote(v)
}

func quote(v *model.Value) string {
	if v == nil {
		return "nothing"
	}
	text := model.Beginning(v, maxQuoted)
	if len(text) > maxQuoted {
		text = strings.ToValidUTF8(text[:maxQuoted], "") + "…"
	}
	return text
}

// describe names what a shape accepts, in a few words.
func (s *shape) describe() string {
	if s == nil {
		return "nothing in particular"
	}
	switch s.kind {
	case anything:
		return "any value"
	case nothing:
		return "no value at all"
	case stringKind:
		return "a string"
	case numberKind:
		if s.number.integer {
			return "an integer"
		}
		return "a number"
	case booleanKind:
		return "a boolean"
	case nullKind:
		return "null"
	case objectKind:
		return "an object"
	case arrayKind:
		return "an array"
	case enumKind:
		return "one of a list of values"
	case constKind:
		return "one fixed value"
	case notKind:
		return "anything but what a schema describes"
	case conditionalKind:
		return "a condition (if/then/else)"
	case combinedKind:
		return s.describeUnion()
	}
	return "a reference to another schema"
}

func (s *shape) describeUnion() string {
	if !s.implied {
		return "a combination of schemas (" + string(s.criterion) + ")"
	}
	names := make([]string, len(s.parts))
	for i, part := range s.parts {
		names[i] = part.describe()
	}
	if s.criterion == allOf {
		return strings.Join(names, " and ") + " at once"
	}
	return strings.Join(names, " or ")
}

// mixed reports whether a schema has keywords of several kinds, which the reference takes for an allOf.
func (s *shape) mixed() bool { return s != nil && s.implied && s.criterion == allOf }

// refused says which instances a bound keeps out; %s is the bound.
var refused = map[string]string{
	"maxLength": "strings longer than %s characters", "minLength": "strings shorter than %s characters",
	"maximum": "numbers above %s", "minimum": "numbers below %s",
	"exclusiveMaximum": "numbers of %s and above", "exclusiveMinimum": "numbers of %s and below",
	"maxItems": "arrays of more than %s items", "minItems": "arrays of fewer than %s items",
	"maxProperties": "objects of more than %s properties", "minProperties": "objects of fewer than %s properties",
	"maxContains": "arrays in which more than %s items match \"contains\"", "minContains": "arrays in which fewer than %s items match \"contains\"",
}

func explanationOf(d difference) explanation {
	if d.code == "TYPE_CHANGED" && d.reader.mixed() != d.writer.mixed() {
		return mixture
	}
	if e, ok := explanations[d.code]; ok {
		return e
	}
	form, isBound := refused[d.keyword]
	if !isBound {
		return fallback
	}
	refusal := fmt.Sprintf(form, "{is}")
	switch s := string(d.code); {
	case strings.HasSuffix(s, "_ADDED"):
		return explanation{
			"{Reader} refuses " + refusal + "; {writer} sets no such limit.",
			"Leave \"{keyword}\" out of the new schema, or first add it to the schema its data is written with.",
			"Add \"{keyword}\": {is} to the new schema as well, so that it does not allow more than its readers accept.",
		}
	case strings.HasPrefix(d.keyword, "max") || d.keyword == "exclusiveMaximum":
		return explanation{
			"{Reader} refuses " + refusal + "; {writer} allows up to {was}.",
			"Keep \"{keyword}\" at {was} or more.", "Keep \"{keyword}\" at {is} or less.",
		}
	}
	return explanation{
		"{Reader} refuses " + refusal + "; {writer} allows them down to {was}.",
		"Keep \"{keyword}\" at {was} or less.", "Keep \"{keyword}\" at {is} or more.",
	}
}

// mixture explains a schema that gets keywords of a second kind, or loses them.
var mixture = explanation{
	"{Reader} describes {isKind} where {writer} describes {wasKind}. By the rules of the reference these are different types, whatever the keywords say.",
	"Leave keywords of another kind (another type, if/then/else, a $ref beside others) as they were: the reference lets no schema begin or cease to combine them.",
	"Leave keywords of another kind (another type, if/then/else, a $ref beside others) as they were: the reference lets no schema begin or cease to combine them.",
}

// fallback explains a difference that has no words of its own.
var fallback = explanation{
	"{Reader} accepts less here than {writer} allows.",
	"Let the new schema accept here what the old one does.",
	"Let the new schema allow here only what the old one accepts, or give the readers the new schema first.",
}
