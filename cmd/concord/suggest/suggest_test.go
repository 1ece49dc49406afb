package suggest_test

import (
	"testing"

	"github.com/concord-registry/concord/cmd/concord/suggest"
)

func TestClosestFindsWhatWasMeant(t *testing.T) {
	names := []string{"listen", "data", "log-format", "log-level", "max-body-size", "max-schema-size", "gzip"}
	for _, test := range []struct{ written, want string }{
		{"lsten", "listen"},
		{"listne", "listen"},
		{"listener", "listen"},
		{"log_format", "log-format"},
		{"log.level", "log-level"},
		{"LogFormat", "log-format"},
		{"max-body", "max-body-size"},
		{"format", "log-format"},
		{"size", ""},
		{"max-bodysize", "max-body-size"},
		{"max-schema-sise", "max-schema-size"},
		{"zip", "gzip"},
		{"kafkastore-topic", ""},
		{"x", ""},
		{"dawn", ""},
		{"", ""},
	} {
		if got := suggest.Closest(test.written, names); got != test.want {
			t.Errorf("Closest(%q) = %q, want %q", test.written, got, test.want)
		}
	}
}

func TestQuestionIsEmptyWithoutACandidate(t *testing.T) {
	if got := suggest.Question("kafkastore.topic", []string{"listen"}); got != "" {
		t.Errorf("got %q", got)
	}
	if got, want := suggest.Question("lisen", []string{"listen"}), "; did you mean listen?"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
