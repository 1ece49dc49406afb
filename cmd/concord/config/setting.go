package config

import (
	"encoding"
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/concord-registry/concord/cmd/concord/suggest"
)

// EnvPrefix starts the name of every variable that is a setting.
const EnvPrefix = "CONCORD_"

// Setting is one field of a config: what it is, and where its value came from.
type Setting struct {
	Name    string // of the flag and the YAML key
	Group   string // heading in the documentation
	Help    string
	Default string
	OneOf   []string
	Origin  Origin

	field    reflect.Value
	min, max string
	loopback bool
}

// Origin says where a value came from.
type Origin struct {
	Kind OriginKind `json:"from"`
	// Where is the flag, the variable, or the file and line; empty for a default.
	Where string `json:"where,omitempty"`
}

// OriginKind is one of the four places a value can come from.
type OriginKind string

// The places, weakest first.
const (
	FromDefault OriginKind = "default"
	FromFile    OriginKind = "file"
	FromEnv     OriginKind = "environment"
	FromFlag    OriginKind = "flag"
)

// String says it the way a person would look for it.
func (o Origin) String() string {
	if o.Where == "" {
		return string(o.Kind)
	}
	return string(o.Kind) + " " + o.Where
}

// Env is the variable that holds the setting.
func (s *Setting) Env() string {
	return EnvPrefix + strings.ToUpper(strings.ReplaceAll(s.Name, "-", "_"))
}

// Text is the value as a person would write it; secrets are hidden.
func (s *Setting) Text() string {
	switch v := s.field.Interface().(type) {
	case time.Duration:
		return formatDuration(v)
	case encoding.TextMarshaler:
		text, err := v.MarshalText()
		if err != nil {
			return ""
		}
		return string(text)
	default:
		return fmt.Sprint(v)
	}
}

// IsBool reports whether the setting is on or off.
func (s *Setting) IsBool() bool { return s.field.Kind() == reflect.Bool }

// IsSecret reports whether the value must not be shown.
func (s *Setting) IsSecret() bool { return s.field.Type() == reflect.TypeFor[Secret]() }

// Kind names the kind of value for people.
func (s *Setting) Kind() string {
	switch s.field.Interface().(type) {
	case time.Duration:
		return "duration"
	case Size:
		return "size"
	case Address:
		return "address"
	case Prefix:
		return "path"
	case Secret:
		return "secret"
	case bool:
		return "true|false"
	case int:
		if len(s.OneOf) == 0 {
			return "number"
		}
	}
	if len(s.OneOf) > 0 {
		return strings.Join(s.OneOf, "|")
	}
	return "text"
}

var errEmpty = errors.New("the value is empty; give one, or leave the setting out")

// set reads text into the field, or says what is wrong with it and leaves the field alone.
func (s *Setting) set(text string) error {
	// No value needs these, and one with a line break could forge a line of a log or of a printed file.
	if !utf8.ValidString(text) || strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) }) {
		return fmt.Errorf("%q holds a line break or something else that is not printable", text)
	}
	// Most likely the variable of a script that is not set: an empty address would be any free port of every interface.
	if text == "" && s.Default != "" {
		return errEmpty
	}
	value := reflect.New(s.field.Type()).Elem()
	if err := s.parse(value, text); err != nil {
		return err
	}
	if err := s.check(value, text); err != nil {
		return err
	}
	s.field.Set(value)
	return nil
}

func (s *Setting) parse(into reflect.Value, text string) error {
	if len(s.OneOf) > 0 {
		allowed, ok := foldedMember(s.OneOf, text)
		if !ok {
			return fmt.Errorf("%q is not one of %s%s", text, strings.Join(s.OneOf, ", "), suggest.Question(text, s.OneOf))
		}
		text = allowed
	}
	switch p := into.Addr().Interface().(type) {
	case *time.Duration:
		d, err := time.ParseDuration(text)
		if err != nil {
			return fmt.Errorf("%q is not a duration; write one like 500ms, 30s or 2m", text)
		}
		*p = d
	case *bool:
		b, err := strconv.ParseBool(text)
		if err != nil {
			return fmt.Errorf("%q is neither true nor false", text)
		}
		*p = b
	case *int:
		n, err := strconv.Atoi(text)
		if err != nil {
			return fmt.Errorf("%q is not a whole number", text)
		}
		*p = n
	case encoding.TextUnmarshaler:
		return p.UnmarshalText([]byte(text))
	default:
		into.SetString(text)
	}
	return nil
}

// check holds a parsed value against min, max and loopback. Every type that has bounds is an integer underneath.
func (s *Setting) check(value reflect.Value, text string) error {
	for _, bound := range []struct {
		limit string
		bad   func(value, limit int64) bool
		word  string
	}{
		{s.min, func(v, l int64) bool { return v < l }, "least"},
		{s.max, func(v, l int64) bool { return v > l }, "most"},
	} {
		if bound.limit == "" {
			continue
		}
		limit := reflect.New(value.Type()).Elem()
		if err := s.parse(limit, bound.limit); err != nil {
			return err
		}
		if bound.bad(value.Int(), limit.Int()) {
			return fmt.Errorf("%s is out of range; it must be at %s %s", text, bound.word, bound.limit)
		}
	}
	if a, ok := value.Interface().(Address); ok && s.loopback && a != "" && !a.Loopback() {
		return fmt.Errorf("%q can be reached from other machines; use a loopback address such as localhost:6060", text)
	}
	return nil
}

// newSettings lists the settings of a struct of groups, in order, and fills in their defaults. The tags are part of the
// program, so a fault in them panics.
func newSettings(config any) []*Setting {
	var settings []*Setting
	groups := reflect.ValueOf(config).Elem()
	for i := range groups.NumField() {
		group := groups.Field(i)
		for j := range group.NumField() {
			tag := group.Type().Field(j).Tag
			s := &Setting{
				Name:     tag.Get("name"),
				Group:    groups.Type().Field(i).Tag.Get("group"),
				Help:     tag.Get("help"),
				Default:  tag.Get("default"),
				OneOf:    strings.Fields(tag.Get("oneof")),
				Origin:   Origin{Kind: FromDefault},
				field:    group.Field(j),
				min:      tag.Get("min"),
				max:      tag.Get("max"),
				loopback: tag.Get("loopback") == "true",
			}
			if err := s.set(s.Default); err != nil {
				panic(fmt.Sprintf("config: default of %q: %v", s.Name, err))
			}
			settings = append(settings, s)
		}
	}
	return settings
}

func foldedMember(list []string, text string) (string, bool) {
	for _, member := range list {
		if strings.EqualFold(member, text) {
			return member, true
		}
	}
	return "", false
}

// newField returns a settable value of the same type.
func newField(field reflect.Value) reflect.Value { return reflect.New(field.Type()).Elem() }
