package registry_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/concord-registry/concord/formats/cputest"
	"github.com/concord-registry/concord/registry"
)

// reserve registers a text whose metadata reserves names under a subject that validates fields.
func (f *fixture) reserve(subject, text, names string) error {
	f.t.Helper()
	yes := true
	update := registry.ConfigUpdate{ValidateFields: registry.Optional[bool]{Present: true, Value: &yes}}
	if _, err := f.SetConfig(context.Background(), subject, update); err != nil {
		f.t.Fatal(err)
	}
	req := registry.SchemaRequest{Schema: text, Metadata: &registry.Metadata{Properties: map[string]string{"confluent:reserved": names}}}
	_, err := f.Register(context.Background(), subject, req, registry.RegisterOptions{})
	return err
}

func TestReservedNamesStayReservedAndUnused(t *testing.T) {
	for name, test := range map[string]struct {
		reserved, text, thenReserved string
		want                         string // of the message; empty when it is registered
	}{
		"names that stay reserved":                   {"x,y", "a b", "x,y,z", ""},
		"whatever blanks stand around a name":        {"x, y", "a b", " y ,x", ""},
		"a name that is reserved no longer":          {"x,y", "a b", "x", "{errorType:'RESERVED_FIELD_REMOVED', description:'The new schema has reserved field y removed"},
		"a field with a reserved name":               {"x,y", "a y", "x,y", "{errorType:'FIELD_CONFLICTS_WITH_RESERVED_FIELD', description:'The new schema has field that conflicts with the reserved field y.'}"},
		"a field with a reserved name behind blanks": {"x, y", "a y", "x, y", "{errorType:'FIELD_CONFLICTS_WITH_RESERVED_FIELD', description:'The new schema has field that conflicts with the reserved field y.'}"},
	} {
		t.Run(name, func(t *testing.T) {
			f := open(t)
			if err := f.reserve("s", "a", test.reserved); err != nil {
				t.Fatal(err)
			}
			err := f.reserve("s", test.text, test.thenReserved)
			if test.want == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			f.wantCode(err, registry.IncompatibleSchema)
			if !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v\nwant %s", err, test.want)
			}
		})
	}
}

func TestManyReservedNamesAndFieldsTakeLittleTime(t *testing.T) {
	const n = 60_000
	word := func(prefix string) string {
		var words []string
		for i := range n {
			words = append(words, fmt.Sprint(prefix, i))
		}
		return strings.Join(words, " ")
	}
	f := open(t)
	reserved := strings.ReplaceAll(word("reserved"), " ", ",")
	if err := f.reserve("s", "a", reserved); err != nil {
		t.Fatal(err)
	}
	req := registry.SchemaRequest{Schema: "a " + word("field"), Metadata: &registry.Metadata{Properties: map[string]string{"confluent:reserved": reserved}}}
	cputest.Within(t, 12*time.Second, func() {
		if report, err := f.CheckSubject(context.Background(), "s", req, registry.CheckOptions{}); err != nil || !report.Compatible {
			t.Errorf("%+v, %v", report, err)
		}
	})
}
