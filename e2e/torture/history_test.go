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

// One episode of a history: so many clients send so many requests each to so few subjects.
const (
	episodeClients  = 8
	episodeSubjects = 4
	episodeRequests = 40
)

// chronicle collects what clients asked and were told.
type chronicle struct {
	program string
	env     []string
	data    string
	server  atomic.Pointer[server]
	random  *rand.Rand
	began   time.Time

	episodes, requests, unknown, kills int

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

// kinds are the requests, each as often as it is to be sent among a hundred.
var kinds = func() (list []string) {
	for kind, n := range map[string]int{
		"register": 30, "lookup": 4, "delete version": 14, "delete subject": 9, "restore version": 4, "restore subject": 2, "set config": 7, "delete config": 3,
		"set mode": 4, "delete mode": 3, "get config": 2, "get mode": 2, "list": 5, "list all": 4, "get": 7,
	} {
		for range n {
			list = append(list, kind)
		}
	}
	return list
}()

func choose(random *rand.Rand, subject string) *request {
	q := &request{kind: kinds[random.IntN(len(kinds))], subject: subject}
	switch q.kind {
	case "register", "lookup":
		q.schema = random.IntN(8)
	case "delete version":
		q.number, q.forGood = 1+random.IntN(5), random.IntN(2) == 0
	case "delete subject":
		q.forGood = random.IntN(2) == 0
	case "restore version":
		q.number = 1 + random.IntN(5)
	case "get":
		q.number = random.IntN(5)
	case "set config":
		q.value = modelLevels[random.IntN(len(modelLevels))]
	case "set mode":
		q.value = []string{"READONLY", "READWRITE", "READWRITE"}[random.IntN(3)]
	}
	return q
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
		return http.MethodPut, "/config/" + q.subject, map[string]string{"compatibility": q.value}
	case "delete config":
		return http.MethodDelete, "/config/" + q.subject, nil
	case "get config":
		return http.MethodGet, "/config/" + q.subject, nil
	case "set mode":
		return http.MethodPut, "/mode/" + q.subject, map[string]string{"mode": q.value}
	case "delete mode":
		return http.MethodDelete, "/mode/" + q.subject, nil
	case "get mode":
		return http.MethodGet, "/mode/" + q.subject, nil
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
	if status != http.StatusOK {
		o.code = fields.ErrorCode
		if status >= http.StatusInternalServerError || o.code == 0 {
			err = fmt.Errorf("%s of %s: %d %s", q.kind, q.subject, status, answer)
		}
		return o, err
	}
	switch q.kind {
	case "register", "lookup":
		o.id, o.number = fields.ID, fields.Version
	case "get":
		o.id, o.number, o.schema = fields.ID, fields.Version, -1
		for n := range 8 {
			if fields.Schema == modelSchema(q.subject, n) {
				o.schema = n
			}
		}
	case "set config", "delete config", "get config":
		o.text = fields.Compatibility + fields.CompatibilityLevel
	case "set mode", "delete mode", "get mode":
		o.text = fields.Mode
	default:
		o.text = strings.Trim(string(answer), "[]\n")
	}
	return o, nil
}

// episode lets clients write and read at the same time; with faults, some give up early, and the server is killed and started
// again in the midst of it.
func (c *chronicle) episode(t *testing.T, faults bool) {
	c.operations = nil
	c.episodes++
	var subjects []string
	for n := range episodeSubjects {
		subjects = append(subjects, fmt.Sprintf("h-%d-%d", c.episodes, n))
	}
	var clients sync.WaitGroup
	for client := range episodeClients {
		random := rand.New(rand.NewPCG(c.random.Uint64(), uint64(client)))
		clients.Go(func() {
			for range episodeRequests {
				wait := patience
				if faults && random.IntN(40) == 0 {
					wait = time.Duration(random.IntN(1500)) * time.Microsecond
				}
				c.ask(client, choose(random, subjects[random.IntN(len(subjects))]), wait)
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
	for _, subject := range subjects { // what is there in the end
		for _, kind := range []string{"list all", "list", "get", "get config", "get mode"} {
			c.ask(0, &request{kind: kind, subject: subject}, patience)
		}
		for number := range 6 {
			c.ask(0, &request{kind: "get", subject: subject, number: number}, patience)
		}
	}
	c.judge()
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

// tell prints a history.
func tell(operations []porcupine.Operation) string {
	var text strings.Builder
	for _, o := range operations {
		fmt.Fprintf(&text, "\n  client %d, %9.3f ms + %.3f: %+v -> %v", o.ClientId, float64(o.Call)/1e6, float64(o.Return-o.Call)/1e6, *o.Input.(*request), o.Output)
	}
	return text.String()
}

// TestEveryHistoryOfManyClientsHasAnOrder checks that the registry is linearizable, with clients that give up and a server
// that is killed.
func TestEveryHistoryOfManyClientsHasAnOrder(t *testing.T) {
	c := newChronicle(t, 1, binary)
	for n := range size(t, "EPISODES", 12, 1000) {
		c.episode(t, n%3 == 2)
		if len(c.problems) > 0 {
			break
		}
	}
	for _, problem := range c.problems {
		t.Error(problem)
	}
	report(t, "histories: %d requests to %d subjects by %d clients, %d with an unknown outcome, %d kills; %d without an order",
		c.requests, c.episodes*episodeSubjects, episodeClients, c.unknown, c.kills, len(c.problems))
}

// TestEverySeededBugIsFound runs the same histories against servers with a bug.
func TestEverySeededBugIsFound(t *testing.T) {
	program := mutants(t)
	found := 0
	for _, m := range bugs {
		t.Run(m.name, func(t *testing.T) {
			c := newChronicle(t, 2, program, "MUTANT="+m.name)
			for range 60 {
				if c.episode(t, false); len(c.problems) > 0 {
					found++
					t.Logf("found after %d requests: %.160q", c.requests, c.problems[0])
					return
				}
			}
			t.Errorf("%d requests have not found it", c.requests)
		})
	}
	report(t, "seeded bugs: %d of %d found by histories", found, len(bugs))
	c := newChronicle(t, 2, program) // with all of them asleep
	for range 3 {
		c.episode(t, false)
	}
	for _, problem := range c.problems {
		t.Errorf("without a bug: %s", problem)
	}
}
