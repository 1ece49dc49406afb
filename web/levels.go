package web

import "github.com/concord-registry/concord/compat"

// levelWords explains a level in a sentence.
func levelWords(level compat.Level) string {
	switch level {
	case compat.None:
		return "Nothing is checked: any schema may follow."
	case compat.Backward:
		return "Readers with the new schema must read what was written with the version before it. Update readers first."
	case compat.BackwardTransitive:
		return "Readers with the new schema must read what was written with any version. Update readers first."
	case compat.Forward:
		return "Readers with the version before must read what is written with the new schema. Update writers first."
	case compat.ForwardTransitive:
		return "Readers with any version must read what is written with the new schema. Update writers first."
	case compat.Full:
		return "The new schema and the version before it must read each other’s data. Update in any order."
	case compat.FullTransitive:
		return "The new schema and every version must read each other’s data. Update in any order."
	}
	return ""
}
