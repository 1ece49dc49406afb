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

// onlyKnown reports whether every member of a JSON object is named in known. It may say no when that is so. value must be
// valid JSON; it is read once without decoding, because nearly every record is this program's own.
func onlyKnown(value []byte, known map[string]bool) bool {
	depth, start := 0, 0
	isName := false // the next string at the top is a name
	for i := 0; i < len(value); i++ {
		switch value[i] {
		case '{', '[':
			depth++
			isName = depth == 1
		case '}', ']':
			depth--
		case ',':
			isName = depth == 1
		case '"':
			start = i + 1
			for i++; i < len(value) && value[i] != '"'; i++ {
				if value[i] == '\\' {
					i++
				}
			}
			if depth == 1 && isName && (i >= len(value) || !known[string(value[start:i])]) {
				return false
			}
			isName = false
		}
	}
	return true
}

// unknownMembers returns the members of a valid JSON object that known does not name, together with those that it lacks and an
// older value had. It returns nil when there are none.
func unknownMembers(value, older []byte, known map[string]bool) ([]byte, error) {
	if len(older) == 0 && onlyKnown(value, known) {
		return nil, nil
	}
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

// keepMembers returns a valid JSON object with the unknown members that it lacks and an older value had.
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
