package httpapi

import (
	"net/http"
	"testing"
)

func TestNegotiate(t *testing.T) {
	const v1, vnd, plain = "application/vnd.schemaregistry.v1+json", "application/vnd.schemaregistry+json", "application/json"
	for accept, want := range map[string]string{
		"":                                  v1,
		"*/*":                               v1,
		v1:                                  v1,
		vnd:                                 vnd,
		plain:                               plain,
		"text/html":                         "",
		"text/*":                            "",
		"image/png,":                        "",
		v1 + ", " + vnd + ", " + plain:      v1,
		v1 + ";q=0.5, " + plain + ";q=0.9":  plain,
		"application/json, text/plain, */*": v1,
		"application/json;q=0.9,*/*;q=0.8":  plain,
		"text/html,application/xhtml+xml,*/*;q=0.8": v1,
		"application/*":                   v1,
		v1 + ";q=0, */*":                  vnd,
		"APPLICATION/JSON":                plain,
		"application/json; charset=utf-8": plain,
		"application/vnd.schemaregistry.v1+json; qs=0.9, application/json; qs=0.5":     v1,
		"application/vnd.schemaregistry.v1+json;q=x, application/json;q=0.2, */*;q=0.": v1,
	} {
		got := negotiate(http.Header{"Accept": {accept}})
		if want == "" {
			if got != nil {
				t.Errorf("Accept %q: %v, want none", accept, got)
			}
			continue
		}
		if len(got) != 1 || got[0] != want {
			t.Errorf("Accept %q: %v, want %s", accept, got, want)
		}
	}
	if got := negotiate(http.Header{"Accept": {"text/html", "application/json"}}); got[0] != plain {
		t.Errorf("two Accept lines: %v", got)
	}
}

func TestReadable(t *testing.T) {
	for contentType, want := range map[string]bool{
		"":                                       true,
		"application/vnd.schemaregistry.v1+json": true,
		"application/vnd.schemaregistry+json":    true,
		"application/json":                       true,
		"application/json; charset=utf-8":        true,
		"application/json;charset=\"utf-8":       true,
		"Application/JSON":                       true,
		"application/vnd.schemaregistry.v1+json;charset=utf-8 ": true,
		"application/octet-stream":                              true,
		"application/x-www-form-urlencoded":                     false,
		"text/plain":                                            false,
		"multipart/form-data; boundary=x":                       false,
		"application/xml":                                       false,
	} {
		if got := readable(http.Header{"Content-Type": {contentType}}); got != want {
			t.Errorf("Content-Type %q: %v, want %v", contentType, got, want)
		}
	}
}
