package protobuf

import (
	"google.golang.org/protobuf/encoding/protowire"

	format "github.com/concord-registry/concord/formats/protobuf"
)

// messageSet notes that what one side writes as a message set is read by the other as fields, or the other way round. It
// is shown with an extension that both know; there can always be others, in files that are not here.
func (a *analysis) messageSet(v *visit) {
	c := &cause{code: codeMessageSet, class: silentDrop, exact: true, spec: true, at: v, noRecord: "the records that show it hold extensions, and the schemas declare none that both know"}
	for _, fw := range v.w.Fields {
		if fr := v.r.Field(fw.Number); fr != nil && fw.Message != nil && fr.Message != nil && writable(fw) {
			c.w, c.r, c.contents, c.noRecord = fw, fr, []content{filled(fw)}, ""
			break
		}
	}
	a.add(c)
}

// setItem is an extension as a message set holds it.
func setItem(p part) part {
	inside := []part{
		{number: format.SetTypeNumber, item: item{kind: protowire.VarintType, n: uint64(p.number)}},
		{number: format.SetMessageNumber, item: item{kind: protowire.BytesType, b: p.b}, inside: p.inside},
	}
	return part{number: format.SetItemNumber, item: item{kind: protowire.StartGroupType, b: encodeParts(inside)}, inside: inside}
}
