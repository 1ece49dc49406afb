package report_test

import (
	"encoding/xml"
	"errors"
	"io"
	"os"
	"regexp"
	"strings"
	"testing"
)

// xsd is as much of an XML Schema as the schema of JUnit uses: elements whose children may come in any order and number,
// attributes, and strings restricted by a pattern.
type xsd struct {
	Types []struct {
		Name    string `xml:"name,attr"`
		Pattern struct {
			Value string `xml:"value,attr"`
		} `xml:"restriction>pattern"`
	} `xml:"simpleType"`
	Elements []xsdElement `xml:"element"`
}

type xsdElement struct {
	Name       string         `xml:"name,attr"`
	Sequence   []xsdRef       `xml:"complexType>sequence>element"`
	Choice     []xsdRef       `xml:"complexType>choice>element"`
	Choices    []xsdRef       `xml:"complexType>sequence>choice>element"`
	Attributes []xsdAttribute `xml:"complexType>attribute"`
}

type xsdRef struct {
	Ref string `xml:"ref,attr"`
}

type xsdAttribute struct {
	Name string `xml:"name,attr"`
	Type string `xml:"type,attr"`
	Use  string `xml:"use,attr"`
}

func readXSD(t *testing.T, path string) *xsd {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var schema xsd
	if err := xml.Unmarshal(text, &schema); err != nil {
		t.Fatal(err)
	}
	return &schema
}

func (s *xsd) element(name string) *xsdElement {
	for i := range s.Elements {
		if s.Elements[i].Name == name {
			return &s.Elements[i]
		}
	}
	return nil
}

// allows reports whether a value is one of a type. Types of the XML Schema language itself are strings here.
func (s *xsd) allows(name, value string) bool {
	for _, t := range s.Types {
		if t.Name == name {
			return regexp.MustCompile("^(?:" + t.Pattern.Value + ")$").MatchString(value)
		}
	}
	return name == "xs:string"
}

func (e *xsdElement) attribute(name string) *xsdAttribute {
	for i := range e.Attributes {
		if e.Attributes[i].Name == name {
			return &e.Attributes[i]
		}
	}
	return nil
}

func (e *xsdElement) hasChild(name string) bool {
	for _, refs := range [][]xsdRef{e.Sequence, e.Choice, e.Choices} {
		for _, r := range refs {
			if r.Ref == name {
				return true
			}
		}
	}
	return false
}

// faults says what a document has that the schema does not allow, or lacks; empty when it is valid.
func (s *xsd) faults(document string) (faults []string) {
	decoder := xml.NewDecoder(strings.NewReader(document))
	var open []*xsdElement
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return faults
		}
		if err != nil {
			return append(faults, err.Error())
		}
		switch token := token.(type) {
		case xml.StartElement:
			name := token.Name.Local
			rule := s.element(name)
			if rule == nil {
				return append(faults, "unknown element "+name)
			}
			if len(open) > 0 && !open[len(open)-1].hasChild(name) {
				faults = append(faults, name+" may not stand in "+open[len(open)-1].Name)
			}
			given := map[string]bool{}
			for _, a := range token.Attr {
				given[a.Name.Local] = true
				if known := rule.attribute(a.Name.Local); known == nil {
					faults = append(faults, name+" may not have the attribute "+a.Name.Local)
				} else if !s.allows(known.Type, a.Value) {
					faults = append(faults, a.Name.Local+" of "+name+" may not be "+a.Value)
				}
			}
			for _, a := range rule.Attributes {
				if a.Use == "required" && !given[a.Name] {
					faults = append(faults, name+" lacks "+a.Name)
				}
			}
			open = append(open, rule)
		case xml.EndElement:
			open = open[:len(open)-1]
		}
	}
}

func TestJUnitIsValidUnderItsPublishedSchema(t *testing.T) {
	schema := readXSD(t, "testdata/junit-10.xsd")
	out := write(t, "junit", nasty())
	for _, fault := range schema.faults(out) {
		t.Errorf("%s in\n%s", fault, out)
	}
	var read struct {
		Suite struct {
			Tests    int `xml:"tests,attr"`
			Failures int `xml:"failures,attr"`
			Cases    []struct {
				Failures []struct{} `xml:"failure"`
			} `xml:"testcase"`
		} `xml:"testsuite"`
	}
	if err := xml.Unmarshal([]byte(out), &read); err != nil {
		t.Fatal(err)
	}
	if s := read.Suite; s.Tests != 2 || s.Failures != 1 || len(s.Cases) != 2 || len(s.Cases[0].Failures)+len(s.Cases[1].Failures) != 1 {
		t.Errorf("want a case for each subject, and one failure, got %+v in\n%s", s, out)
	}
	spoilt := strings.NewReplacer("<failure ", "<failure severity=\"1\" ", "time=\"0\"", "seconds=\"0\"", "<system-out>", "<stdout>", "</system-out>", "</stdout>").Replace(out)
	if len(schema.faults(spoilt)) == 0 {
		t.Error("a report that the schema does not allow passes")
	}
}
