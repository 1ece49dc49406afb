package compat

import (
	"fmt"
	"slices"
)

// Messages collects what the reference says of two schemas in one direction. There are as many differences as the schemas have parts,
// and more bytes than that where names are long: what is beyond the bounds is counted by one message at the end. The zero value is
// empty.
type Messages struct {
	list        []string
	bytes, left int
}

// The bounds of the messages about two schemas in one direction, and the errorType of the one that counts the others.
const (
	MaxMessages        = 10_000
	maxMessageBytes    = 4 << 20
	furtherDifferences = "FURTHER_DIFFERENCES"
)

// Add adds a message, which is only made when there is room for it.
func (m *Messages) Add(message func() string) {
	if len(m.list) == MaxMessages || m.bytes > maxMessageBytes {
		m.left++
		return
	}
	told := message()
	m.bytes += len(told)
	m.list = append(m.list, told)
}

// Left is how many messages there was no room for.
func (m *Messages) Left() int { return m.left }

// All lists the messages; nil when there are none.
func (m *Messages) All() []string {
	all := m.list
	if m.left > 0 {
		all = append(slices.Clip(all), fmt.Sprintf(`{errorType:"%s", description:"The two schemas differ in %d more places, which are not listed"}`, furtherDifferences, m.left))
	}
	return all
}
