package web_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/concord-registry/concord/registry"
)

// changing has four versions: the second adds a field with a default, the third one without, the fourth removes one.
func changing(s *site, subject string) {
	fields := func(list ...string) string {
		return `{"type":"record","name":"Order","namespace":"com.example","fields":[` + strings.Join(list, ",") + `]}`
	}
	id, note, price := `{"name":"id","type":"long"}`, `{"name":"note","type":"string","default":""}`, `{"name":"price","type":"double"}`
	for _, text := range []string{fields(id), fields(id, note), fields(id, note, price), fields(note, price)} {
		s.register(subject, registry.SchemaRequest{Schema: text})
	}
}

func TestACompareShowsTheLatestAndTheOneBefore(t *testing.T) {
	s := newSite(t, "")
	changing(s, "a/b")
	d := s.page("/ui/subjects/a%2Fb/compare", 200)
	d.holds("1 change", "removed", `The field "id" (long) was removed`, "New readers, old data: fine", "Old readers, new data: breaks", "A message that proves it", "Side by side")
	for _, query := range []string{"?from=1&to=3", "?from=1&to=3&view=unified", "?from=1&to=3&view=unified&lines=all", "?from=1&to=3&lines=all", "?from=3&to=1"} {
		s.page("/ui/subjects/a%2Fb/compare"+query, 200).holds("2 changes", "price", "note")
	}
	s.page("/ui/subjects/a%2Fb/compare?from=latest&to=1", 200).holds("3 changes")
	s.page("/ui/subjects/a%2Fb/compare?from=2&to=2", 200).holds("The same schema", "line by line")
	s.page("/ui/subjects/a%2Fb/compare?from=9&to=2", 404)
	s.page("/ui/subjects/a%2Fb/compare?from=x", 422)
	s.page("/ui/subjects/nobody/compare", 404)
}

func TestAChangeIsMarkedOnALineThatChanged(t *testing.T) {
	s := newSite(t, "")
	changing(s, "s")
	d := s.page("/ui/subjects/s/compare?from=3&to=4", 200)
	marked := 0
	for _, n := range d.all("a") {
		if href, _ := attr(n, "href"); href == "#change-1" {
			marked++
			if class, _ := attr(n.Parent, "class"); !strings.Contains(class, "bad") {
				t.Errorf("the line of a breaking change has the class %q", class)
			}
			if row, _ := attr(n.Parent.Parent, "class"); row == "same" {
				t.Error("the mark is on a line that did not change")
			}
		}
	}
	if marked != 1 {
		t.Errorf("%d marks", marked)
	}
}

func TestACommaThatFollowsIsNoChangeOfALine(t *testing.T) {
	s := newSite(t, "")
	changing(s, "s")
	for query, want := range map[string]int{"?from=1&to=2": 1, "?from=1&to=2&view=unified": 1, "?from=2&to=1": 1} {
		changed := 0
		for _, n := range s.page("/ui/subjects/s/compare"+query, 200).all("tr") {
			if class, _ := attr(n, "class"); class == "added" || class == "removed" || class == "changed" {
				changed++
			}
		}
		if changed != want {
			t.Errorf("%s: %d lines are shown as changed, and one field came or went", query, changed)
		}
	}
}

func TestTheFirstVersionIsComparedWithNothing(t *testing.T) {
	s := newSite(t, "")
	s.register("s", registry.SchemaRequest{Schema: orderV1})
	s.page("/ui/subjects/s/compare", 200).holds("There is nothing to compare with yet")
	s.page("/ui/subjects/s/history", 200).holds("The first version.")
	s.page("/ui/subjects/s/levels", 200).holds("keeps to it")
}

func TestVersionsOfOtherTypesAndDeletedOnesAreCompared(t *testing.T) {
	s := newSite(t, "")
	s.register("s", registry.SchemaRequest{Schema: orderV1})
	s.register("s", registry.SchemaRequest{Schema: "syntax = \"proto3\";\nmessage M {}\n", Type: "PROTOBUF"})
	s.page("/ui/subjects/s/compare", 200).holds("The schema type changes from AVRO to PROTOBUF")
	if _, err := s.reg.DeleteSubject(t.Context(), "s", false); err != nil {
		t.Fatal(err)
	}
	s.page("/ui/subjects/s/compare", 200).holds("and is deleted")
	s.page("/ui/subjects/s/history", 200).holds("All versions are deleted.")
	s.page("/ui/subjects/s/levels", 200).holds("All versions are deleted.")
}

