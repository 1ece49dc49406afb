package automaton

import (
	"encoding/binary"
	"regexp"
	"regexp/syntax"
	"slices"
	"unicode"
)

// Pattern is a regular expression as a deterministic automaton that grows as it is walked. It is not safe for concurrent
// use.
type Pattern struct {
	source   string
	regexp   *regexp.Regexp
	prog     *syntax.Prog
	anchored bool // can only match at the beginning
	alphabet alphabet
	letter   []rune // one code point of each class

	states []state
	index  map[string]int32
	size   int // numbers kept in states
	marks  []uint32
	mark   uint32
}

// state is a set of places in the program, together with what is known about the character before.
type state struct {
	places []uint32
	before syntax.EmptyOp // what still matters of the character before; see settle
	final  int8           // whether a string may end here: 0 unknown, 1 yes, -1 no
	next   []int32        // by class; unknown until walked
}

const (
	unknown = -1
	matched = 0 // the state of a string that matches however it goes on
	failed  = 1 // the state of a string that cannot match any more
)

// Compile reads a regular expression in the syntax of regexp.Compile.
func Compile(source string) (*Pattern, error) {
	re, err := regexp.Compile(source)
	if err != nil {
		return nil, err
	}
	return New(re)
}

// New makes the automaton of a regular expression.
func New(re *regexp.Regexp) (*Pattern, error) {
	parsed, err := syntax.Parse(re.String(), syntax.Perl)
	if err != nil {
		return nil, err
	}
	prog, err := syntax.Compile(parsed.Simplify())
	if err != nil {
		return nil, err
	}
	p := &Pattern{source: re.String(), regexp: re, prog: prog, index: map[string]int32{}, marks: make([]uint32, len(prog.Inst))}
	p.anchored = prog.StartCond()&syntax.EmptyBeginText != 0
	p.alphabet = alphabetOf(prog)
	p.letter, _ = p.alphabet.letters()
	p.states = []state{{final: 1}, {final: -1}}
	return p, nil
}

// Source is the text of the regular expression.
func (p *Pattern) Source() string { return p.source }

// MatchString reports whether s matches, by way of package regexp.
func (p *Pattern) MatchString(s string) bool { return p.regexp.MatchString(s) }

// alphabetOf finds the classes of characters that no instruction of the program tells apart.
func alphabetOf(prog *syntax.Prog) alphabet {
	var cuts []rune
	var tests []*syntax.Inst
	boundaries, lines := false, false
	seen := map[string]bool{}
	var key []byte
	for i := range prog.Inst {
		inst := &prog.Inst[i]
		switch inst.Op {
		case syntax.InstEmptyWidth:
			op := syntax.EmptyOp(inst.Arg)
			boundaries = boundaries || op&(syntax.EmptyWordBoundary|syntax.EmptyNoWordBoundary) != 0
			lines = lines || op&(syntax.EmptyBeginLine|syntax.EmptyEndLine) != 0
		case syntax.InstRune, syntax.InstRune1, syntax.InstRuneAny, syntax.InstRuneAnyNotNL:
			key = binary.AppendUvarint(append(key[:0], byte(inst.Op)), uint64(inst.Arg))
			for _, r := range inst.Rune {
				key = binary.AppendUvarint(key, uint64(r))
			}
			if !seen[string(key)] {
				seen[string(key)] = true
				tests = append(tests, inst)
				cuts = appendCuts(cuts, inst)
			}
		}
	}
	if boundaries {
		cuts = append(cuts, '0', '9'+1, 'A', 'Z'+1, '_', '_'+1, 'a', 'z'+1)
	}
	if lines {
		cuts = append(cuts, '\n', '\n'+1)
	}
	return partition(cuts, func(key []byte, r rune) []byte {
		key = append(key, bit(boundaries && syntax.IsWordChar(r)), bit(lines && r == '\n'))
		for _, inst := range tests {
			key = append(key, bit(inst.MatchRune(r)))
		}
		return key
	})
}

// appendCuts adds the code points at which the answer of inst may change.
func appendCuts(cuts []rune, inst *syntax.Inst) []rune {
	switch {
	case inst.Op == syntax.InstRuneAnyNotNL:
		return append(cuts, '\n', '\n'+1)
	case len(inst.Rune) == 1:
		r := inst.Rune[0]
		cuts = append(cuts, r, r+1)
		if syntax.Flags(inst.Arg)&syntax.FoldCase != 0 {
			for f := unicode.SimpleFold(r); f != r; f = unicode.SimpleFold(f) {
				cuts = append(cuts, f, f+1)
			}
		}
		return cuts
	}
	for i := 0; i+1 < len(inst.Rune); i += 2 {
		cuts = append(cuts, inst.Rune[i], inst.Rune[i+1]+1)
	}
	return cuts
}

func bit(b bool) byte {
	if b {
		return 1
	}
	return 0
}

// start is the state before the first character.
func (p *Pattern) start(meter Meter) (int32, error) {
	return p.settle([]uint32{uint32(p.prog.Start)}, syntax.EmptyBeginText|syntax.EmptyBeginLine|syntax.EmptyNoWordBoundary, meter)
}

