package web

import (
	"github.com/concord-registry/concord/compat"
	"github.com/concord-registry/concord/registry"
)

// policyWords explains a policy in a sentence.
func policyWords(p compat.Policy) string {
	switch p {
	case compat.PolicyReference:
		return "A schema is rejected when the verdict that existing registries give is “incompatible”. What else would break is told as a warning."
	case compat.PolicySemantic:
		return "A schema is rejected when a message proves that a reader fails or reads something else."
	case compat.PolicyStrict:
		return "A schema is rejected when either the known verdict or a message speaks against it."
	case compat.PolicyWireExact:
		return "A Protobuf schema is also rejected when a value changes silently on the wire."
	case compat.PolicyJSON:
		return "A Protobuf schema is also rejected when its JSON form breaks."
	}
	return ""
}

// modeWords explains a mode in a sentence.
func modeWords(mode string) string {
	switch mode {
	case registry.ReadWrite:
		return "Anyone may read, and register new versions."
	case registry.ReadOnly:
		return "Anyone may read; nothing can be registered or deleted."
	case registry.ReadOnlyOverride:
		return "Nothing can be registered or deleted, whatever subjects say: the switch that stops all writes is on."
	case registry.Import:
		return "Only schemas with an id and a version of their own are taken, as a migration from another registry sends them."
	case registry.ForwardMode:
		return "Writes are meant for another registry."
	}
	return ""
}
