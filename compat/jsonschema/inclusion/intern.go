package inclusion

import (
	"encoding/binary"
	"math/big"
	"slices"
	"sort"
)

// interner makes schemas that say the same one and the same, so that "the writer's street is the reader's street" is
// seen at once, without a proof. Titles, the names of definitions and the difference between a $ref and what it leads to
// are gone by then.
type interner struct {
	byKey map[string]*schema
	next  int
	key   []byte
}

func newInterner() *interner { return &interner{byKey: map[string]*schema{}} }

// one returns the unique schema that says what s says, given that the schemas s refers to are already unique.
func (in *interner) one(s *schema) *schema {
	s.allOf, s.anyOf = distinctSchemas(s.allOf), distinctSchemas(s.anyOf)
	if part := s.only(); part != nil {
		return part
	}
	in.key = appendKey(in.key[:0], s, (*schema).identity)
	if known, ok := in.byKey[string(in.key)]; ok {
		return known
	}
	in.next++
	s.id = in.next
	in.byKey[string(in.key)] = s
	return s
}

func (s *schema) identity() int { return s.id }

// distinctSchemas drops repetitions.
func distinctSchemas(list []*schema) []*schema {
	for i, s := range list {
		if slices.Contains(list[:i], s) {
			out := slices.Clone(list[:i])
			for _, s := range list[i:] {
				if !slices.Contains(out, s) {
					out = append(out, s)
				}
			}
			return out
		}
	}
	return list
}

// only returns the one schema that s refers to or applies when it says nothing else; nil otherwise.
func (s *schema) only() *schema {
	if len(s.allOf)+len(s.anyOf)+len(s.oneOf) != 1 {
		return nil
	}
	bare := *s
	bare.allOf, bare.anyOf, bare.oneOf = nil, nil, nil
	if !bare.free() {
		return nil
	}
	return slices.Concat(s.allOf, s.anyOf, s.oneOf)[0]
}

// all makes everything the roots lead to unique and returns the unique roots. What is not recursive is done from the
// leaves up; the rest is split into classes until nothing tells two members of a class apart.
func (in *interner) all(roots []*schema) []*schema {
	out := make([]*schema, len(roots))
	for i, s := range roots {
		out[i] = s.target()
	}
	nodes := reachable(out)
	waiting := make([]int, len(nodes)) // how many children are not unique yet, by schema.at-1
	parents := make([][]*schema, len(nodes))
	var ready []*schema
	for i, s := range nodes {
		s.children(func(child **schema) {
			at := (*child).at - 1
			parents[at] = append(parents[at], s)
			waiting[i]++
		})
		if waiting[i] == 0 {
			ready = append(ready, s)
		}
	}
	unique := make([]*schema, len(nodes))
	of := func(s *schema) *schema { return unique[s.at-1] }
	done := 0
	for ; len(ready) > 0; done++ {
		s := ready[len(ready)-1]
		ready = ready[:len(ready)-1]
		s.children(func(child **schema) { *child = of(*child) })
		unique[s.at-1] = in.one(s)
		for _, parent := range parents[s.at-1] {
			if waiting[parent.at-1]--; waiting[parent.at-1] == 0 {
				ready = append(ready, parent)
			}
		}
	}
	if done < len(nodes) {
		in.recursive(nodes, unique)
	}
	for i, s := range out {
		out[i] = of(s)
	}
	return out
}

// target follows schemas that do nothing but refer to another.
func (s *schema) target() *schema {
	for range 10_000 {
		next := s.only()
		if next == nil {
			break
		}
		s = next
	}
	return s
}

// reachable lists everything the roots lead to, and removes the detours of mere references.
func reachable(roots []*schema) []*schema {
	var list []*schema
	add := func(s *schema) {
		if s.at == 0 {
			list = append(list, s)
			s.at = len(list)
		}
	}
	for _, s := range roots {
		add(s)
	}
	for i := 0; i < len(list); i++ {
		list[i].children(func(child **schema) {
			*child = (*child).target()
			add(*child)
		})
	}
	return list
}

// recursive handles the schemas that lead to a cycle: those that have no entry in unique.
func (in *interner) recursive(nodes, unique []*schema) {
	var open []*schema
	class := make([]int, len(nodes))
	for i, s := range nodes {
		if unique[i] == nil {
			open = append(open, s)
		}
	}
	number := func(s *schema) int {
		if u := unique[s.at-1]; u != nil {
			return u.id
		}
		return -1 - class[s.at-1]
	}
	count := 1
	for {
		keys := map[string]int{}
		next := make([]int, len(nodes))
		for _, s := range open {
			in.key = binary.AppendVarint(in.key[:0], int64(class[s.at-1]))
			in.key = appendKey(in.key, s, number)
			c, ok := keys[string(in.key)]
			if !ok {
				c = len(keys)
				keys[string(in.key)] = c
			}
			next[s.at-1] = c
		}
		class = next
		if len(keys) == count {
			break
		}
		count = len(keys)
	}
	representative := make([]*schema, count)
	for _, s := range open {
		c := class[s.at-1]
		if representative[c] == nil {
			in.next++
			s.id = in.next
			representative[c] = s
		}
		unique[s.at-1] = representative[c]
	}
	for _, s := range open {
		s.children(func(child **schema) { *child = unique[(*child).at-1] })
	}
}

