//go:build e2e && linux

package torture

import (
	"fmt"
	"math/rand/v2"
)

// scene is what the clients of an episode do, and to what.
type scene struct {
	name                        string
	subjects, clients, requests int
	weights                     map[string]int // how often each request is sent
	context                     string         // of the subjects; empty for the default one
	modes                       []string
	scopes                      int       // whose configs and modes are set: of subjects alone, of contexts, of all
	fresh                       bool      // on a server of its own, because what is set concerns all subjects
	first                       []request // sent before all others
}

// subjectsOnly is where clients write to subjects that have nothing to do with each other.
var subjectsOnly = &scene{
	name: "subjects", subjects: 4, clients: 8, requests: 40, scopes: 1, modes: []string{"READONLY", "READWRITE", "READWRITE"},
	weights: map[string]int{
		"register": 30, "lookup": 4, "delete version": 14, "delete subject": 9, "restore version": 4, "restore subject": 2, "set config": 7, "delete config": 3,
		"set mode": 4, "delete mode": 3, "get config": 2, "get mode": 2, "list": 5, "list all": 4, "get": 7,
	},
}

// In the other scenes all requests concern one subject, so that the model can have everything in one state.
var (
	scopeModes   = []string{"READONLY", "READONLY_OVERRIDE", "READWRITE", "READWRITE", "READWRITE", "READWRITE"}
	scopeWeights = map[string]int{
		"register": 24, "delete version": 5, "delete subject": 14, "set config": 14, "delete config": 8, "set mode": 9, "delete mode": 10,
		"get config": 4, "get mode": 4, "get config in force": 5, "get mode in force": 5, "list": 3, "get": 3,
	}
	// allContexts has configs and modes of a subject, of the default context and of all contexts.
	allContexts = &scene{
		name: "configs and modes", subjects: 1, clients: 4, requests: 30, scopes: 3, fresh: true, modes: scopeModes, weights: scopeWeights,
	}
	// ownContext has the same in a context that is also deleted.
	ownContext = &scene{
		name: "contexts", subjects: 1, clients: 4, requests: 30, scopes: 3, fresh: true, modes: scopeModes, context: ".torn", weights: func() map[string]int {
			weights := map[string]int{"delete context": 12}
			for kind, n := range scopeWeights {
				weights[kind] = n
			}
			return weights
		}(),
	}
	// tagging has a subject whose versions are tagged and deleted.
	tagging = &scene{
		name: "tags", subjects: 1, clients: 4, requests: 30, scopes: 1, modes: subjectsOnly.modes,
		first: []request{{kind: "register"}, {kind: "tag", number: 1}},
		weights: map[string]int{
			"tag": 30, "delete version": 22, "restore version": 14, "restore subject": 8, "delete subject": 2, "set mode": 3, "delete mode": 3, "get": 12, "list": 6, "list all": 6,
		},
	}
	// importing has a subject that schemas are imported to with their ids, and registered without.
	importing = &scene{
		name: "imports", subjects: 1, clients: 4, requests: 30, scopes: 1, fresh: true, modes: []string{"IMPORT", "IMPORT", "IMPORT", "READWRITE", "READONLY"},
		first: []request{{kind: "set mode", value: "IMPORT"}},
		weights: map[string]int{
			"import": 34, "set mode": 14, "delete mode": 3, "register": 9, "lookup": 4, "delete version": 12, "delete subject": 12, "restore version": 3, "get": 8, "list": 4, "list all": 5,
		},
	}
)

var scenes = []*scene{subjectsOnly, allContexts, ownContext, tagging, importing}

// choose returns a request of the scene.
func (s *scene) choose(random *rand.Rand, subject string) *request {
	total := 0
	for _, n := range s.weights {
		total += n
	}
	q := &request{subject: subject}
	at := random.IntN(total)
	for _, kind := range kinds {
		if q.kind = kind; at < s.weights[kind] {
			break
		}
		at -= s.weights[kind]
	}
	switch q.kind {
	case "register", "lookup":
		q.schema = random.IntN(8)
	case "import":
		q.schema, q.number = random.IntN(5), 1+random.IntN(5)
	case "delete version":
		q.number, q.forGood = 1+random.IntN(5), random.IntN(2) == 0
	case "delete subject":
		q.forGood = random.IntN(2) == 0
	case "restore version":
		q.number = 1 + random.IntN(5)
	case "get", "tag":
		q.number = random.IntN(5)
	case "set config":
		q.scope, q.value = random.IntN(s.scopes), modelLevels[random.IntN(len(modelLevels))]
	case "set mode":
		q.scope, q.value = random.IntN(s.scopes), s.modes[random.IntN(len(s.modes))]
	case "delete mode":
		q.scope = random.IntN(s.scopes)
		q.recursive = q.scope != ofSubject && random.IntN(2) == 0
	case "delete context":
		q.scope = ofContext
	case "delete config", "get config", "get mode":
		q.scope = random.IntN(s.scopes)
	}
	return q
}

// last are the requests that tell what is there in the end.
func (s *scene) last(subject string) (list []request) {
	for _, kind := range []string{"list all", "list", "get config in force", "get mode in force"} {
		list = append(list, request{kind: kind, subject: subject})
	}
	for scope := range s.scopes {
		list = append(list, request{kind: "get config", subject: subject, scope: scope}, request{kind: "get mode", subject: subject, scope: scope})
	}
	for number := range 6 {
		list = append(list, request{kind: "get", subject: subject, number: number})
	}
	return list
}

// subject names one of the subjects of an episode.
func (s *scene) subject(episode, n int) string {
	name := fmt.Sprintf("h-%d-%d", episode, n)
	if s.context != "" {
		return ":" + s.context + ":" + name
	}
	return name
}
