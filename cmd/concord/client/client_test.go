package client_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/concord-registry/concord/cmd/concord/client"
)

func TestAnAnswerThatIsNoRegistrysIsNotTakenForOne(t *testing.T) {
	for name, test := range map[string]struct {
		status  int
		body    string
		want    string // URL stands for that of the server
		missing bool
	}{
		"a subject that does not exist":      {404, `{"error_code":40401,"message":"Subject 'a' not found."}`, "Subject 'a' not found. (40401)", true},
		"a path that the registry has not":   {404, `{"error_code":404,"message":"HTTP 404 Not Found"}`, "URL answered 404; is it a schema registry?", false},
		"a web server":                       {404, "<html>", "URL answered 404; is it a schema registry?", false},
		"a proxy without a registry":         {502, "", "URL answered 502; is it a schema registry?", false},
		"a page":                             {200, "<html>", "URL does not answer as a schema registry does: ", false},
		"JSON of something else":             {200, `{"a": 1}`, "URL does not answer as a schema registry does: ", false},
		"a registry that refuses the caller": {401, `{"error_code":401,"message":"Unauthorized"}`, "Unauthorized (401)", false},
	} {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(test.status)
				_, _ = w.Write([]byte(test.body))
			}))
			defer server.Close()
			c, err := client.New(client.Options{URL: server.URL})
			if err != nil {
				t.Fatal(err)
			}
			_, err = c.Versions(t.Context(), "a", false)
			if want := strings.Replace(test.want, "URL", server.URL, 1); err == nil || !strings.HasPrefix(err.Error(), want) {
				t.Errorf("got %v, want %s", err, want)
			}
			if got := client.IsMissing(err); got != test.missing {
				t.Errorf("IsMissing is %v", got)
			}
		})
	}
}

func TestADownloadIsAskedForAsWhoAsksForAllElse(t *testing.T) {
	for name, user := range map[string]string{"with a password": "anna:secret@", "with an empty one": "anna:@", "without one": "anna@", "nobody": ""} {
		t.Run(name, func(t *testing.T) {
			var asked []string
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				asked = append(asked, r.Header.Get("Authorization"))
				_, _ = w.Write([]byte("[]"))
			}))
			defer server.Close()
			c, err := client.New(client.Options{URL: strings.Replace(server.URL, "http://", "http://"+user, 1)})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := c.Versions(t.Context(), "a", false); err != nil {
				t.Fatal(err)
			}
			body, _, err := c.Download(t.Context(), "/api/backup")
			if err != nil {
				t.Fatal(err)
			}
			if err := body.Close(); err != nil {
				t.Error(err)
			}
			if len(asked) != 2 || asked[0] != asked[1] {
				t.Errorf("asked as %q", asked)
			}
		})
	}
}

func TestAListIsReadToItsEndHoweverShortTheRegistrysPagesAre(t *testing.T) {
	rows := []string{"a", "b", "c", "d", "e"}
	for name, most := range map[string]int{"pages of two rows": 2, "one page": 1000, "no pages": 0} {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				page := rows
				if most > 0 {
					offset, _ := strconv.Atoi(r.URL.Query().Get("offset"))
					page = rows[min(offset, len(rows)):min(offset+most, len(rows))]
				}
				_ = json.NewEncoder(w).Encode(page)
			}))
			defer server.Close()
			c, err := client.New(client.Options{URL: server.URL})
			if err != nil {
				t.Fatal(err)
			}
			if got, err := c.Subjects(t.Context(), "", false); err != nil || !slices.Equal(got, rows) {
				t.Errorf("%q, %v; want %q", got, err, rows)
			}
		})
	}
}
