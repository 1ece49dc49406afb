//go:build e2e && linux

package torture

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"
)

// chronicle collects what clients asked and were told.
type chronicle struct {
	program string
	env     []string
	data    string
	server  atomic.Pointer[server]
	random  *rand.Rand
	began   time.Time

	episodes, subjects, requests, unknown, kills int

	mu         sync.Mutex
	operations []porcupine.Operation
	schemaOf   map[int]string // by id, for all time
	problems   []string
}

func newChronicle(t *testing.T, seed uint64, program string, env ...string) *chronicle {
	t.Helper()
	c := &chronicle{
		program: program, env: env, data: filepath.Join(t.TempDir(), "concord.db"),
		random: rand.New(rand.NewPCG(seed, 5)), began: time.Now(), schemaOf: map[int]string{},
	}
	c.restart(t)
	t.Cleanup(func() { c.server.Load().Kill() })
	return c
}

func (c *chronicle) restart(t *testing.T) {
	s, err := start(c.program, c.data, c.env)
	if err != nil {
		t.Fatal(err)
	}
	c.server.Store(s)
}

func (c *chronicle) problem(format string, args ...any) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.problems) < 10 {
		c.problems = append(c.problems, fmt.Sprintf(format, args...))
	}
}

var modelLevels = []string{"NONE", "BACKWARD", "BACKWARD", "BACKWARD_TRANSITIVE", "FORWARD", "FORWARD_TRANSITIVE", "FULL", "FULL_TRANSITIVE"}

// kinds are the requests that there are.
var kinds = []string{
	"register", "lookup", "import", "tag", "delete version", "delete subject", "restore version", "restore subject", "delete context",
	"set config", "delete config", "set mode", "delete mode",
	"get config", "get mode", "get config in force", "get mode in force", "list", "list all", "get",
}

// owner is how the path names whose config or mode it is.
func (q *request) owner() string {
	switch {
	case q.scope == ofAll:
		return "/:.__GLOBAL:"
	case q.scope == ofSubject:
		return "/" + q.subject
	case q.inDefault():
		return ""
	}
	return "/" + q.subject[:strings.LastIndexByte(q.subject, ':')+1]
}

// http says how a request is spelled.
func (q *request) http() (method, path string, body any) {
	versions := "/subjects/" + q.subject + "/versions"
	permanent := ""
	if q.forGood {
		permanent = "?permanent=true"
	}
	number := "latest"
	if q.number > 0 {
		number = fmt.Sprint(q.number)
	}
	switch q.kind {
	case "register":
		return http.MethodPost, versions, map[string]string{"schema": modelSchema(q.subject, q.schema)}
	case "import":
		return http.MethodPost, versions, map[string]any{"schema": modelSchema(q.subject, q.schema), "id": q.importedID(), "version": q.number}
	case "tag":
		return http.MethodPost, versions + "/" + number + "/tags", map[string]any{"tagsToAdd": []any{map[string]any{
			"schemaEntity": map[string]string{"entityPath": "R.v", "entityType": "SR_FIELD"}, "tags": []string{"T"}}}}
	case "lookup":
		return http.MethodPost, "/subjects/" + q.subject, map[string]string{"schema": modelSchema(q.subject, q.schema)}
	case "delete version":
		return http.MethodDelete, versions + "/" + number + permanent, nil
	case "delete subject":
		return http.MethodDelete, "/subjects/" + q.subject + permanent, nil
	case "restore subject":
		return http.MethodPost, "/api/subjects/" + q.subject + "/restore", nil
	case "restore version":
		return http.MethodPost, "/api/subjects/" + q.subject + "/versions/" + number + "/restore", nil
	case "set config":
		return http.MethodPut, "/config" + q.owner(), map[string]string{"compatibility": q.value}
	case "delete config":
		return http.MethodDelete, "/config" + q.owner(), nil
	case "get config":
		return http.MethodGet, "/config" + q.owner(), nil
	case "set mode":
		return http.MethodPut, "/mode" + q.owner(), map[string]string{"mode": q.value}
	case "delete mode":
		return http.MethodDelete, fmt.Sprintf("/mode%s?recursive=%t", q.owner(), q.recursive), nil
	case "delete context":
		return http.MethodDelete, "/contexts" + q.owner(), nil
	case "get config in force":
		return http.MethodGet, "/config/" + q.subject + "?defaultToGlobal=true", nil
	case "get mode in force":
		return http.MethodGet, "/mode/" + q.subject + "?defaultToGlobal=true", nil
	case "get mode":
		return http.MethodGet, "/mode" + q.owner(), nil
	case "list":
		return http.MethodGet, versions, nil
	case "list all":
		return http.MethodGet, versions + "?deleted=true", nil
	}
	return http.MethodGet, versions + "/" + number, nil
}

// changes reports whether a request writes.
func (q *request) changes() bool {
	method, _, _ := q.http()
	return method != http.MethodGet && q.kind != "lookup"
}

