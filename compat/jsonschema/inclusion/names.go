package inclusion

// name returns a property name that has the facts, satisfies a goal and is none of except. The empty name is the last
// choice: nobody reads it easily.
func (sv *solver) name(facts []fact, g goal, except []string) (string, verdict) {
	readable := append(facts[:len(facts):len(facts)], minLength{1})
	if name, v := sv.nameWith(readable, g, except); v == inhabited {
		return name, v
	}
	return sv.nameWith(facts, g, except)
}

func (sv *solver) nameWith(facts []fact, g goal, except []string) (string, verdict) {
	if len(g) == 0 {
		return sv.word(facts, except)
	}
	b := newBranch(sv, stringKind, g)
	b.establish(facts...)
	if len(except) > 0 {
		values := make([]any, len(except))
		for i, name := range except {
			values[i] = name
		}
		b.establish(differs{values})
	}
	if !b.assertAll(g) {
		return "", empty
	}
	a := b.search()
	if a.verdict != inhabited {
		return "", a.verdict
	}
	return a.instance.(string), inhabited
}
