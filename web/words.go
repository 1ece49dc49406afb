package web

import (
	"fmt"
	"html/template"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// ago says how long ago a time in milliseconds was, roughly; empty when it is not known.
func ago(ms int64) string {
	if ms == 0 {
		return ""
	}
	d := time.Since(time.UnixMilli(ms))
	switch {
	case d < time.Minute:
		return "just now"
	case d < time.Hour:
		return plural(int(d/time.Minute), "minute") + " ago"
	case d < 24*time.Hour:
		return plural(int(d/time.Hour), "hour") + " ago"
	case d < 30*24*time.Hour:
		return plural(int(d/(24*time.Hour)), "day") + " ago"
	case d < 365*24*time.Hour:
		return plural(int(d/(30*24*time.Hour)), "month") + " ago"
	}
	return plural(int(d/(365*24*time.Hour)), "year") + " ago"
}

// when is a time in milliseconds for machines and for a tooltip.
func when(ms int64) string {
	if ms == 0 {
		return ""
	}
	return time.UnixMilli(ms).UTC().Format("2006-01-02 15:04:05 UTC")
}

// machineTime is a time in milliseconds as the attribute datetime wants it.
func machineTime(ms int64) string { return time.UnixMilli(ms).UTC().Format(time.RFC3339) }

// plural counts things.
func plural(n int, word string) string {
	if n == 1 {
		return "1 " + word
	}
	return number(n) + " " + word + "s"
}

// number writes a number with its thousands apart.
func number(n int) string {
	if n < 0 {
		return "-" + number(-n)
	}
	if n < 1000 {
		return strconv.Itoa(n)
	}
	return fmt.Sprintf("%s,%03d", number(n/1000), n%1000)
}

// breakable lets a name be broken after the signs that part it, so that it is broken within a word only where nothing else
// helps.
func breakable(name string) template.HTML {
	return template.HTML(nameParts.Replace(template.HTMLEscapeString(name)))
}

var nameParts = strings.NewReplacer(".", ".<wbr>", "/", "/<wbr>", "_", "_<wbr>")

// rem writes a length in pixels so that it grows with the size of the text.
func rem(pixels int) string { return strconv.FormatFloat(float64(pixels)/16, 'f', -1, 64) + "rem" }

// webAddress reports whether a text is the address of a page.
func webAddress(text string) bool {
	u, err := url.Parse(text)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != ""
}

// coded sets what stands between backticks as code. A backtick without its pair stays as it is.
func coded(text string) template.HTML {
	var out strings.Builder
	for {
		before, rest, opened := strings.Cut(text, "`")
		name, after, closed := strings.Cut(rest, "`")
		if !opened || !closed {
			out.WriteString(template.HTMLEscapeString(text))
			return template.HTML(out.String())
		}
		out.WriteString(template.HTMLEscapeString(before) + "<code>" + template.HTMLEscapeString(name) + "</code>")
		text = after
	}
}
