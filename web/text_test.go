package web

import (
	"fmt"
	"strings"
	"testing"

	"golang.org/x/net/html"
	"pgregory.net/rapid"

	"github.com/concord-registry/concord/formats"
	"github.com/concord-registry/concord/registry"
)

// TestColouredTextIsTheText draws texts with every character that the colouring looks for, and reads them back.
func TestColouredTextIsTheText(t *testing.T) {
	piece := rapid.SampledFrom([]string{"\"", "'", "\\", "/", "//", "/*", "*/", "\n", "\r", " ", ":", "{", "}", "[", ",", "message", "string", "12", "-", "<b>", "&amp;", "ü日", "=", ";", "\x00", "\xff"})
	rapid.Check(t, func(t *rapid.T) {
		text := strings.ToValidUTF8(strings.Join(rapid.SliceOfN(piece, 0, 60).Draw(t, "pieces"), ""), "?")
		typ := rapid.SampledFrom(formats.Types()).Draw(t, "type")
		links := map[place]string{}
		for range rapid.IntRange(0, 4).Draw(t, "links") {
			links[place{rapid.IntRange(1, 4).Draw(t, "line"), rapid.IntRange(1, 30).Draw(t, "column")}] = `#L1"><script>`
		}
		lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
		shown, _ := source(typ, text, links)
		root, err := html.Parse(strings.NewReader("<pre>\n" + string(shown) + "</pre>"))
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for n := range root.Descendants() {
			if n.Type != html.ElementNode {
				continue
			}
			if n.Data == "script" || n.Data == "b" {
				t.Fatalf("the text became markup: %s", shown)
			}
			for _, a := range n.Attr {
				if a.Key == "data-text" {
					var b strings.Builder
					for c := range n.Descendants() {
						if c.Type == html.TextNode {
							b.WriteString(c.Data)
						}
					}
					got = append(got, b.String())
				}
			}
		}
		// The parser of HTML takes a carriage return for the end of a line, and a zero for nothing or for a mark.
		plain := strings.NewReplacer("\r", "", "\n", "", "\x00", "", "\uFFFD", "")
		if len(got) != len(lines) || plain.Replace(strings.Join(got, "")) != plain.Replace(strings.Join(lines, "")) {
			t.Fatalf("%q became %q", lines, got)
		}
	})
}

func TestAGraphIsDrawnWhateverRefersToWhat(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		version := rapid.Custom(func(t *rapid.T) registry.SubjectVersion {
			return registry.SubjectVersion{Subject: rapid.SampledFrom([]string{"a", "b", "c", "d", "e"}).Draw(t, "subject"), Version: 1}
		})
		at := version.Draw(t, "at")
		// As Describe tells them: each arrow begins (or ends) at something that was reached before; circles are possible.
		d := &registry.Description{}
		reached := []registry.SubjectVersion{at}
		for range rapid.IntRange(0, 12).Draw(t, "uses") {
			to := version.Draw(t, "to")
			d.Uses = append(d.Uses, registry.Arrow{From: rapid.SampledFrom(reached).Draw(t, "from"), To: to})
			reached = append(reached, to)
		}
		reached = []registry.SubjectVersion{at}
		for range rapid.IntRange(0, 12).Draw(t, "used") {
			from := version.Draw(t, "from")
			d.UsedBy = append(d.UsedBy, registry.Arrow{From: from, To: rapid.SampledFrom(reached).Draw(t, "to")})
			reached = append(reached, from)
		}
		g := drawGraph(Links{}, at, d)
		if g == nil {
			if len(d.Uses)+len(d.UsedBy) > 0 {
				t.Fatal("nothing was drawn")
			}
			return
		}
		here := 0
		for i, n := range g.Nodes {
			if n.Here {
				here++
			}
			if n.X < 0 || n.Y < 0 || n.X+n.Width > g.Width || n.Y+n.Height > g.Height {
				t.Fatalf("%+v lies outside %d × %d", n, g.Width, g.Height)
			}
			for _, o := range g.Nodes[:i] {
				if n.X == o.X && n.Y < o.Y+o.Height && o.Y < n.Y+n.Height {
					t.Fatalf("%+v lies over %+v", n, o)
				}
			}
		}
		if here != 1 || len(g.Edges) != len(d.Uses)+len(d.UsedBy) {
			t.Fatalf("%d nodes are the page's own, %d arrows", here, len(g.Edges))
		}
	})
}

func TestTheOwnVersionIsInSightInATallGraph(t *testing.T) {
	at := registry.SubjectVersion{Subject: "at", Version: 1}
	d := &registry.Description{}
	for i := range 60 {
		d.Uses = append(d.Uses, registry.Arrow{From: at, To: registry.SubjectVersion{Subject: fmt.Sprint("used", i), Version: 1}})
	}
	g := drawGraph(Links{}, at, d)
	for _, n := range g.Nodes {
		if n.Here && n.Y > firstRows*(nodeHeight+rowGap)/2 {
			t.Errorf("it stands at %d of %d", n.Y, g.Height)
		}
	}
}

func TestNamesBetweenBackticksAreSetAsCode(t *testing.T) {
	for text, want := range map[string]string{
		"Give `lines` a default.":          "Give <code>lines</code> a default.",
		"`a` and `<b>`":                    "<code>a</code> and <code>&lt;b&gt;</code>",
		"a backtick ` alone, and <script>": "a backtick ` alone, and &lt;script&gt;",
		"":                                 "",
	} {
		if got := string(coded(text)); got != want {
			t.Errorf("%q became %q, not %q", text, got, want)
		}
	}
}
