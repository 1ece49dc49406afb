package registry

import (
	"strings"
	"unicode"

	"github.com/concord-registry/concord/storage"
)

// Names with a meaning of their own (rest-contract §5.1).
const (
	wildcardContext = ":*:"         // prefix of listings over all contexts
	globalContext   = ".__GLOBAL"   // holds only the config and mode records that apply to every context
	globalSubject   = ":.__GLOBAL:" // the subject of these records
)

// normalize gives a subject its one spelling: no prefix in the default context.
func normalize(subject string) string {
	return storage.QualifySubject(storage.SplitSubject(subject))
}

// contextOf returns the context of a normalised subject.
func contextOf(subject string) string {
	context, _ := storage.SplitSubject(subject)
	return context
}

// isContext reports whether a normalised subject names a context rather than a subject in it. The default context is the
// empty subject.
func isContext(subject string) bool {
	_, name := storage.SplitSubject(subject)
	return name == ""
}

// contextSubject is the subject under which a context keeps its own config and mode.
func contextSubject(context string) string { return storage.QualifySubject(context, "") }

// validSubject refuses names that a schema cannot be registered under.
func validSubject(subject string) error {
	context, name := storage.SplitSubject(subject)
	if context == globalContext {
		return invalidSubject(subject)
	}
	return validName(subject, context, name)
}

// validConfigSubject refuses names that cannot have a config or mode; contexts can.
func validConfigSubject(subject string) error {
	context, name := storage.SplitSubject(subject)
	return validName(subject, context, name)
}

func validName(subject, context, name string) error {
	if name == "__GLOBAL" || name == "__EMPTY" || len(subject) > maxSubject ||
		strings.ContainsFunc(subject, unicode.IsControl) || strings.Contains(context, ":") {
		return invalidSubject(subject)
	}
	return nil
}

// maxSubject bounds a qualified subject in bytes, so that every key of the store can hold it.
const maxSubject = 8192

func invalidSubject(subject string) error {
	if len(subject) > 200 {
		subject = strings.ToValidUTF8(subject[:200], "") + "…"
	}
	return errorf(InvalidSubject, "The specified subject '%s' is not a valid.", subject)
}

// inEveryContext lists the subjects that an unqualified name may mean when it is only read: itself, and the same name in
// every other context. A qualified name means only itself.
func inEveryContext(v storage.View, subject string) ([]string, error) {
	context, name := storage.SplitSubject(subject)
	if context != storage.DefaultContext || name == "" {
		return []string{subject}, nil
	}
	contexts, err := v.Contexts()
	if err != nil {
		return nil, err
	}
	subjects := make([]string, 0, len(contexts))
	for _, context := range contexts {
		subjects = append(subjects, storage.QualifySubject(context, name))
	}
	return subjects, nil
}
