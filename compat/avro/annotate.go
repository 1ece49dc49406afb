package avro

import (
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/concord-registry/concord/formats/avro"
)

// annotation explains the binary encoding of a datum, one line for each part: its bytes, where it stands, what it says.
type annotation struct {
	lines []string
	cut   bool
}

const (
	maxAnnotation = 60 // lines
	maxLineBytes  = 12 // of data that a line shows
)

// annotate returns the lines for a datum whose root is named name.
func annotate(d *datum, name string) string {
	var a annotation
	a.datum(d, name)
	if a.cut {
		a.lines = append(a.lines, "…")
	}
	return strings.Join(a.lines, "\n")
}

func (a *annotation) line(data []byte, where, what string) {
	if len(a.lines) == maxAnnotation {
		a.cut = true
		return
	}
	shown := data
	if len(shown) > maxLineBytes {
		shown = shown[:maxLineBytes]
	}
	text := strings.TrimSpace(strings.Join(pairs(hex.EncodeToString(shown)), " "))
	if len(shown) < len(data) {
		text += " …"
	}
	if text == "" {
		text = "(none)"
	}
	a.lines = append(a.lines, fmt.Sprintf("%-12s %s: %s", text, where, what))
}

// pairs splits hexadecimal digits into bytes.
func pairs(digits string) []string {
	var out []string
	for i := 0; i+2 <= len(digits); i += 2 {
		out = append(out, digits[i:i+2])
	}
	return out
}

func (a *annotation) datum(d *datum, where string) {
	if a.cut {
		return
	}
	switch d.t.Kind {
	case avro.Record:
		for i := range d.parts {
			a.datum(&d.parts[i], where+"."+d.t.Fields[i].Name)
		}
	case avro.Union:
		a.line(appendLong(nil, d.n), where, fmt.Sprintf("branch %d, %s", d.n, branchName(d.t.Branches[d.n])))
		a.datum(&d.parts[0], where)
	case avro.Array, avro.Map:
		if len(d.parts) > 0 {
			a.line(appendLong(nil, int64(len(d.parts))), where, fmt.Sprintf("%d in this block", len(d.parts)))
		}
		for i := range d.parts {
			at := fmt.Sprintf("%s[%d]", where, i)
			if d.t.Kind == avro.Map {
				at = fmt.Sprintf("%s[%q]", where, d.keys[i])
				a.line(append(appendLong(nil, int64(len(d.keys[i]))), d.keys[i]...), at, "the key")
			}
			a.datum(&d.parts[i], at)
		}
		a.line([]byte{0}, where, "end")
	default:
		what := d.t.Kind.String() + " " + d.text()
		if len(what) > 80 {
			what = strings.ToValidUTF8(what[:80], "") + "…"
		}
		a.line(d.encode(nil), where, what)
	}
}
