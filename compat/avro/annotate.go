package avro

import (
	"encoding/binary"
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
func annotate(d *avro.Datum, name string) string {
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

func (a *annotation) datum(d *avro.Datum, where string) {
	if a.cut {
		return
	}
	switch d.Type.Kind {
	case avro.Record:
		for i := range d.Parts {
			a.datum(&d.Parts[i], where+"."+d.Type.Fields[i].Name)
		}
	case avro.Union:
		a.line(binary.AppendVarint(nil, d.Int), where, fmt.Sprintf("branch %d, %s", d.Int, d.Type.Branches[d.Int].BranchName()))
		a.datum(&d.Parts[0], where)
	case avro.Array, avro.Map:
		if len(d.Parts) > 0 {
			a.line(binary.AppendVarint(nil, int64(len(d.Parts))), where, fmt.Sprintf("%d in this block", len(d.Parts)))
		}
		for i := range d.Parts {
			at := fmt.Sprintf("%s[%d]", where, i)
			if d.Type.Kind == avro.Map {
				at = fmt.Sprintf("%s[%q]", where, d.Keys[i])
				a.line(append(binary.AppendVarint(nil, int64(len(d.Keys[i]))), d.Keys[i]...), at, "the key")
			}
			a.datum(&d.Parts[i], at)
		}
		a.line([]byte{0}, where, "end")
	default:
		what := d.Type.Kind.String() + " " + d.JSON()
		if len(what) > 80 {
			what = strings.ToValidUTF8(what[:80], "") + "…"
		}
		a.line(d.Encode(nil), where, what)
	}
}