// errUnsent: the request has not left, because nobody listens.
var errUnsent = errors.New("nobody listens")

// send sends a request. The outcome is unknown when the answer has not come in time or at all.
func (q *request) send(s *server, patience time.Duration) (outcome, error) {
	method, path, body := q.http()
	var reader io.Reader
	if body != nil {
		data, err := json.Marshal(body)
		if err != nil {
			return outcome{}, err
		}
		reader = bytes.NewReader(data)
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, method, s.URL+path, reader)
	if err != nil {
		return outcome{}, err
	}
	r.Header.Set("Content-Type", "application/vnd.schemaregistry.v1+json")
	response, err := s.HTTP.Do(r)
	if errors.Is(err, syscall.ECONNREFUSED) {
		return outcome{}, errUnsent
	}
	if err != nil {
		return outcome{unknown: true}, nil
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		return outcome{unknown: true}, nil
	}
	return q.parse(response.StatusCode, answer)
}

// parse reads an answer in the terms of the model.
func (q *request) parse(status int, answer []byte) (o outcome, err error) {
	o.status = status
	var fields struct {
		ErrorCode                         int `json:"error_code"`
		ID, Version                       int
		Schema, Mode                      string
		Compatibility, CompatibilityLevel string
	}
	if len(answer) > 0 && answer[0] == '{' {
		if err := json.Unmarshal(answer, &fields); err != nil {
			return o, fmt.Errorf("%s %s: %w", q.kind, answer, err)
		}
	}
	if status == http.StatusNoContent {
		return o, nil
	}
	if status != http.StatusOK {
		o.code = fields.ErrorCode
		if status >= http.StatusInternalServerError || o.code == 0 {
			err = fmt.Errorf("%s of %s: %d %s", q.kind, q.subject, status, answer)
		}
		return o, err
	}
	switch q.kind {
	case "register", "lookup", "import", "tag":
		o.id, o.number = fields.ID, fields.Version
	case "get":
		o.id, o.number, o.schema = fields.ID, fields.Version, -1
		text := strings.Replace(fields.Schema, modelTag, "", 1)
		o.tagged = text != fields.Schema
		for n := range 8 {
			if text == modelSchema(q.subject, n) {
				o.schema = n
			}
		}
	case "set config", "delete config", "get config", "get config in force":
		o.text = fields.Compatibility + fields.CompatibilityLevel
	case "set mode", "delete mode", "get mode", "get mode in force":
		o.text = fields.Mode
	default:
		o.text = strings.Trim(string(answer), "[]\n")
	}
	return o, nil
}

// episode lets clients write and read at the same time; with faults, some give up early, and the server is killed and started
// again in the midst of it.
func (c *chronicle) episode(t *testing.T, in *scene, faults bool) {
	c.operations = nil
	c.episodes++
	if in.fresh {
		c.afresh(t)
	}
	var subjects []string
	for n := range in.subjects {
		subjects = append(subjects, in.subject(c.episodes, n))
	}
	c.subjects += len(subjects)
	for _, subject := range subjects {
		for _, q := range in.first {
			q.subject = subject
			c.ask(0, &q, patience)
		}
	}
	var clients sync.WaitGroup
	for client := range in.clients {
		random := rand.New(rand.NewPCG(c.random.Uint64(), uint64(client)))
		clients.Go(func() {
			for range in.requests {
				wait := patience
				if faults && random.IntN(40) == 0 {
					wait = time.Duration(random.IntN(1500)) * time.Microsecond
				}
				c.ask(client, in.choose(random, subjects[random.IntN(len(subjects))]), wait)
			}
		})
	}
	if faults {
		time.Sleep(time.Duration(c.random.IntN(100)) * time.Millisecond)
		c.kills++
		c.server.Load().Kill()
		c.restart(t)
	}
	clients.Wait()
	for _, subject := range subjects {
		for _, q := range in.last(subject) {
			c.ask(0, &q, patience)
		}
	}
	c.judge()
}

// afresh starts another server with no data.
func (c *chronicle) afresh(t *testing.T) {
	c.server.Load().Kill()
	c.data = filepath.Join(filepath.Dir(c.data), fmt.Sprintf("concord-%d.db", c.episodes))
	clear(c.schemaOf)
	c.restart(t)
}

