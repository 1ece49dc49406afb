package httpapi_test

import (
	"encoding/json"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/concord-registry/concord/registry"
)

// registrants asks who registered the versions of a subject, the newest first.
func registrants(t *testing.T, s *server, subject string) (list []registry.Registrant) {
	t.Helper()
	var steps []struct {
		To registry.VersionInfo
	}
	if err := json.Unmarshal([]byte(s.must(t, "GET", "/api/subjects/"+subject+"/history", "")), &steps); err != nil {
		t.Fatal(err)
	}
	for _, step := range steps {
		list = append(list, step.To.By)
	}
	return list
}

func TestAVersionKnowsWhoRegisteredIt(t *testing.T) {
	path := filepath.Join(t.TempDir(), "concord.db")
	s := start(t, setup{path: path})
	register := func(schema string, header ...string) {
		t.Helper()
		body, err := json.Marshal(map[string]string{"schema": schema})
		if err != nil {
			t.Fatal(err)
		}
		s.must(t, "POST", "/subjects/s/versions", string(body), header...)
	}
	const long, short = `{"type":"fixed","name":"F","size":8}`, `{"type":"fixed","name":"F","size":8,"doc":"d"}`
	register(long, "User-Agent: producer/1", "Authorization: Basic YW5uYTpwdw==") // anna
	register(short, "X-Registry-Client-Id: billing", "User-Agent: producer/1")
	register(long, "User-Agent: somebody else")
	want := []registry.Registrant{{Client: "billing"}, {Principal: "anna", Client: "producer/1"}}
	if got := registrants(t, s, "s"); !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, want %+v", got, want)
	}
	for _, address := range []string{"/subjects/s/versions/1", "/schemas", "/schemas/ids/1", "/schemas/ids/1/versions"} {
		if answer := s.must(t, "GET", address, ""); strings.Contains(answer, "anna") || strings.Contains(answer, "registeredBy") {
			t.Errorf("%s tells what clients do not know: %s", address, answer)
		}
	}
	s.must(t, "POST", "/subjects/s/versions/2/tags", `{"metadata":{"properties":{"owner":"me"}}}`, "User-Agent: tagger")
	s.must(t, "DELETE", "/subjects/s/versions/1", "")
	s.must(t, "POST", "/api/subjects/s/versions/1/restore", "", "User-Agent: restorer")
	s.stop()
	s = start(t, setup{path: path})
	want = append([]registry.Registrant{{Client: "tagger"}}, want...)
	if got := registrants(t, s, "s"); !reflect.DeepEqual(got, want) {
		t.Errorf("after a deletion, a restoration and a new start: %+v, want %+v", got, want)
	}
}

func TestWhatAClientSaysOfItselfIsBounded(t *testing.T) {
	s := start(t, setup{})
	for name, c := range map[string]struct{ sent, kept string }{
		"long":       {strings.Repeat("ä", 5000), strings.Repeat("ä", 128)},
		"noise":      {" a\tb\u202Ec\u200B<b>\xff ", "abc<b>"},
		"nothing":    {"", "unnamed"},
		"whitespace": {"\t \u202E", ""},
	} {
		s.must(t, "POST", "/subjects/"+name+"/versions", `{"schema":"\"int\""}`, "User-Agent: "+c.sent)
		if got := registrants(t, s, name); got[0].Client != c.kept || got[0].Principal != "" {
			t.Errorf("%s: kept as %+q", name, got[0])
		}
	}
}