func TestTheHistoryIsAChangeLogInPages(t *testing.T) {
	s := newSite(t, "")
	changing(s, "s")
	s.page("/ui/subjects/s/history", 200).holds("Version 4", `The field "price" (double) was added`, "Breaks BACKWARD", "Compatible in both directions", "The first version.")
	for i := range 12 {
		s.register("long", registry.SchemaRequest{Schema: fmt.Sprintf(`{"type":"record","name":"R","doc":"%d","fields":[]}`, i)})
	}
	d := s.page("/ui/subjects/long/history", 200)
	d.holds("Version 12", "Older")
	if strings.Contains(d.main(), "Version 2 ") {
		t.Error("the page is not cut")
	}
	s.page("/ui/subjects/long/history?offset=10", 200).holds("Version 2", "The first version.", "Newer")
	s.page("/ui/subjects/long/history?offset=99", 200).holds("No earlier versions.")
	s.page("/ui/subjects/nobody/history", 404)
}

func TestTheMatrixNamesTheVersionThatRefuses(t *testing.T) {
	s := newSite(t, "")
	changing(s, "s")
	d := s.page("/ui/subjects/s/levels", 200)
	rows := map[string]string{}
	for _, n := range d.all("tr") {
		rows[strings.Join(strings.Fields(text(n))[:2], " ")] = text(n)
	}
	if got := rows["Version 4"]; strings.Count(got, "keeps to it") != 1 || !strings.Contains(got, "v3") || !strings.Contains(got, "v2") {
		t.Errorf("version 4: %s", got)
	}
	if got := rows["Version 2"]; strings.Count(got, "keeps to it") != 6 {
		t.Errorf("version 2: %s", got)
	}
	s.page("/ui/subjects/s/levels?offset=2", 200).holds("Newer")
	s.page("/ui/subjects/nobody/levels", 404)
}

// TestALineHasTheSameNumberEverywhere follows each number beside a compared text to the page of the version, and finds the
// line there.
func TestALineHasTheSameNumberEverywhere(t *testing.T) {
	s := newSite(t, "")
	changing(s, "avro")
	for i, text := range []string{`{"type":"object","properties":{"a":{"type":"integer"}}}`, `{"type":"object","properties":{"a":{"type":"integer"},"b":{"type":"string","description":"Words that are too long to stand on one line together with all that is around them."}}}`} {
		s.register("json", registry.SchemaRequest{Type: "JSON", Schema: text})
		s.register("protobuf", registry.SchemaRequest{Type: "PROTOBUF", Schema: fmt.Sprintf("syntax = \"proto3\";\nmessage M { // a comment\n  string a = 1;\n  int32 b%d = %d;\n}\n", i, i+2)})
	}
	for _, subject := range []string{"avro", "json", "protobuf"} {
		compared := s.page("/ui/subjects/"+subject+"/compare?lines=all", 200)
		followed, coloured := 0, 0
		for _, n := range compared.all("td") {
			if class, _ := attr(n, "class"); class != "no" || n.FirstChild == nil {
				continue
			}
			href, _ := attr(n.FirstChild, "href")
			page, id, _ := strings.Cut(href, "#")
			want, there := "", false
			for _, line := range s.page(page, 200).all("span") {
				if got, _ := attr(line, "id"); got == id {
					want, there = strings.TrimPrefix(text(line), text(n)), true
				}
			}
			beside := n.NextSibling
			for mark := range beside.Descendants() {
				if class, _ := attr(mark, "class"); class == "to-change" {
					mark.FirstChild, mark.LastChild = nil, nil
				}
				if class, _ := attr(mark, "class"); class == "k" || class == "w" {
					coloured++
				}
			}
			if got := text(beside); !there || strings.TrimSpace(got) != strings.TrimSpace(want) {
				t.Errorf("%s: the line that leads to %s is %q, and there it is %q", subject, href, got, want)
			}
			followed++
		}
		if followed < 6 || coloured == 0 {
			t.Errorf("%s: %d lines, %d coloured words", subject, followed, coloured)
		}
	}
}
