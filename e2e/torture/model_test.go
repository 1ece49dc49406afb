//go:build e2e && linux

package torture

import (
	"cmp"
	"fmt"
	"hash/maphash"
	"slices"
	"strings"
)

// The model says in few lines what the registry does to one subject, its context and what holds for all contexts, as the
// contract has it. A history of requests by many
// clients is right if there is an order of them, which no request leaves that had ended before another began, in which the
// model gives the answers that the clients were given (porcupine finds it). What nobody knows the outcome of may stand
// anywhere behind its beginning, also behind everything, where it changes nothing.

// request is one call to the registry.
type request struct {
	kind      string // register, lookup, delete subject, delete version, set config, …: see expect
	subject   string
	schema    int    // register, lookup, import: which of the schemas of the subject
	number    int    // of a version; 0 is the latest
	forGood   bool   // delete
	scope     int    // whose config or mode
	value     string // of a config or mode
	recursive bool   // delete mode: also those below
}

// String is the request in short: what it leaves open is not there.
func (q *request) String() string {
	text := q.kind
	if q.kind == "register" || q.kind == "lookup" || q.kind == "import" {
		text += fmt.Sprintf(" schema %d", q.schema)
	}
	if q.number > 0 {
		text += fmt.Sprintf(" number %d", q.number)
	}
	if q.scope > 0 {
		text += fmt.Sprintf(" scope %d", q.scope)
	}
	for name, is := range map[string]bool{" for good": q.forGood, " recursive": q.recursive, " " + q.value: q.value != ""} {
		if is {
			text += name
		}
	}
	return text
}

// Whose config and mode there are.
const (
	ofSubject = iota
	ofContext
	ofAll
)

// inDefault reports whether the subject is in the default context, whose config and mode have no name of their own.
func (q *request) inDefault() bool { return !strings.HasPrefix(q.subject, ":") }

// importedID is the id under which a schema is imported. None of them follows on another, so that no other schema is given it.
func (q *request) importedID() int { return 1000 * (1 + q.schema) }

// outcome is what a client was told; of an unknown one nothing.
type outcome struct {
	unknown      bool
	status, code int
	id, number   int
	schema       int  // of a version that was read
	tagged       bool // the same
	text         string
}

func (o outcome) String() string {
	if o.unknown {
		return "?"
	}
	if o.code != 0 {
		return fmt.Sprint(o.status, " ", o.code)
	}
	if o.number != 0 {
		return fmt.Sprintf("%d id=%d version=%d schema=%d tagged=%t", o.status, o.id, o.number, o.schema, o.tagged)
	}
	return fmt.Sprint(o.status, " ", o.text)
}

// world is the state of one subject in the model, and of what is above it.
type world struct {
	rows    []modelRow
	scopes  [ofAll + 1]scope
	highest int // id that was given to it; the next is higher
}

// scope is what a subject, a context or all of them have for themselves; empty when they have none.
type scope struct{ level, mode string }

type modelRow struct {
	number, schema int
	id             int // 0 when nobody was told
	deleted        bool
	tagged         bool
}

func (w *world) equal(o *world) bool {
	return w.scopes == o.scopes && w.highest == o.highest && slices.Equal(w.rows, o.rows)
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
	return fmt.Sprintf(`{"type":"record","name":"R","doc":"%d of %s","fields":[{"name":"v","type":"%s"}]}`, n, subject, modelTypes[n%len(modelTypes)])
}

// modelTag is what a tag adds to a schema.
const modelTag = `,"confluent:tags":["T"]`

// level is the one in force in a scope: its own, or that of the nearest one above it. The servers start with NONE.
func (w *world) level(scope int) string {
	for _, s := range w.scopes[scope:] {
		if s.level != "" {
			return s.level
		}
	}
	return "NONE"
}

// mode is the one in force in a scope. READONLY_OVERRIDE above it wins, and that of the default context everywhere.
func (w *world) mode(q *request, scope int) string {
	const override = "READONLY_OVERRIDE"
	mode := ""
	for _, s := range w.scopes[scope:] {
		if mode = cmp.Or(mode, s.mode); s.mode == override {
			return override
		}
	}
	if q.inDefault() && w.scopes[ofContext].mode == override {
		return override
	}
	return cmp.Or(mode, "READWRITE")
}

func (w *world) readOnly(q *request, scope int) bool {
	return strings.HasPrefix(w.mode(q, scope), "READONLY")
}

// compatible says whether the level in force lets a schema follow the live versions.
func (w *world) compatible(schema int) bool {
	history := w.live()
	if !strings.HasSuffix(w.level(ofSubject), "_TRANSITIVE") && len(history) > 1 {
		history = history[len(history)-1:]
	}
	level := strings.TrimSuffix(w.level(ofSubject), "_TRANSITIVE")
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
	readOnly := w.readOnly(q, ofSubject)
	switch q.kind {
	case "register":
		return w.register(q)
	case "import":
		return w.take(q)
	case "tag":
		return w.tag(q, readOnly)
	case "lookup":
		for _, r := range slices.Backward(w.live()) {
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
			w.rows, w.scopes[ofSubject] = nil, scope{}
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
		case readOnly || slices.ContainsFunc(w.live(), func(o modelRow) bool { return o.schema == r.schema && !o.tagged && !r.tagged }):
			return refused(422, 42205), w
		}
		r.deleted = false
		return outcome{status: 200, text: fmt.Sprint(q.number)}, w
	case "delete context":
		if len(w.rows) > 0 {
			return refused(422, 42211), w
		}
		w.scopes[ofContext], w.scopes[ofSubject] = scope{}, scope{}
		return outcome{status: 204}, w
	case "set config", "delete config", "set mode", "delete mode":
		return w.set(q)
	}
	return w.read(q), w
}