// children calls visit with every place in s that holds a schema. Absent ones are left out.
func (s *schema) children(visit func(child **schema)) {
	one := func(child **schema) {
		if *child != nil {
			visit(child)
		}
	}
	many := func(list []*schema) {
		for i := range list {
			visit(&list[i])
		}
	}
	many(s.allOf)
	many(s.anyOf)
	many(s.oneOf)
	one(&s.not)
	one(&s.ifs)
	one(&s.then)
	one(&s.els)
	if r := s.arrays; r != nil {
		many(r.prefix)
		one(&r.rest)
		one(&r.contains)
		one(&r.unevaluated)
	}
	if r := s.objects; r != nil {
		many(r.values)
		for i := range r.patterns {
			visit(&r.patterns[i].schema)
		}
		for i := range r.opaque {
			visit(&r.opaque[i].schema)
		}
		one(&r.additional)
		one(&r.opaqueAdditional)
		one(&r.propertyNames)
		for i := range r.dependent {
			visit(&r.dependent[i].schema)
		}
		one(&r.unevaluated)
	}
}

// appendKey appends a text that two schemas share exactly when they say the same, where number identifies the schemas
// they refer to.
func appendKey(key []byte, s *schema, number func(*schema) int) []byte {
	k := keyWriter{key, number}
	k.int(int(s.kinds))
	k.bool(s.integer)
	if s.values != nil {
		ids := sortedNames(s.values.index)
		k.int(len(ids))
		for _, id := range ids {
			k.text(id)
		}
	} else {
		k.int(-1)
	}
	k.set(s.allOf)
	k.set(s.anyOf)
	k.set(s.oneOf)
	k.schema(s.not)
	k.schema(s.ifs)
	k.schema(s.then)
	k.schema(s.els)
	if r := s.numbers; r != nil {
		k.tag('n')
		k.rat(r.min)
		k.rat(r.max)
		k.bool(r.minOpen)
		k.bool(r.maxOpen)
		k.rat(r.multipleOf)
	}
	if r := s.strings; r != nil {
		k.tag('s')
		k.int(r.minLength)
		k.int(r.maxLength)
		k.bool(r.pattern != nil)
		if r.pattern != nil {
			k.text(r.pattern.String())
		}
		for _, p := range r.predicates {
			k.tag('p')
			k.text(p.name)
		}
	}
	if r := s.arrays; r != nil {
		k.tag('a')
		k.arrays(r)
	}
	if r := s.objects; r != nil {
		k.tag('o')
		k.objects(r)
	}
	return k.key
}

// keyWriter writes keys in which no part can be mistaken for another.
type keyWriter struct {
	key    []byte
	number func(*schema) int
}

func (k *keyWriter) tag(c byte) { k.key = append(k.key, c) }
func (k *keyWriter) int(n int)  { k.key = binary.AppendVarint(k.key, int64(n)) }
func (k *keyWriter) text(s string) {
	k.int(len(s))
	k.key = append(k.key, s...)
}

func (k *keyWriter) bool(b bool) {
	if b {
		k.tag(1)
	} else {
		k.tag(0)
	}
}

func (k *keyWriter) rat(r *big.Rat) {
	if r == nil {
		k.int(-1)
		return
	}
	k.text(r.RatString())
}

func (k *keyWriter) schema(s *schema) {
	if s == nil {
		k.tag(0)
		return
	}
	k.tag(1)
	k.int(k.number(s))
}

func (k *keyWriter) list(list []*schema) {
	k.int(len(list))
	for _, s := range list {
		k.schema(s)
	}
}

// set is list where the order does not matter.
func (k *keyWriter) set(list []*schema) {
	if len(list) < 2 {
		k.list(list)
		return
	}
	numbers := make([]int, len(list))
	for i, s := range list {
		numbers[i] = k.number(s)
	}
	sort.Ints(numbers)
	k.int(len(list))
	for _, n := range numbers {
		k.tag(1)
		k.int(n)
	}
}

func (k *keyWriter) arrays(r *arrayRules) {
	k.list(r.prefix)
	k.schema(r.rest)
	k.bool(r.restEvaluated)
	k.int(r.minItems)
	k.int(r.maxItems)
	k.bool(r.unique)
	k.schema(r.contains)
	k.int(r.minContains)
	k.int(r.maxContains)
	k.bool(r.containsEvaluates)
	k.schema(r.unevaluated)
}

func (k *keyWriter) objects(r *objectRules) {
	k.int(len(r.names))
	for i, name := range r.names {
		k.text(name)
		k.schema(r.values[i])
	}
	k.int(len(r.patterns))
	for _, p := range r.patterns {
		k.text(p.pattern.String())
		k.schema(p.schema)
	}
	k.schema(r.additional)
	required := append([]string(nil), r.required...)
	sort.Strings(required)
	k.int(len(required))
	for _, name := range required {
		k.text(name)
	}
	k.int(r.minProperties)
	k.int(r.maxProperties)
	k.schema(r.propertyNames)
	k.int(len(r.needs))
	for _, n := range r.needs {
		k.text(n.name)
		k.int(len(n.others))
		for _, other := range n.others {
			k.text(other)
		}
	}
	k.int(len(r.dependent))
	for _, d := range r.dependent {
		k.text(d.name)
		k.schema(d.schema)
	}
	k.schema(r.unevaluated)
	k.int(len(r.opaque))
	for _, o := range r.opaque {
		k.text(o.pattern)
		k.schema(o.schema)
	}
	k.schema(r.opaqueAdditional)
}