// Of the character before a place, two things can matter to an assertion there: that there was none or a line ended
// (EmptyBeginText, EmptyBeginLine), and whether it was a word character. For the latter settle borrows two flags:
// EmptyWordBoundary stands for "was a word character", EmptyNoWordBoundary for "was not".
func before(r rune) syntax.EmptyOp {
	op := syntax.EmptyNoWordBoundary
	if syntax.IsWordChar(r) {
		op = syntax.EmptyWordBoundary
	}
	if r == '\n' {
		op |= syntax.EmptyBeginLine
	}
	return op
}

// settle follows everything that consumes no character and does not depend on the next one, and returns the state that
// results.
func (p *Pattern) settle(places []uint32, prior syntax.EmptyOp, meter Meter) (int32, error) {
	const backward = syntax.EmptyBeginText | syntax.EmptyBeginLine
	settled, match, pending := p.follow(places, func(op syntax.EmptyOp) verdict {
		switch {
		case op&backward&^prior != 0:
			return no
		case op&^backward == 0:
			return yes
		}
		return later
	})
	if match {
		return matched, nil
	}
	if len(settled) == 0 && p.anchored {
		return failed, nil
	}
	if !pending {
		prior = 0
	}
	slices.Sort(settled)
	return p.intern(settled, prior, meter)
}

type verdict int8

const (
	no verdict = iota
	yes
	later
)

// follow computes the places reachable without consuming a character. Places that consume one, and assertions that
// holds decides later, are returned; match reports that the end of the pattern is reached.
func (p *Pattern) follow(places []uint32, holds func(syntax.EmptyOp) verdict) (reached []uint32, match, pending bool) {
	p.mark++
	stack := append([]uint32(nil), places...)
	for len(stack) > 0 {
		place := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if p.marks[place] == p.mark {
			continue
		}
		p.marks[place] = p.mark
		inst := &p.prog.Inst[place]
		switch inst.Op {
		case syntax.InstAlt, syntax.InstAltMatch:
			stack = append(stack, inst.Out, inst.Arg)
		case syntax.InstCapture, syntax.InstNop:
			stack = append(stack, inst.Out)
		case syntax.InstMatch:
			match = true
		case syntax.InstFail:
		case syntax.InstEmptyWidth:
			switch holds(syntax.EmptyOp(inst.Arg)) {
			case yes:
				stack = append(stack, inst.Out)
			case later:
				pending = true
				reached = append(reached, place)
			}
		default:
			reached = append(reached, place)
		}
	}
	return reached, match, pending
}

// resolve is follow with everything known: the state's own past, and what comes next (op).
func (p *Pattern) resolve(s *state, op syntax.EmptyOp, nextIsWord bool) (reached []uint32, match bool) {
	wasWord := s.before&syntax.EmptyWordBoundary != 0
	actual := op | s.before&(syntax.EmptyBeginText|syntax.EmptyBeginLine)
	if wasWord != nextIsWord {
		actual |= syntax.EmptyWordBoundary
	} else {
		actual |= syntax.EmptyNoWordBoundary
	}
	reached, match, _ = p.follow(s.places, func(op syntax.EmptyOp) verdict {
		if op&^actual == 0 {
			return yes
		}
		return no
	})
	return reached, match
}

func (p *Pattern) intern(places []uint32, prior syntax.EmptyOp, meter Meter) (int32, error) {
	key := make([]byte, 1, 1+2*len(places))
	key[0] = byte(prior)
	for _, place := range places {
		key = binary.AppendUvarint(key, uint64(place))
	}
	if id, ok := p.index[string(key)]; ok {
		return id, nil
	}
	p.size += len(places) + p.alphabet.count
	if len(p.states) >= maxStates || p.size > 100*maxStates {
		return 0, ErrTooLarge
	}
	if err := meter(1 + len(places)/8); err != nil {
		return 0, err
	}
	next := make([]int32, p.alphabet.count)
	for i := range next {
		next[i] = unknown
	}
	id := int32(len(p.states))
	p.states = append(p.states, state{places: places, before: prior, next: next})
	p.index[string(key)] = id
	return id, nil
}

// step walks from a state over a character of the given class.
func (p *Pattern) step(id, class int32, meter Meter) (int32, error) {
	if id == matched || id == failed {
		return id, nil
	}
	if next := p.states[id].next[class]; next != unknown {
		return next, nil
	}
	r := p.letter[class]
	var op syntax.EmptyOp
	if r == '\n' {
		op = syntax.EmptyEndLine
	}
	reached, match := p.resolve(&p.states[id], op, syntax.IsWordChar(r))
	next, err := int32(matched), error(nil)
	if !match {
		var out []uint32
		for _, place := range reached {
			if inst := &p.prog.Inst[place]; inst.MatchRune(r) {
				out = append(out, inst.Out)
			}
		}
		if !p.anchored {
			out = append(out, uint32(p.prog.Start))
		}
		if next, err = p.settle(out, before(r), meter); err != nil {
			return 0, err
		}
	}
	p.states[id].next[class] = next
	return next, nil
}

// accepts reports whether a string that ends in the state matches.
func (p *Pattern) accepts(id int32) bool {
	s := &p.states[id]
	if s.final == 0 {
		s.final = -1
		if _, match := p.resolve(s, syntax.EmptyEndText|syntax.EmptyEndLine, false); match {
			s.final = 1
		}
	}
	return s.final > 0
}
