package diff_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/concord-registry/concord/compat/diff"
)

func TestRowsHoldEveryLineOfBothTexts(t *testing.T) {
	text := rapid.Map(rapid.SliceOfN(rapid.SampledFrom([]string{"a", "b", "", "  x é", "}"}), 0, 12), func(lines []string) string { return strings.Join(lines, "\n") })
	rapid.Check(t, func(t *rapid.T) {
		old, new := text.Draw(t, "old"), text.Draw(t, "new")
		var before, after []string
		for _, row := range diff.Lines(old, new) {
			if row.Old != nil {
				before = append(before, row.Old.Text)
				if row.Old.Number != len(before) {
					t.Fatalf("old line %d is numbered %d", len(before), row.Old.Number)
				}
			}
			if row.New != nil {
				after = append(after, row.New.Text)
			}
			if equal := row.Old != nil && row.New != nil && row.Old.Text == row.New.Text; equal != (row.Kind == diff.Same) {
				t.Fatalf("row %+v", row)
			}
		}
		if strings.Join(before, "\n") != strings.TrimSuffix(old, "\n") || strings.Join(after, "\n") != strings.TrimSuffix(new, "\n") {
			t.Fatalf("rows hold %q and %q of %q and %q", before, after, old, new)
		}
	})
}

func TestFoldKeepsWhatIsNearAChange(t *testing.T) {
	rows := diff.Lines("1\n2\n3\n4\n5\n6\n7\n8\n9\n", "1\n2\nX\n4\n5\n6\n7\n8\n9\n10\n")
	hunks := diff.Fold(rows, 1)
	if len(hunks) != 2 || len(hunks[0]) != 3 || len(hunks[1]) != 2 {
		t.Fatalf("%+v", hunks)
	}
	if row := hunks[0][1]; row.Kind != diff.Changed || row.Old.Text != "3" || row.New.Text != "X" || row.New.Number != 3 {
		t.Errorf("%+v", row)
	}
	if row := hunks[1][1]; row.Kind != diff.Added || row.New.Number != 10 {
		t.Errorf("%+v", row)
	}
	if hunks := diff.Fold(rows, 3); len(hunks) != 1 {
		t.Errorf("stretches that touch are one: %+v", hunks)
	}
}

func TestAChangedRowMarksWhatDiffers(t *testing.T) {
	row := diff.Lines(`"é": "int",`, `"é": "long",`)[0]
	if old := row.Old; old.Text[len(`"é": "`):] == "" || old.MarkStart != 6 || old.MarkEnd != 9 || row.New.MarkEnd != 10 {
		t.Errorf("%+v %+v", row.Old, row.New)
	}
}

func TestABlockThatCameOrWentBeginsWithTheLineThatOpensIt(t *testing.T) {
	const two = "[\n  {\n    a\n    type\n  }\n  {\n    c\n    type\n  }\n]\n"
	for name, texts := range map[string][3]string{
		"between two others": {two, "[\n  {\n    a\n    type\n  }\n  {\n    b\n    type\n  }\n  {\n    c\n    type\n  }\n]\n", "  {\n    b\n    type\n  }\n"},
		"after the last one": {two, "[\n  {\n    a\n    type\n  }\n  {\n    c\n    type\n  }\n  {\n    d\n    type\n  }\n]\n", "  {\n    d\n    type\n  }\n"},
		"before the first":   {two, "[\n  {\n    n\n    type\n  }\n  {\n    a\n    type\n  }\n  {\n    c\n    type\n  }\n]\n", "  {\n    n\n    type\n  }\n"},
		"equal to another":   {two, "[\n  {\n    a\n    type\n  }\n  {\n    c\n    type\n  }\n  {\n    c\n    type\n  }\n]\n", "  {\n    c\n    type\n  }\n"},
		"two blocks":         {two, "[\n  {\n    a\n    type\n  }\n  {\n    b\n  }\n  {\n    b2\n  }\n  {\n    c\n    type\n  }\n]\n", "  {\n    b\n  }\n  {\n    b2\n  }\n"},
		"with a blank line": {
			"message A {\n  int32 n = 1;\n}\n\nmessage C {\n  int32 n = 1;\n}\n", "message A {\n  int32 n = 1;\n}\n\nmessage B {\n  int32 n = 1;\n}\n\nmessage C {\n  int32 n = 1;\n}\n",
			"message B {\n  int32 n = 1;\n}\n\n",
		},
	} {
		t.Run(name, func(t *testing.T) {
			var added, removed, patch strings.Builder
			for _, row := range diff.Lines(texts[0], texts[1]) {
				if row.Kind == diff.Added {
					added.WriteString(row.New.Text + "\n")
				}
			}
			for _, row := range diff.Lines(texts[1], texts[0]) {
				if row.Kind == diff.Removed {
					removed.WriteString(row.Old.Text + "\n")
				}
			}
			for line := range strings.Lines(diff.Unified("old", "new", texts[0], texts[1])) {
				if text, ok := strings.CutPrefix(line, "+"); ok && !strings.HasPrefix(text, "++ ") {
					patch.WriteString(text)
				}
			}
			if added.String() != texts[2] || removed.String() != texts[2] || patch.String() != texts[2] {
				t.Errorf("added\n%s\nremoved\n%s\nin the patch\n%s\nwant\n%s", &added, &removed, &patch, texts[2])
			}
		})
	}
}
