package registry

import (
	"strings"
	"unicode"
)

// maxRegistrant bounds each part of what is kept of who has registered a version, in characters.
const maxRegistrant = 128

// Presentable gives who sends a request the form in which it is kept and shown: what a client says of itself may be
// anything.
func Presentable(by Registrant) Registrant {
	return Registrant{Principal: oneLine(by.Principal), Client: oneLine(by.Client)}
}

// oneLine keeps what of a text can be seen, up to maxRegistrant characters.
func oneLine(text string) string {
	var b strings.Builder
	left := maxRegistrant
	for _, r := range strings.TrimSpace(text) {
		if left == 0 {
			break
		}
		if unicode.IsPrint(r) && r != unicode.ReplacementChar {
			b.WriteRune(r)
			left--
		}
	}
	return b.String()
}
