package protobuf

import (
	"math"
	"sort"
	"strconv"
	"strings"
)

// reserved writes reserved statements: as written, or one value each in order of number and then of name. Last is the
// largest number there is, which is written as max.
func (p *printer) reserved(statements []Reserved, last int32) {
	if !p.normalize() {
		for _, r := range statements {
			p.reservedLine(r.Values, last)
		}
		return
	}
	var values []ReservedValue
	for _, r := range statements {
		values = append(values, r.Values...)
	}
	sort.SliceStable(values, func(i, j int) bool {
		a, b := values[i], values[j]
		if a.order() != b.order() {
			return a.order() < b.order()
		}
		if a.Name != nil && b.Name != nil {
			return *a.Name < *b.Name
		}
		return a.Name == nil && b.Name == nil && a.Range.End < b.Range.End
	})
	for _, v := range values {
		p.reservedLine([]ReservedValue{v}, last)
	}
}

// order is what reserved values are sorted by first: ranges by their start, names behind them.
func (v ReservedValue) order() int32 {
	if v.Name != nil {
		return math.MaxInt32
	}
	return v.Range.Start
}

func (p *printer) reservedLine(values []ReservedValue, last int32) {
	written := make([]string, len(values))
	for i, v := range values {
		switch {
		case v.Name != nil && p.edition && isIdentifier(*v.Name):
			written[i] = *v.Name
		case v.Name != nil:
			written[i] = `"` + escape(*v.Name) + `"`
		default:
			written[i] = v.Range.text(p.normalize(), last)
		}
	}
	p.line("reserved ", strings.Join(written, ", "), ";")
}

func (p *printer) extensions(statements []Extensions) {
	if p.normalize() {
		var single []Extensions
		for _, x := range statements {
			for _, r := range x.Ranges {
				single = append(single, Extensions{Ranges: []Range{r}, Options: x.Options})
			}
		}
		sort.SliceStable(single, func(i, j int) bool { return single[i].Ranges[0].Start < single[j].Ranges[0].Start })
		statements = single
	}
	for _, x := range statements {
		written := make([]string, len(x.Ranges))
		for i, r := range x.Ranges {
			written[i] = r.text(p.normalize(), maxNumber)
		}
		p.start()
		p.write("extensions ", strings.Join(written, ", "))
		if options := p.options(x.Options); len(options) > 0 {
			p.write(" ")
			p.bracketed(options)
		}
		p.write(";\n")
	}
}

func (r Range) text(normalize bool, last int32) string {
	switch {
	case r.Single || normalize && r.Start == r.End:
		return strconv.Itoa(int(r.Start))
	case r.ToMax || r.End >= last:
		return strconv.Itoa(int(r.Start)) + " to max"
	}
	return strconv.Itoa(int(r.Start)) + " to " + strconv.Itoa(int(r.End))
}

// extendBlocks returns the extend blocks to print: the normalized text has one for each extended message.
func (p *printer) extendBlocks(extends []*Extend) []*Extend {
	if p.standard {
		return nil
	}
	if !p.normalize() {
		return extends
	}
	var merged []*Extend
	index := map[string]*Extend{}
	for _, e := range extends {
		t := p.scope.Find(e.Extendee)
		if t == nil {
			p.fail(unresolved(e.Extendee))
			return nil
		}
		name := "." + p.scope.fullName(t.at)
		if index[name] == nil {
			index[name] = &Extend{Extendee: name}
			merged = append(merged, index[name])
		}
		into := index[name]
		into.Fields = append(into.Fields, e.Fields...)
		into.Groups = append(into.Groups, e.Groups...)
	}
	return merged
}

func (p *printer) extends(extends []*Extend) {
	for _, e := range extends {
		p.block("extend "+e.Extendee, func(section func(write func())) {
			if len(e.Fields)+len(e.Groups) > 0 {
				section(func() {
					p.fields(e.Fields)
					p.fields(e.Groups)
				})
			}
		})
		p.write("\n")
	}
}

func (p *printer) service(s *Service) {
	p.block("service "+s.Name, func(section func(write func())) {
		if options := p.options(s.Options); len(options) > 0 {
			section(func() { p.optionLines(options) })
		}
		if len(s.Methods) > 0 {
			section(func() {
				for _, m := range s.Methods {
					p.method(m)
				}
			})
		}
	})
	p.write("\n")
}

func (p *printer) method(m *Method) {
	p.start()
	p.write("rpc ", m.Name, " (")
	p.parameter(m.Input, m.InputStreaming)
	p.write(") returns (")
	p.parameter(m.Output, m.OutputStreaming)
	p.write(")")
	if options := p.options(m.Options); len(options) > 0 {
		p.write(" {\n")
		p.indent++
		p.optionLines(options)
		p.indent--
		p.start()
		p.write("}")
	}
	p.write(";\n")
}

func (p *printer) parameter(name string, streaming bool) {
	if streaming {
		p.write("stream ")
	}
	p.typeName(name)
}
