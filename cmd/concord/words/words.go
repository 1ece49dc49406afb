// Package words puts what commands tell into words.
package words

import "fmt"

// Counted is a number with its noun, which forms its plural with an s: "1 subject", "2 subjects".
func Counted(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
