//go:build e2e && linux

package torture

import (
	"fmt"
	"hash/maphash"
	"slices"
	"strings"
)

// The model says in few lines what the registry does to one subject, as the contract has it. A history of requests by many
// clients is right if there is an order of them, which no request leaves that had ended before another began, in which the
// model gives the answers that the clients were given (porcupine finds it). What nobody knows the outcome of may stand
// anywhere behind its beginning, also behind everything, where it changes nothing.

// request is one call to the registry.
type request struct {
	kind    string // register, lookup, delete subject, delete version, set config, …: see expect
	subject string
	schema  int    // register, lookup: which of the schemas of the subject
	number  int    // of a version; 0 is the latest
	forGood bool   // delete
	value   string // of a config or mode
}

// outcome is what a client was told; of an unknown one nothing.
type outcome struct {
	unknown      bool
	status, code int
	id, number   int
	schema       int // of a version that was read
	text         string
}

func (o outcome) String() string {
	if o.unknown {
		return "?"
	}
	return fmt.Sprintf("%d %d id=%d version=%d schema=%d %s", o.status, o.code, o.id, o.number, o.schema, o.text)
}

// world is the state of one subject in the model.
type world struct {
	rows    []modelRow
	level   string // of its config; empty when it has none
	mode    string
	highest int // id that was given to it; the next is higher
}

type modelRow struct {
	number, schema int
	id             int // 0 when nobody was told
	deleted        bool
}

func (w *world) equal(o *world) bool {
	return w.level == o.level && w.mode == o.mode && w.highest == o.highest && slices.Equal(w.rows, o.rows)
}

var worldSeed = maphash.MakeSeed()

func (w *world) hash() uint64 { return maphash.String(worldSeed, fmt.Sprint(*w)) }

func (w *world) clone() *world {
	c := *w
	c.rows = slices.Clone(w.rows)
	return &c
}

func (w *world) live() (rows []modelRow) {
	for _, r := range w.rows {
		if !r.deleted {
			rows = append(rows, r)
		}
	}
	return rows
}

func (w *world) find(number int) *modelRow {
	for i := range w.rows {
		if w.rows[i].number == number {
			return &w.rows[i]
		}
	}
	return nil
}

// The schemas of a subject: each has a type that every higher one can read, and no other one can.
var modelTypes = []string{"int", "long", "float", "double"}

func modelSchema(subject string, n int) string {
	return fmt.Sprintf(`{"type":"record","name":"R_%s","doc":"%d","fields":[{"name":"v","type":"%s"}]}`, strings.ReplaceAll(subject, "-", "_"), n, modelTypes[n%len(modelTypes)])
}

// compatible says whether the level in force lets a schema follow the live versions.
func (w *world) compatible(schema int) bool {
	history := w.live()
	if !strings.HasSuffix(w.level, "_TRANSITIVE") && len(history) > 1 {
		history = history[len(history)-1:]
	}
	level := strings.TrimSuffix(w.level, "_TRANSITIVE")
	for _, r := range history {
		older, newer := r.schema%len(modelTypes), schema%len(modelTypes)
		if (level == "BACKWARD" || level == "FULL") && newer < older || (level == "FORWARD" || level == "FULL") && newer > older {
			return false
		}
	}
	return true
}

func refused(status, code int) outcome { return outcome{status: status, code: code} }

// anyID is the id of a schema that is new: it is higher than any before, and not known before.
const anyID = -1

// expect returns the answer to a request and the state that it leads to. The world may be changed.
func (w *world) expect(q *request) (outcome, *world) {
	ok := outcome{status: 200}
	readOnly := w.mode == "READONLY"
	switch q.kind {
	case "register":
		return w.register(q, readOnly)
	case "lookup":
		for _, r := range w.live() {
			if r.schema == q.schema {
				return outcome{status: 200, id: r.id, number: r.number}, w
			}
		}
		if len(w.live()) == 0 {
			return refused(404, 40401), w
		}
		return refused(404, 40403), w
	case "delete subject":
		live := w.live()
		switch {
		case len(w.rows) == 0:
			return refused(404, 40401), w
		case q.forGood && len(live) > 0:
			return refused(404, 40405), w
		case !q.forGood && len(live) == 0:
			return refused(404, 40404), w
		case readOnly:
			return refused(422, 42205), w
		case q.forGood:
			ok.text = numbersOf(w.rows)
			w.rows, w.level, w.mode = nil, "", ""
			return ok, w
		}
		ok.text = numbersOf(live)
		for i := range w.rows {
			w.rows[i].deleted = true
		}
		return ok, w
	case "delete version":
		return w.deleteVersion(q, readOnly)
	case "restore subject":
		live := w.live()
		switch {
		case len(w.rows) == 0:
			return refused(404, 40401), w
		case len(live) == len(w.rows):
			return refused(404, 40405), w
		case readOnly:
			return refused(422, 42205), w
		}
		ok.text = numbersOf(slices.DeleteFunc(slices.Clone(w.rows), func(r modelRow) bool { return !r.deleted }))
		for i := range w.rows {
			w.rows[i].deleted = false
		}
		return ok, w
	case "restore version":
		r := w.find(q.number)
		switch {
		case len(w.rows) == 0:
			return refused(404, 40401), w
		case r == nil:
			return refused(404, 40402), w
		case !r.deleted:
			return refused(404, 40407), w
		case readOnly:
			return refused(422, 42205), w
		}
		r.deleted = false
		return outcome{status: 200, text: fmt.Sprint(q.number)}, w
	case "set config":
		if readOnly {
			return refused(422, 42205), w
		}
		w.level, ok.text = q.value, q.value
		return ok, w
	case "delete config":
		switch {
		case w.level == "":
			return refused(404, 40401), w
		case readOnly:
			return refused(422, 42205), w
		}
		ok.text, w.level = w.level, ""
		return ok, w
	case "set mode":
		w.mode, ok.text = q.value, q.value
		return ok, w
	case "delete mode":
		if w.mode == "" {
			return refused(404, 40401), w
		}
		ok.text, w.mode = w.mode, ""
		return ok, w
	}
	return w.read(q), w
}

