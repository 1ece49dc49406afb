package bolt

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
)

// members is a JSON object read only at its top.
type members map[string]json.RawMessage

// knownMembers returns the names of the JSON members of a struct.
func knownMembers(value any) map[string]bool {
	known := map[string]bool{}
	for _, field := range reflect.VisibleFields(reflect.TypeOf(value)) {
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		known[name] = true
	}
	return known
}

// unknownMembers returns the members of a JSON object that known does not name, together with those that it lacks and an
// older value had. It returns nil when there are none.
func unknownMembers(value, older []byte, known map[string]bool) ([]byte, error) {
	all := members{}
	if len(older) > 0 {
		if err := json.Unmarshal(older, &all); err != nil {
			return nil, err
		}
	}
	if err := json.Unmarshal(value, &all); err != nil {
		return nil, err
	}
	for name := range all {
		if known[name] {
			delete(all, name)
		}
	}
	if len(all) == 0 {
		return nil, nil
	}
	return encode(all)
}

// keepMembers returns a JSON object with the unknown members that it lacks and an older value had.
func keepMembers(value, older []byte, known map[string]bool) ([]byte, error) {
	extra, err := unknownMembers(value, older, known)
	if extra == nil || err != nil {
		return value, err
	}
	all := members{}
	if err := json.Unmarshal(extra, &all); err != nil {
		return nil, err
	}
	if err := json.Unmarshal(value, &all); err != nil {
		return nil, err
	}
	return encode(all)
}

func encode(object members) ([]byte, error) {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(object)
	return bytes.TrimRight(b.Bytes(), "\n"), err
}
