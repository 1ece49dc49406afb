// Package inclusion decides whether every instance of one JSON Schema is an instance of another.
//
// The question is turned around: is there an instance of the writer that the reader rejects? The solver tries to build
// one. If it succeeds, the instance is shown to an independent validator before anyone else sees it; if it can prove that
// there is none, the writer is included in the reader; if neither succeeds within the budget the answer is "undecided".
//
// The way from question to answer:
//
//   - build.go turns the validator's compiled schemas into schema values in which the differences between drafts are gone;
//     intern.go makes those that say the same identical, so that what did not change costs nothing.
//   - A goal (goal.go) is a set of literals, "accepted by this schema" or "not accepted by that one". solve.go remembers what is
//     known about goals and takes care of recursion.
//   - A branch (branch.go) is an attempt to satisfy a goal with an instance of one kind. require.go and violate.go take literals
//     apart into facts (facts.go) and choices; unevaluated.go does so for the two keywords that depend on the outcome of others.
//   - When only facts are left, numbers.go, strings.go, arrays.go (with row.go) and objects.go build the instance, asking for the
//     goals of its parts in turn. Regular expressions are handled by package automaton.
//
// The meaning of a keyword is the one that github.com/santhosh-tekuri/jsonschema/v5 gives it, since it is the validator.
package inclusion