func (w *world) register(q *request, readOnly bool) (outcome, *world) {
	id, deleted := anyID, -1
	for i, r := range w.rows {
		if r.schema != q.schema {
			continue
		}
		if !r.deleted {
			return outcome{status: 200, id: r.id, number: r.number}, w
		}
		id, deleted = r.id, i
	}
	if readOnly {
		return refused(422, 42205), w
	}
	if !w.compatible(q.schema) {
		return refused(409, 409), w
	}
	next := 1
	if len(w.rows) > 0 {
		next = w.rows[len(w.rows)-1].number + 1
	}
	if deleted >= 0 { // the new version stands for it again
		w.rows = slices.Delete(w.rows, deleted, deleted+1)
	}
	w.rows = append(w.rows, modelRow{number: next, schema: q.schema, id: max(id, 0)})
	return outcome{status: 200, id: id, number: next}, w
}

func (w *world) deleteVersion(q *request, readOnly bool) (outcome, *world) {
	r := w.find(q.number)
	switch {
	case len(w.rows) == 0:
		return refused(404, 40401), w
	case r == nil:
		return refused(404, 40402), w
	case q.forGood && !r.deleted:
		return refused(404, 40407), w
	case !q.forGood && r.deleted:
		return refused(404, 40406), w
	case readOnly:
		return refused(422, 42205), w
	}
	r.deleted = true
	if q.forGood {
		w.rows = slices.DeleteFunc(w.rows, func(r modelRow) bool { return r.number == q.number })
		if len(w.rows) == 0 {
			w.level, w.mode = "", ""
		}
	}
	return outcome{status: 200, text: fmt.Sprint(q.number)}, w
}

// read answers what changes nothing.
func (w *world) read(q *request) outcome {
	ok := outcome{status: 200}
	switch q.kind {
	case "get config":
		if ok.text = w.level; ok.text == "" {
			return refused(404, 40408)
		}
	case "get mode":
		if ok.text = w.mode; ok.text == "" {
			return refused(404, 40409)
		}
	case "list":
		if ok.text = numbersOf(w.live()); len(w.live()) == 0 {
			return refused(404, 40401)
		}
	case "list all":
		if ok.text = numbersOf(w.rows); len(w.rows) == 0 {
			return refused(404, 40401)
		}
	case "get":
		live := w.live()
		if len(live) == 0 {
			return refused(404, 40401)
		}
		r := &live[len(live)-1]
		if q.number > 0 {
			if r = w.find(q.number); r == nil || r.deleted {
				return refused(404, 40402)
			}
		}
		ok.id, ok.number, ok.schema = r.id, r.number, r.schema
	default:
		panic("the model knows no " + q.kind)
	}
	return ok
}

func numbersOf(rows []modelRow) string {
	var numbers []string
	for _, r := range rows {
		numbers = append(numbers, fmt.Sprint(r.number))
	}
	return strings.Join(numbers, ",")
}

// step is the model as porcupine asks for it: whether an answer is possible, and the state after it.
func (w *world) step(q *request, o outcome) (bool, *world) {
	want, next := w.clone().expect(q)
	if o.unknown {
		return true, next
	}
	told := o.id
	if want.status == 200 && (want.id == 0 && told > 0 || want.id == anyID && told > w.highest) {
		want.id = told // somebody is told an id for the first time
		if r := next.find(o.number); r != nil {
			r.id = told
		}
	}
	next.highest = max(next.highest, told)
	return o == want, next
}
