package transfer_test

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/concord-registry/concord/cmd/concord/client"
	"github.com/concord-registry/concord/cmd/concord/transfer"
	"github.com/concord-registry/concord/compat/engine"
	"github.com/concord-registry/concord/formats"
)

// plain is a registry as others are: without contexts, pages, guids and types of Avro schemas, and with texts as they were sent.
func plain(t *testing.T) *client.Client {
	const version = `{"subject":"%s","version":%d,"id":%d,"schema":"{ \"type\": \"record\", \"name\": \"A\",\n \"fields\": [] }"}`
	live := fmt.Sprintf(version, "a", 2, 2)
	answers := map[string]string{
		"/config": `{"compatibilityLevel":"BACKWARD"}`, "/mode": `{"mode":"READWRITE"}`, "/config/a": `{"compatibilityLevel":"FULL"}`,
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answer, ok := answers[r.URL.Path]
		switch {
		case r.URL.Path == "/schemas" && r.URL.Query().Get("deleted") == "true":
			answer = "[" + live + "," + fmt.Sprintf(version, "a", 1, 1) + "]"
		case r.URL.Path == "/schemas":
			answer = "[" + live + "]"
		case strings.Contains(r.URL.Path, "__GLOBAL"):
			w.WriteHeader(http.StatusUnprocessableEntity)
			answer = `{"error_code":42208,"message":"the subject is invalid"}`
		case !ok:
			w.WriteHeader(http.StatusNotFound)
			answer = `{"error_code":404,"message":"HTTP 404 Not Found"}`
		}
		fmt.Fprint(w, answer)
	}))
	t.Cleanup(server.Close)
	c, err := client.New(client.Options{URL: server.URL})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestARegistryOfAnotherMakeIsReadAndCompared(t *testing.T) {
	dump, err := transfer.Read(context.Background(), plain(t))
	if err != nil {
		t.Fatal(err)
	}
	if got := dump.Summary(); got != "2 versions of 1 subject (1 deleted), 2 configs, 1 mode" {
		t.Fatal(got)
	}
	var file bytes.Buffer
	if err := dump.Write(&file); err != nil {
		t.Fatal(err)
	}
	copied, err := transfer.Parse(&file)
	if err != nil {
		t.Fatal(err)
	}
	e := engine.Default(formats.Limits{})
	// This registry stores what the text means, in its own spelling.
	for _, v := range copied.Versions {
		v.Schema, v.GUID = `{"type":"record","name":"A","fields":[]}`, "b040db4b-fdae-23ea-4a07-95f3973b98c8"
	}
	if differences := transfer.Compare(context.Background(), e, dump, copied); len(differences) > 0 {
		t.Errorf("the copy is faithful: %v", differences)
	}
	copied.Versions[0].ID, copied.Versions[0].Deleted = 7, false
	copied.Versions[1].Schema = `{"type":"record","name":"B","fields":[]}`
	delete(copied.Configs, "a")
	copied.Modes["b"] = "READONLY"
	want := []string{
		"a version 1: the id is 1, and 7 in the copy",
		"a version 1: deleted is true, and false in the copy",
		"a version 2: the schema is another one in the copy",
		`the config of a is {"compatibilityLevel":"FULL"}, and not set in the copy`,
		`the mode of b is only in the copy: "READONLY"`,
	}
	if got := transfer.Compare(context.Background(), e, dump, copied); strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestALongDifferenceIsCutBetweenCharacters(t *testing.T) {
	copied := &transfer.Dump{Configs: map[string]*client.Config{"a": {Group: strings.Repeat("é", 80)}, "b": {Group: "x" + strings.Repeat("é", 80)}}}
	differences := transfer.Compare(context.Background(), engine.Default(formats.Limits{}), &transfer.Dump{}, copied)
	if len(differences) != 2 {
		t.Errorf("there are two differences: %q", differences)
	}
	for _, difference := range differences {
		if !utf8.ValidString(difference) || !strings.HasSuffix(difference, "é…") {
			t.Errorf("%q", difference)
		}
	}
}
