package inclusion

func (sv *solver) acceptsObject(r *objectRules, v map[string]any, own *seen, depth int) truth {
	if len(v) < r.minProperties || r.maxProperties != none && len(v) > r.maxProperties {
		return no
	}
	for _, name := range r.required {
		if _, ok := v[name]; !ok {
			return no
		}
	}
	result := yes
	if len(r.opaque) > 0 && len(v) > 0 {
		result = unsure
		if own != nil {
			own.all, own.doubt = own.all || r.opaqueAdditional != nil, own.doubt || r.opaqueAdditional == nil
		}
	}
	apply := func(s *schema, instance any) { result = min(result, sv.accepts(s, instance, nil, depth+1)) }
	for name, value := range v {
		mentioned := false
		if s := r.property(name); s != nil {
			mentioned = true
			apply(s, value)
		}
		for _, p := range r.patterns {
			switch sv.budget.match(p.pattern, name) {
			case yes:
				mentioned = true
				apply(p.schema, value)
			case unsure:
				return unsure
			}
		}
		if r.additional != nil && !mentioned {
			apply(r.additional, value)
		}
		if mentioned || r.additional != nil {
			own.name(name)
		}
		if r.propertyNames != nil {
			apply(r.propertyNames, name)
		}
		if result == no {
			return no
		}
	}
	if r.additional != nil {
		own.everything()
	}
	return min(result, sv.acceptsDependencies(r, v, own, depth))
}

func (sv *solver) acceptsDependencies(r *objectRules, v map[string]any, own *seen, depth int) truth {
	for _, n := range r.needs {
		if _, ok := v[n.name]; !ok {
			continue
		}
		for _, other := range n.others {
			if _, ok := v[other]; !ok {
				return no
			}
		}
	}
	result := yes
	for _, d := range r.dependent {
		if _, ok := v[d.name]; !ok {
			continue
		}
		var inner *seen
		if own != nil {
			inner = &seen{}
		}
		switch t := sv.accepts(d.schema, v, inner, depth+1); t {
		case no:
			return no
		case unsure:
			result = unsure
			if own != nil {
				own.doubt = true
			}
		default:
			if own != nil {
				own.join(inner)
			}
		}
	}
	return result
}

// object is what the facts of a branch say about an object.
type object struct {
	sv        *solver
	must      map[string]bool // names that must be there
	mustOrder []string
	lacks     map[string]bool
	values    map[string][]literal // of single properties, if they are there
	members   []*objectRules
	scopes    []propertiesAre
	demands   []demand
	names     []literal // for every name
	minimum   int
	maximum   int // none when unbounded
	allowed   map[string]verdict
	mentioned []string
	listed    bool // mentioned is complete
}

// demand asks for a property: whose name is in scope, or satisfies name, and whose value satisfies value.
type demand struct {
	scope scope
	value goal
	name  goal
}

func (b *branch) readObject() *object {
	o := &object{sv: b.sv, maximum: none}
	for _, f := range b.facts {
		switch f := f.(type) {
		case has:
			o.need(f.name)
		case lacks:
			if o.lacks == nil {
				o.lacks = map[string]bool{}
			}
			o.lacks[f.name] = true
		case propertyIs:
			o.need(f.name)
			if o.values == nil {
				o.values = map[string][]literal{}
			}
			o.values[f.name] = append(o.values[f.name], f.is)
		case members:
			o.members = append(o.members, f.rules)
		case propertiesAre:
			o.scopes = append(o.scopes, f)
		case someProperty:
			o.demands = append(o.demands, demand{scope: f.scope, value: goal{f.is}})
		case someName:
			o.demands = append(o.demands, demand{name: goal{f.is}})
		case namesAre:
			o.names = append(o.names, f.is)
		case minProperties:
			o.minimum = max(o.minimum, f.n)
		case maxProperties:
			if o.maximum == none || f.n < o.maximum {
				o.maximum = f.n
			}
		}
	}
	return o
}

func (o *object) need(name string) {
	if o.must == nil {
		o.must = map[string]bool{}
	}
	if !o.must[name] {
		o.must[name] = true
		o.mustOrder = append(o.mustOrder, name)
	}
}

// valueOf is the goal for the value of a property, if it is there.
func (o *object) valueOf(name string) goal {
	var g goal
	g = append(g, o.values[name]...)
	for _, r := range o.members {
		mentioned := false
		if s := r.property(name); s != nil {
			mentioned = true
			g = append(g, is(s))
		}
		for _, p := range r.patterns {
			switch o.sv.budget.match(p.pattern, name) {
			case yes:
				mentioned = true
				g = append(g, is(p.schema))
			case unsure:
				return g // asks for less, which is never taken for a proof
			}
		}
		if r.additional != nil && !mentioned {
			g = append(g, is(r.additional))
		}
	}
	for _, s := range o.scopes {
		if s.scope.contains(o.sv.budget, name) == yes {
			g = append(g, s.is)
		}
	}
	return g
}

// admits reports whether a property of this name may be there, as far as its name goes.
func (o *object) admits(name string) verdict {
	if o.lacks[name] {
		return empty
	}
	if len(o.names) == 0 {
		return inhabited
	}
	if v, ok := o.allowed[name]; ok {
		return v
	}
	v := [...]verdict{no: empty, unsure: open, yes: inhabited}[o.sv.satisfies(name, o.names)]
	if o.allowed == nil {
		o.allowed = map[string]verdict{}
	}
	o.allowed[name] = v
	return v
}

// value returns a value for a property that is to be there and satisfy more.
func (o *object) value(name string, more goal) answer {
	switch o.admits(name) {
	case empty:
		return answer{verdict: empty}
	case open:
		return answer{}
	}
	return o.sv.part(o.valueOf(name).with(more...))
}

// refutes reports whether a fact about objects contradicts those at hand. It sees what is easy to see.
func (o *object) refutes(f fact) bool {
	switch f := f.(type) {
	case has:
		return !o.must[f.name] && (o.full() || o.value(f.name, nil).verdict == empty)
	case lacks:
		return o.must[f.name]
	case propertyIs:
		return !o.must[f.name] && o.full() || o.value(f.name, goal{f.is}).verdict == empty
	case someProperty, someName:
		return o.maximum == 0
	case minProperties:
		return o.maximum != none && f.n > o.maximum
	case maxProperties:
		return f.n < o.minimum || f.n < len(o.must)
	}
	return false
}

// contradictory reports whether a property that must be there cannot be.
func (o *object) contradictory() bool {
	if o.maximum != none && (len(o.must) > o.maximum || o.minimum > o.maximum) {
		return true
	}
	for _, name := range o.mustOrder {
		if o.value(name, nil).verdict == empty {
			return true
		}
	}
	return false
}

// full reports whether no further property fits in.
func (o *object) full() bool { return o.maximum != none && len(o.must) >= o.maximum }
