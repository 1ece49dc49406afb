package web

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/concord-registry/concord/registry"
	"github.com/concord-registry/concord/storage"
)

// decodeView is the form that takes a message, and what there is to say about it.
type decodeView struct {
	Data    string
	ID      string // of the schema, when the bytes are a payload without a frame
	Context string

	Problem string // why there is no message to show
	Message *messageView
}

// messageView is a message that was taken apart.
type messageView struct {
	*registry.Decoding
	Frame   string // "magic byte 00, id 5"
	Index   string // of the message among those of its file
	JSON    string
	Readers []readerView
}

// readerView is what another version of the subject makes of a message.
type readerView struct {
	Version int
	Good    bool
	Faults  []string
	JSON    string // when it reads something else than was written
}

const (
	maxShownFaults   = 5
	maxShownMessage  = 200_000
	maxShownMismatch = 2_000
)

// decode takes a message that was pasted, framed or not, in hex or base64.
func (u *UI) decode(r *request) (*Page, error) {
	if err := r.ParseForm(); err != nil {
		return nil, formError(err)
	}
	view := &decodeView{Data: textOf(r.FormValue("data")), ID: strings.TrimSpace(r.FormValue("id")), Context: contextOr(r.FormValue("context"))}
	page := &Page{Template: "decode", Title: "Decode a message", Nav: "decode", Model: view}
	if strings.TrimSpace(view.Data) == "" {
		return page, nil
	}
	decoding, err := u.decoded(r, view)
	if registry.CodeOf(err) != 0 {
		page.Status, _, view.Problem = u.opt.Describe(err)
		return page, nil
	}
	if err != nil {
		return nil, err
	}
	view.Message = messageOf(decoding)
	return page, nil
}

func (u *UI) decoded(r *request, view *decodeView) (*registry.Decoding, error) {
	req := registry.DecodeRequest{Message: view.Data}
	if view.ID != "" {
		id, err := strconv.Atoi(view.ID)
		if err != nil || id < 1 {
			return nil, &registry.Error{Code: registry.Unprocessable, Message: "“" + view.ID + "” is no id of a schema. Leave it empty if the message begins with one."}
		}
		req.ID = id
	}
	return u.reg.Decode(r.Context(), storage.QualifySubject(view.Context, ""), req)
}

// messageOf writes a message for people.
func messageOf(d *registry.Decoding) *messageView {
	m := &messageView{Decoding: d, JSON: indented(string(d.Message))}
	switch d.Frame {
	case registry.IDHead:
		m.Frame = "magic byte 00, id " + strconv.Itoa(d.ID)
	case registry.GUIDHead:
		m.Frame = "magic byte 01, guid " + d.GUID
	default:
		m.Frame = "no frame; the id was given"
	}
	if d.Index != nil {
		m.Index = strings.ReplaceAll(strings.Trim(fmt.Sprint(d.Index), "[]"), " ", ", ")
	}
	for _, reader := range d.Readers {
		shown := readerView{Version: reader.Version, Good: reader.Reads, JSON: string(reader.Message)}
		for _, fault := range reader.Faults[:min(len(reader.Faults), maxShownFaults)] {
			shown.Faults = append(shown.Faults, fault.String())
		}
		if len(shown.JSON) > maxShownMismatch {
			shown.JSON = cutBytes(shown.JSON, maxShownMismatch)
		}
		m.Readers = append(m.Readers, shown)
	}
	return m
}

// indented lays a JSON text out, or shows it as it is where that would be mostly blanks: what is nested deep is indented far.
func indented(text string) string {
	if len(text) > maxShownMessage {
		return cutBytes(text, maxShownMessage)
	}
	if laidOut(text) > 10*maxShownMessage {
		return text
	}
	var out bytes.Buffer
	if json.Indent(&out, []byte(text), "", "  ") != nil {
		return text
	}
	return out.String()
}

// laidOut is about how long a JSON text is when it is indented.
func laidOut(text string) int {
	size, depth, quoted := len(text), 0, false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{' || c == '[':
			depth++
			size += 2 * depth
		case c == ',':
			size += 2 * depth
		case c == '}' || c == ']':
			depth--
			size += 2 * depth
		}
	}
	return size
}

// cutBytes shortens a text, not within a character.
func cutBytes(text string, most int) string {
	return strings.ToValidUTF8(text[:min(len(text), most)], "") + "…"
}
