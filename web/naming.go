package web

import (
	"github.com/concord-registry/concord/formats"
	"github.com/concord-registry/concord/storage"
)

// strategy is a rule by which serializers name the subject of a message.
type strategy struct {
	Value, Label, Words string
}

// strategies lists those that clients have, by the names of their settings, and a name of one's own.
var strategies = []strategy{
	{"topic", "Topic name", "One schema for a topic’s keys and one for its values: the topic and “-key” or “-value”. What clients do unless told otherwise."},
	{"record", "Record name", "One subject for each type of message, whatever topic it is in: the schema’s own full name."},
	{"topic-record", "Topic and record name", "Several types of message in one topic, each with a history of its own: the topic, a hyphen and the schema’s full name."},
	{"own", "Another name", "A name of your own, for what others refer to or for serializers that are given the subject."},
}

// naming is how the person wants a new subject named.
type naming struct {
	Strategy string
	Topic    string
	Part     string // "key" or "value"
	Own      string
	Context  string
}

// subject is the name that the choice leads to for a schema, or what is missing.
func (n naming) subject(s formats.Schema) (name, missing string) {
	switch n.Strategy {
	case "own":
		if n.Own == "" {
			return "", "Give the subject a name."
		}
		return storage.ReferredSubject(n.Context, n.Own), ""
	case "record":
		name = recordName(s)
		if name == "" {
			return "", recordMissing(s)
		}
	case "topic-record":
		if n.Topic == "" {
			return "", "Name the topic."
		}
		name = recordName(s)
		if name == "" {
			return "", recordMissing(s)
		}
		name = n.Topic + "-" + name
	default:
		if n.Topic == "" {
			return "", "Name the topic."
		}
		name = n.Topic + "-" + n.Part
	}
	return storage.QualifySubject(n.Context, name), ""
}

func recordName(s formats.Schema) string {
	if namer, ok := s.(formats.Namer); ok {
		return namer.Name()
	}
	return ""
}

func recordMissing(s formats.Schema) string {
	if s == nil {
		return "The name is taken from the schema, which cannot be read yet."
	}
	return "The schema has no name of its own: serializers take the full name of an Avro record, of a Protobuf file’s first message, or a JSON schema’s title."
}
