package inclusion

// maxValidation is how many applications of a schema to a part of an instance the validator may need. It applies every
// schema it meets, so that references that fan out can make it take exponentially long.
const maxValidation = 500_000

// applications counts what the validator would do for an instance, up to maxValidation.
func (sv *solver) applications(roots []*schema, instance any) int {
	c := &coster{known: map[application]int{}}
	part := c.number(instance)
	total := 0
	for _, s := range roots {
		total += c.cost(s, part, 0)
	}
	return total
}

type application struct {
	schema *schema
	part   *part
}

// part is a value inside an instance. Values are numbered by place, since equal ones may be shared.
type part struct {
	value any
	items []*part
	names map[string]*part
}

type coster struct{ known map[application]int }

func (c *coster) number(value any) *part {
	p := &part{value: value}
	switch v := value.(type) {
	case []any:
		for _, item := range v {
			p.items = append(p.items, c.number(item))
		}
	case map[string]any:
		p.names = make(map[string]*part, len(v))
		for name, item := range v {
			p.names[name] = c.number(item)
		}
	}
	return p
}

func (c *coster) cost(s *schema, p *part, depth int) int {
	if s == nil {
		return 0
	}
	if depth > maxApplications || len(c.known) > maxValidation {
		return maxValidation + 1
	}
	key := application{s, p}
	if n, ok := c.known[key]; ok {
		return n
	}
	total := 1
	add := func(s *schema, p *part) { total = min(total+c.cost(s, p, depth+1), maxValidation+1) }
	for _, list := range [][]*schema{s.allOf, s.anyOf, s.oneOf, {s.not, s.ifs, s.then, s.els}} {
		for _, inner := range list {
			add(inner, p)
		}
	}
	if r := s.arrays; r != nil {
		for i, item := range p.items {
			if i < len(r.prefix) {
				add(r.prefix[i], item)
			} else {
				add(r.rest, item)
			}
			add(r.contains, item)
			add(r.unevaluated, item)
		}
	}
	if r := s.objects; r != nil {
		for name, item := range p.names {
			add(r.property(name), item)
			for _, pattern := range r.patterns {
				add(pattern.schema, item)
			}
			add(r.additional, item)
			add(r.unevaluated, item)
		}
		for _, d := range r.dependent {
			add(d.schema, p)
		}
	}
	c.known[key] = total
	return total
}
