package jsonschema

import "slices"

func (l *list) objects(w, r *shape) {
	l.required(w, r)
	l.properties(w, r)
	l.dependencies(w, r)
	l.additionalProperties(w, r)
	l.unevaluated("unevaluatedProperties", "UNEVALUATED_PROPERTIES", w, r, w.object.unevaluated, r.object.unevaluated)
	l.bound("maxProperties", "MAX_PROPERTIES", w, r, w.object.maxProperties, r.object.maxProperties)
	l.bound("minProperties", "MIN_PROPERTIES", w, r, w.object.minProperties, r.object.minProperties)
}

func names(properties []property) []string {
	out := make([]string, len(properties))
	for i := range properties {
		out[i] = properties[i].name
	}
	return out
}

// required compares which of the properties that both sides declare must be there.
func (l *list) required(w, r *shape) {
	l.at("required", func() {
		for _, name := range hashOrder(names(w.object.properties), 0) {
			after := r.object.property(name)
			if after == nil {
				continue
			}
			l.at(name, func() {
				switch before := w.object.required[name]; {
				case before && !r.object.required[name]:
					l.add("REQUIRED_ATTRIBUTE_REMOVED", w, r, "required", name)
				case before || !r.object.required[name]:
				case after.preset != nil:
					l.add("REQUIRED_ATTRIBUTE_WITH_DEFAULT_ADDED", w, r, "required", name)
				default:
					l.add("REQUIRED_ATTRIBUTE_ADDED", w, r, "required", name)
				}
			})
		}
	})
}

func (l *list) properties(w, r *shape) {
	l.at("properties", func() {
		before, after := names(w.object.properties), names(r.object.properties)
		all := unionOrder(before, after)
		if len(all) > maxDifferences {
			l.found = slices.Grow(l.found, len(all))
		}
		for _, name := range all {
			l.at(name, func() {
				switch was, is := w.object.property(name), r.object.property(name); {
				case is == nil:
					l.propertyRemoved(w, r, name, was)
				case was == nil:
					l.propertyAdded(w, r, name, is)
				default:
					l.compare(was, is)
				}
			})
		}
	})
}

// propertyRemoved: the content model of the reader decides what becomes of a property it no longer declares.
func (l *list) propertyRemoved(w, r *shape, name string, was *shape) {
	if r.object.open() {
		l.add("PROPERTY_REMOVED_FROM_OPEN_CONTENT_MODEL", w, r, "properties", name)
		return
	}
	if cover := l.cover(r.object, name); cover != nil {
		if l.covered(was, cover) {
			l.add("PROPERTY_REMOVED_IS_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL", w, r, "properties", name)
		} else {
			l.add("PROPERTY_REMOVED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL", w, r, "properties", name)
		}
		return
	}
	if was.kind == nothing {
		l.add("PROPERTY_WITH_FALSE_REMOVED_FROM_CLOSED_CONTENT_MODEL", w, r, "properties", name)
	} else {
		l.add("PROPERTY_REMOVED_FROM_CLOSED_CONTENT_MODEL", w, r, "properties", name)
	}
}

// propertyAdded: the content model of the writer decides what old data may hold under a property that is new.
func (l *list) propertyAdded(w, r *shape, name string, is *shape) {
	required := r.object.required[name]
	if w.object.open() {
		switch {
		case is.kind == anything:
			l.add("PROPERTY_WITH_EMPTY_SCHEMA_ADDED_TO_OPEN_CONTENT_MODEL", w, r, "properties", name)
		case required && is.preset != nil:
			l.add("REQUIRED_PROPERTY_WITH_DEFAULT_ADDED_TO_OPEN_CONTENT_MODEL", w, r, "properties", name)
		case required:
			l.add("REQUIRED_PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL", w, r, "properties", name)
		default:
			l.add("OPTIONAL_PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL", w, r, "properties", name)
		}
		return
	}
	if cover := l.cover(w.object, name); cover != nil {
		if l.covered(cover, is) {
			l.add("PROPERTY_ADDED_IS_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL", w, r, "properties", name)
		} else {
			l.add("PROPERTY_ADDED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL", w, r, "properties", name)
		}
	}
	switch {
	case required && is.preset != nil:
		l.add("REQUIRED_PROPERTY_WITH_DEFAULT_ADDED_TO_UNOPEN_CONTENT_MODEL", w, r, "properties", name)
	case required:
		l.add("REQUIRED_PROPERTY_ADDED_TO_UNOPEN_CONTENT_MODEL", w, r, "properties", name)
	default:
		l.add("OPTIONAL_PROPERTY_ADDED_TO_UNOPEN_CONTENT_MODEL", w, r, "properties", name)
	}
}

// covered compares a declared property with what the other side says of undeclared ones, and records the differences.
func (l *list) covered(w, r *shape) bool {
	found := l.try(w, r)
	l.found = append(l.found, found...)
	return l.allAccepted(found)
}