// set writes or deletes a config or a mode.
func (w *world) set(q *request) (outcome, *world) {
	ok, own := outcome{status: 200, text: q.value}, &w.scopes[q.scope]
	unnamed := q.scope == ofContext && q.inDefault()
	switch q.kind {
	case "set config":
		if w.readOnly(q, q.scope) {
			return refused(422, 42205), w
		}
		own.level = q.value
	case "delete config":
		switch {
		case own.level == "" && !unnamed:
			return refused(404, 40401), w
		case w.readOnly(q, q.scope):
			return refused(422, 42205), w
		}
		ok.text, own.level = w.level(q.scope), ""
	case "set mode":
		if q.value == "IMPORT" && w.mode(q, q.scope) != "IMPORT" {
			if len(w.live()) > 0 {
				return refused(422, 42205), w
			}
			w.rows = nil
		}
		own.mode = q.value
	case "delete mode":
		ok.text = own.mode
		switch {
		case own.mode != "":
		case unnamed:
			ok.text = "READWRITE"
		case !q.recursive:
			return refused(404, 40401), w
		}
		own.mode = ""
		for below := range q.scope {
			if q.recursive {
				w.scopes[below].mode = ""
			}
		}
	}
	return ok, w
}

func (w *world) register(q *request) (outcome, *world) {
	id := anyID
	for _, r := range slices.Backward(w.rows) {
		if r.schema == q.schema {
			if id = r.id; !r.deleted {
				return outcome{status: 200, id: id, number: r.number}, w
			}
		}
	}
	if w.mode(q, ofSubject) != "READWRITE" {
		return refused(422, 42205), w
	}
	if !w.compatible(q.schema) {
		return refused(409, 409), w
	}
	next := w.next()
	// The new version stands for those that were deleted with the same schema.
	w.rows = slices.DeleteFunc(w.rows, func(r modelRow) bool { return r.schema == q.schema })
	return w.add(modelRow{number: next, schema: q.schema, id: max(id, 0)}, id)
}

func (w *world) next() int {
	if len(w.rows) == 0 {
		return 1
	}
	return w.rows[len(w.rows)-1].number + 1
}

// add puts a new version in its place.
func (w *world) add(r modelRow, id int) (outcome, *world) {
	w.rows = append(w.rows, r)
	slices.SortFunc(w.rows, func(a, b modelRow) int { return cmp.Compare(a.number, b.number) })
	return outcome{status: 200, id: id, number: r.number}, w
}

// take imports a schema with the id and the number that it has elsewhere.
func (w *world) take(q *request) (outcome, *world) {
	for _, r := range slices.Backward(w.live()) {
		if r.schema == q.schema {
			if r.number == q.number && r.id == q.importedID() {
				return outcome{status: 200, id: r.id, number: r.number}, w
			}
			break
		}
	}
	if w.mode(q, ofSubject) != "IMPORT" {
		return refused(422, 42205), w
	}
	if r := w.find(q.number); r != nil && r.schema != q.schema {
		return refused(422, 42205), w
	}
	// The version may be there, and those that were deleted with the same schema are not any more.
	w.rows = slices.DeleteFunc(w.rows, func(r modelRow) bool {
		return r.number == q.number || r.schema == q.schema && r.deleted
	})
	return w.add(modelRow{number: q.number, schema: q.schema, id: q.importedID()}, q.importedID())
}

// tag makes a version with a tag of another one. Its metadata has its number, so that it is like no other.
func (w *world) tag(q *request, readOnly bool) (outcome, *world) {
	base, refusal := w.liveVersion(q.number)
	switch {
	case base == nil:
		return refusal, w
	case readOnly:
		return refused(422, 42205), w
	case !w.compatible(base.schema):
		return refused(409, 409), w
	}
	return w.add(modelRow{number: w.next(), schema: base.schema, tagged: true}, anyID)
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
			w.scopes[ofSubject] = scope{}
		}
	}
	return outcome{status: 200, text: fmt.Sprint(q.number)}, w
}

// read answers what changes nothing.
func (w *world) read(q *request) outcome {
	ok := outcome{status: 200}
	switch q.kind {
	case "get config":
		if ok.text = w.scopes[q.scope].level; ok.text == "" && (q.scope != ofContext || !q.inDefault()) {
			return refused(404, 40408)
		}
		ok.text = w.level(q.scope)
	case "get mode":
		if ok.text = w.scopes[q.scope].mode; ok.text == "" && (q.scope != ofContext || !q.inDefault()) {
			return refused(404, 40409)
		}
		if q.scope == ofContext && q.inDefault() {
			ok.text = w.mode(q, ofContext)
		}
	case "get config in force":
		ok.text = w.level(ofSubject)
	case "get mode in force":
		ok.text = w.mode(q, ofSubject)
	case "list":
		if ok.text = numbersOf(w.live()); len(w.live()) == 0 {
			return refused(404, 40401)
		}
	case "list all":
		if ok.text = numbersOf(w.rows); len(w.rows) == 0 {
			return refused(404, 40401)
		}
	case "get":
		r, refusal := w.liveVersion(q.number)
		if r == nil {
			return refusal
		}
		ok.id, ok.number, ok.schema, ok.tagged = r.id, r.number, r.schema, r.tagged
	default:
		panic("the model knows no " + q.kind)
	}
	return ok
}

// liveVersion returns a version that is not deleted, 0 for the latest, or the refusal where there is none.
func (w *world) liveVersion(number int) (*modelRow, outcome) {
	live := w.live()
	if len(live) == 0 {
		return nil, refused(404, 40401)
	}
	if number == 0 {
		return &live[len(live)-1], outcome{}
	}
	if r := w.find(number); r != nil && !r.deleted {
		return r, outcome{}
	}
	return nil, refused(404, 40402)
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