func (c *chronicle) ask(client int, q *request, wait time.Duration) {
	call := time.Since(c.began).Nanoseconds()
	o, err := q.send(c.server.Load(), wait)
	back := time.Since(c.began).Nanoseconds()
	switch {
	case errors.Is(err, errUnsent):
		time.Sleep(5 * time.Millisecond)
		return
	case err != nil:
		c.problem("%v", err)
		if o.status >= http.StatusInternalServerError {
			c.problem("the server's log: %s", c.server.Load().Log())
		}
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.requests++
	if o.unknown {
		if c.unknown++; !q.changes() {
			return // nobody is the wiser for it
		}
		back = math.MaxInt64
	}
	c.operations = append(c.operations, porcupine.Operation{ClientId: client, Input: q, Call: call, Output: o, Return: back})
	if o.id == 0 {
		return
	}
	n := q.schema
	if q.kind == "get" {
		n = o.schema
	}
	text := modelSchema(q.subject, n)
	if q.kind == "tag" || o.tagged {
		text = fmt.Sprintf("version %d of %s with a tag", o.number, q.subject)
	}
	if known, ok := c.schemaOf[o.id]; ok && known != text {
		c.problems = append(c.problems, fmt.Sprintf("id %d stands for %s and for %s", o.id, known, text))
	}
	c.schemaOf[o.id] = text
}

var subjectModel = porcupine.Model{
	Init: func() any { return &world{} },
	Step: func(state, input, output any) (bool, any) {
		ok, next := state.(*world).step(input.(*request), output.(outcome))
		return ok, next
	},
	Equal: func(a, b any) bool { return a.(*world).equal(b.(*world)) },
	Hash:  func(state any) uint64 { return state.(*world).hash() },
}

// judge looks for an order of the requests to each subject that explains all answers.
func (c *chronicle) judge() {
	bySubject := map[string][]porcupine.Operation{}
	for _, o := range c.operations {
		subject := o.Input.(*request).subject
		bySubject[subject] = append(bySubject[subject], o)
	}
	for subject, operations := range bySubject {
		switch porcupine.CheckOperationsTimeout(subjectModel, operations, patience) {
		case porcupine.Illegal:
			c.problem("no order of the requests to %s explains their answers:%s", subject, tell(operations))
		case porcupine.Unknown:
			c.problem("whether an order of the %d requests to %s explains their answers was not decided in %v", len(operations), subject, patience)
		}
	}
}

// tell prints a history: the requests that the longest order explains, in that order, and then the others.
func tell(operations []porcupine.Operation) string {
	_, info := porcupine.CheckOperationsVerbose(subjectModel, operations, patience)
	var order []int
	for _, found := range info.PartialLinearizations()[0] {
		if len(found) > len(order) {
			order = found
		}
	}
	var text strings.Builder
	told := map[int]bool{}
	line := func(i int) {
		o := operations[i]
		fmt.Fprintf(&text, "\n  client %d, %9.3f ms + %.3f: %s -> %v", o.ClientId, float64(o.Call)/1e6, float64(o.Return-o.Call)/1e6, o.Input.(*request), o.Output)
		told[i] = true
	}
	state := any(&world{})
	for _, i := range order {
		line(i)
		_, state = subjectModel.Step(state, operations[i].Input, operations[i].Output)
	}
	fmt.Fprintf(&text, "\n  -- that far there is an order, and then the state is %+v; there is none with", *state.(*world))
	for i := range operations {
		if !told[i] {
			line(i)
		}
	}
	return text.String()
}

// TestEveryHistoryOfManyClientsHasAnOrder checks that the registry is linearizable, with clients that give up and a server
// that is killed: every endpoint that writes is among the requests.
func TestEveryHistoryOfManyClientsHasAnOrder(t *testing.T) {
	for i, in := range scenes {
		t.Run(in.name, func(t *testing.T) {
			c := newChronicle(t, uint64(i+1), binary)
			for n := range size(t, "EPISODES", 12, 1000) {
				if c.episode(t, in, n%3 == 2); len(c.problems) > 0 {
					break
				}
			}
			for _, problem := range c.problems {
				t.Error(problem)
			}
			report(t, "histories of %s: %d requests to %d subjects by %d clients, %d with an unknown outcome, %d kills; %d without an order",
				in.name, c.requests, c.subjects, in.clients, c.unknown, c.kills, len(c.problems))
		})
	}
}

// TestEverySeededBugIsFound runs the same histories against servers with a bug.
func TestEverySeededBugIsFound(t *testing.T) {
	program := mutants(t)
	seeded, found := 0, 0
	for _, in := range scenes {
		for _, m := range bugs[in] {
			seeded++
			t.Run(m.name, func(t *testing.T) {
				c := newChronicle(t, 2, program, "MUTANT="+m.name)
				for range 600 { // a few are enough nearly always
					if c.episode(t, in, false); len(c.problems) > 0 {
						found++
						t.Logf("found after %d requests: %.160q", c.requests, c.problems[0])
						return
					}
				}
				t.Errorf("%d requests have not found it", c.requests)
			})
		}
	}
	report(t, "seeded bugs: %d of %d found by histories", found, seeded)
	for _, in := range scenes { // with all of them asleep
		c := newChronicle(t, 2, program)
		c.episode(t, in, false)
		for _, problem := range c.problems {
			t.Errorf("without a bug: %s", problem)
		}
	}
}
