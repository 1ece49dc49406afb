// Package automaton answers questions about the languages of regular expressions: is there a string that matches these
// patterns, none of those, is so many characters long and not one of these words - and which is the shortest?
//
// A pattern means what Go's regexp.MatchString makes of it (RE2, unanchored, over Unicode code points), because that is
// what the validator runs. Patterns become deterministic automata, state by state as they are needed, and a question is
// a breadth-first walk through their product. Nothing here backtracks; the work is counted against a Meter.
package automaton

import "errors"

// Meter counts work. It is called with a number of steps about to be done and returns an error when they may not be.
type Meter func(steps int) error

// ErrTooLarge says that an automaton has more states than are kept in memory.
var ErrTooLarge = errors.New("the automaton of a pattern has too many states")

// maxStates bounds the states of one pattern and of one product.
const maxStates = 40_000