// cover is the schema that a partially open object holds an undeclared property to; nil when it has none.
func (l *list) cover(o *objectRules, name string) *shape {
	work := 0 // of matching, which takes every instruction of a pattern at every letter at worst
	for _, p := range o.patterns {
		work += 1 + len(name)*p.size/150
	}
	if l.pairs += work / 8; !l.spend() {
		return nil
	}
	for _, p := range o.patterns {
		if p.re != nil && p.re.MatchString(name) {
			return p.shape
		}
	}
	if o.additional != nil {
		return o.additional
	}
	if !o.closed && o.unevaluated != nil && o.unevaluated.kind != nothing {
		return o.unevaluated
	}
	return nil
}

func (l *list) dependencies(w, r *shape) {
	l.at("dependencies", func() {
		needsBefore, needsAfter := needs(w.object.dependentRequired), needs(r.object.dependentRequired)
		for _, name := range unionOrder(dependencyNames(w.object.dependentRequired), dependencyNames(r.object.dependentRequired)) {
			l.at(name, func() { l.dependency(w, r, name, needsBefore[name], needsAfter[name]) })
		}
		before, after := byName(w.object.dependentSchemas), byName(r.object.dependentSchemas)
		for _, name := range unionOrder(names(w.object.dependentSchemas), names(r.object.dependentSchemas)) {
			l.at(name, func() {
				switch was, is := before[name], after[name]; {
				case is == nil:
					l.add("DEPENDENCY_SCHEMA_REMOVED", w, r, "dependencies", name)
				case was == nil:
					l.add("DEPENDENCY_SCHEMA_ADDED", w, r, "dependencies", name)
				default:
					l.compare(was, is)
				}
			})
		}
	})
}

func (l *list) dependency(w, r *shape, name string, was, is []string) {
	grown, shrunk := includes(is, was), includes(was, is)
	switch {
	case is == nil:
		l.add("DEPENDENCY_ARRAY_REMOVED", w, r, "dependencies", name)
	case was == nil:
		l.add("DEPENDENCY_ARRAY_ADDED", w, r, "dependencies", name)
	case grown && shrunk:
	case grown:
		l.add("DEPENDENCY_ARRAY_EXTENDED", w, r, "dependencies", name)
	case shrunk:
		l.add("DEPENDENCY_ARRAY_NARROWED", w, r, "dependencies", name)
	default:
		l.add("DEPENDENCY_ARRAY_CHANGED", w, r, "dependencies", name)
	}
}

func dependencyNames(list []dependency) []string {
	out := make([]string, len(list))
	for i := range list {
		out[i] = list[i].name
	}
	return out
}

func needs(list []dependency) map[string][]string {
	if len(list) == 0 {
		return nil
	}
	out := make(map[string][]string, len(list))
	for _, d := range list {
		out[d.name] = d.needs
	}
	return out
}

func byName(list []property) map[string]*shape {
	if len(list) == 0 {
		return nil
	}
	out := make(map[string]*shape, len(list))
	for _, p := range list {
		out[p.name] = p.shape
	}
	return out
}

// includes reports whether every one of part is in whole.
func includes(whole, part []string) bool {
	in := make(map[string]bool, len(whole))
	for _, s := range whole {
		in[s] = true
	}
	for _, s := range part {
		if !in[s] {
			return false
		}
	}
	return true
}

func (l *list) additionalProperties(w, r *shape) {
	l.at("additionalProperties", func() {
		switch was, is := w.object, r.object; {
		case was.closed != is.closed && was.closed:
			l.add("ADDITIONAL_PROPERTIES_ADDED", w, r, "additionalProperties", "")
		case was.closed != is.closed:
			l.add("ADDITIONAL_PROPERTIES_REMOVED", w, r, "additionalProperties", "")
		case was.additional == nil && is.additional != nil:
			l.add("ADDITIONAL_PROPERTIES_NARROWED", w, r, "additionalProperties", "")
		case was.additional != nil && is.additional == nil:
			l.add("ADDITIONAL_PROPERTIES_EXTENDED", w, r, "additionalProperties", "")
		default:
			l.compare(was.additional, is.additional)
		}
	})
}

// unevaluated compares what the two sides say of properties or items that no other keyword has looked at.
func (l *list) unevaluated(keyword, prefix string, w, r, was, is *shape) {
	if was == nil && is == nil {
		return
	}
	l.at(keyword, func() {
		closed := func(s *shape) bool { return s != nil && s.kind == nothing }
		open := func(s *shape) bool { return s == nil || s.kind == anything }
		switch {
		case closed(was) && !closed(is):
			l.add(code(prefix+"_ADDED"), w, r, keyword, "")
		case !closed(was) && closed(is):
			l.add(code(prefix+"_REMOVED"), w, r, keyword, "")
		case was == nil || open(was) && !open(is):
			l.add(code(prefix+"_NARROWED"), w, r, keyword, "")
		case is == nil || !open(was) && open(is):
			l.add(code(prefix+"_EXTENDED"), w, r, keyword, "")
		default:
			l.compare(was, is)
		}
	})
}
