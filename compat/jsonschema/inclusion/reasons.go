package inclusion

import (
	"context"
	"net/url"
	"strconv"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v5"

	model "github.com/concord-registry/concord/formats/jsonschema"
)

// Keyword is a keyword of a compiled schema: the schema's location and the keyword's name; "required/x" is the name x in
// required, and the empty keyword is a schema that is false.
type Keyword struct {
	Schema  string
	Keyword string
}

// Explain is Decide with more than one reason: when the verdict is NotIncluded it returns up to most witnesses, the first
// of which is the result's own. Each is rejected by a keyword of the reader that none before it was found by; that keyword comes
// first among its Failures. Witnesses are made as small as a limited number of tries allows.
//
// The further witnesses are looked for with the work that the verdict has left over; there may be more reasons than
// are found.
func Explain(ctx context.Context, writer, reader Schema, limits Limits, most int) (Result, []*Witness) {
	q := newQuestion(ctx, writer, reader, limits)
	result := q.decide(nil)
	if result.Verdict != NotIncluded {
		return result, nil
	}
	reasons := []*Witness{result.Witness}
	dropped := map[Keyword]bool{}
	for next := result.Witness; ; {
		at, ok := q.reasonFor(next, dropped)
		if !ok {
			return result, reasons[:max(1, len(reasons)-1)]
		}
		dropped[at] = true
		q.isolate(next, at)
		q.shrink(next, at)
		if len(reasons) >= most {
			return result, reasons
		}
		// What else would the reader reject if it were not for that keyword?
		if q.readAgain() != nil {
			return result, reasons
		}
		further := q.decide(dropped)
		if further.Verdict != NotIncluded {
			return result, reasons
		}
		next = further.Witness
		reasons = append(reasons, next)
	}
}

// readAgain pays for reading both schemas once more.
func (q *question) readAgain() error { return q.budget.spend(q.nodes * stepsToRead) }

// isolate replaces a witness by one that the reader rejects for no other reason than a keyword, if there is one.
func (q *question) isolate(w *Witness, at Keyword) {
	if len(w.Failures) == 1 && len(q.keywordsOf(w.Failures[0], w.Instance)) == 1 || q.readAgain() != nil {
		return
	}
	writer := (&builder{source: q.writer}).build(q.writer.Compiled)
	reader := (&builder{source: q.reader}).build(q.reader.Compiled)
	without := (&builder{source: q.reader, dropped: map[Keyword]bool{at: true}}).build(q.reader.Compiled)
	schemas := newInterner()
	roots := schemas.all([]*schema{writer, reader, without})
	sv := newSolver(q.budget, schemas)
	a := sv.solve(goal{is(roots[0]), isNot(roots[1]), is(roots[2])})
	if a.verdict != inhabited {
		return
	}
	alone, err := q.verify(a.instance)
	if err == nil && q.about(alone.Failures, alone.Instance, at) && len(alone.Failures) <= len(w.Failures) {
		*w = *alone
	}
}

// reasonFor picks a failure that is not explained yet, puts it first and returns its keyword.
func (q *question) reasonFor(w *Witness, dropped map[Keyword]bool) (Keyword, bool) {
	for i, f := range w.Failures {
		for _, k := range q.keywordsOf(f, w.Instance) {
			if !dropped[k] {
				copy(w.Failures[1:i+1], w.Failures[:i])
				w.Failures[0] = f
				return k, true
			}
		}
	}
	return Keyword{}, false
}

// keywordsOf returns the keyword that a failure is about; for required there is one for each missing property.
func (q *question) keywordsOf(f Failure, instance any) []Keyword {
	if f.Message == "not allowed" {
		return []Keyword{{f.Location, ""}}
	}
	for at := f.Location; ; {
		slash := strings.LastIndexByte(at, '/')
		if slash < 0 {
			return nil
		}
		at = at[:slash]
		x := q.located[at]
		if x == nil {
			continue
		}
		keyword, _, _ := strings.Cut(f.Location[slash+1:], "/")
		if keyword != "required" {
			return []Keyword{{at, keyword}}
		}
		return missing(x, at, partAt(instance, f.Instance))
	}
}

func missing(x *jsonschema.Schema, at string, instance any) []Keyword {
	var out []Keyword
	object, _ := instance.(map[string]any)
	for _, name := range x.Required {
		if _, ok := object[name]; !ok {
			out = append(out, Keyword{at, "required/" + name})
		}
	}
	return out
}

// partAt follows the validator's pointer into an instance.
func partAt(instance any, pointer string) any {
	if pointer == "" {
		return instance
	}
	for _, token := range strings.Split(pointer[1:], "/") {
		if decoded, err := url.PathUnescape(token); err == nil {
			token = decoded
		}
		token = model.UnescapeToken(token)
		switch v := instance.(type) {
		case map[string]any:
			instance = v[token]
		case []any:
			i, err := strconv.Atoi(token)
			if err != nil || i < 0 || i >= len(v) {
				return nil
			}
			instance = v[i]
		default:
			return nil
		}
	}
	return instance
}
