package web

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"github.com/concord-registry/concord/compat/message"
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
	Size     int
	Frame    string // "magic byte 00, id 5"
	Version  *registry.SchemaVersion
	Subjects []registry.SubjectVersion // that have the schema
	Type     string                    // of the message
	Index    string                    // of the message among those of its file
	JSON     string
	Faults   []message.Fault
	Notes    []message.Fault
	Meanings []message.Fault
	Readers  []readerView
	More     int // versions that were not tried
}

// readerView is what another version of the subject makes of a message.
type readerView struct {
	Version int
	Good    bool
	Faults  []string
	JSON    string // when it reads something else than was written
}

const (
	maxReaders       = 30
	maxShownFaults   = 5
	maxShownMessage  = 200_000
	maxShownSubjects = 20
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
	ctx, cancel := context.WithTimeout(r.Context(), checkTime)
	defer cancel()
	err := u.decodeInto(ctx, view)
	if code := registry.CodeOf(err); code != 0 {
		page.Status, _, view.Problem = u.opt.Describe(err)
		return page, nil
	}
	return page, err
}

func problem(text string) error { return &registry.Error{Code: registry.Unprocessable, Message: text} }

func (u *UI) decodeInto(ctx context.Context, view *decodeView) error {
	data, err := bytesOf(view.Data)
	if err != nil {
		return problem(err.Error())
	}
	frame, shown, err := frameOf(data, view.ID)
	if err != nil {
		return problem(err.Error())
	}
	version, err := u.schemaOf(ctx, frame, storage.QualifySubject(view.Context, ""))
	if err != nil {
		return err
	}
	m := &messageView{Size: len(data), Frame: shown, Version: version}
	schema, err := u.reg.Parse(ctx, version.Subject, requestOf(version))
	if err != nil {
		return err
	}
	writer, err := message.NewCodec(schema)
	if err != nil {
		return problem("The schema with the id " + strconv.Itoa(version.ID) + " was found. " + err.Error())
	}
	reading := writer.Read(frame.Payload, message.Options{})
	m.Type, m.JSON, m.Faults, m.Notes, m.Meanings = reading.Type, indented(reading.JSON), reading.Faults, reading.Notes, reading.Meanings
	if reading.Index != nil {
		m.Index = strings.Trim(strings.Join(strings.Fields(strings.Trim(jsonOf(reading.Index), "[]")), ""), " ")
	}
	m.Subjects, err = u.reg.VersionsOfID(ctx, version.ID, version.Subject, true, registry.Page{Limit: maxShownSubjects})
	if err != nil {
		return err
	}
	if reading.Fits() {
		if err := u.read(ctx, m, writer, frame.Payload, reading.JSON); err != nil {
			return err
		}
	}
	view.Message = m
	return nil
}

// frameOf takes the frame off, or makes one for a payload whose schema was named.
func frameOf(data []byte, id string) (frame message.Frame, shown string, err error) {
	if id != "" {
		number, err := strconv.Atoi(id)
		if err != nil || number < 1 {
			return frame, "", problem("“" + id + "” is no id of a schema. Leave it empty if the message begins with one.")
		}
		return message.Frame{ID: number, Payload: data}, "no frame; the id was given", nil
	}
	if frame, err = message.ParseFrame(data); err != nil {
		return frame, "", problem("This is no framed message: " + err.Error() + ". If it is a payload without a frame, name the id of its schema.")
	}
	if frame.GUID != uuid.Nil {
		return frame, "magic byte 01, guid " + frame.GUID.String(), nil
	}
	return frame, "magic byte 00, id " + strconv.Itoa(frame.ID), nil
}

// schemaOf finds the schema that wrote a message.
func (u *UI) schemaOf(ctx context.Context, frame message.Frame, subject string) (*registry.SchemaVersion, error) {
	id := frame.ID
	if frame.GUID != uuid.Nil {
		ids, err := u.reg.IDsOfGUID(ctx, frame.GUID.String())
		if err != nil {
			return nil, err
		}
		if len(ids) == 0 {
			return nil, problem("No schema here has the guid " + frame.GUID.String() + ".")
		}
		id, subject = ids[0].ID, storage.QualifySubject(ids[0].Context, "")
	}
	version, err := u.reg.ByID(ctx, id, subject, registry.ReadOptions{})
	if registry.CodeOf(err) == registry.SchemaNotFound {
		return nil, &registry.Error{Code: registry.SchemaNotFound, Message: "No schema has the id " + strconv.Itoa(id) + " in this context. Ids belong to a context and to a registry: the message may come from another."}
	}
	return version, err
}

// read shows what the other versions of the writer's subject make of a message.
func (u *UI) read(ctx context.Context, m *messageView, writer *message.Codec, payload []byte, written string) error {
	versions, err := u.reg.Versions(ctx, m.Version.Subject, registry.LiveOnly, registry.Page{})
	if registry.CodeOf(err) != 0 {
		return nil // the subject is deleted; its schema still reads the message
	}
	if err != nil {
		return err
	}
	for i := len(versions) - 1; i >= 0; i-- {
		if len(m.Readers) == maxReaders || ctx.Err() != nil {
			m.More = i + 1
			return nil
		}
		if versions[i] == m.Version.Version {
			continue
		}
		reader, err := u.reader(ctx, m.Version.Subject, versions[i], writer, payload, written)
		if err != nil {
			return err
		}
		m.Readers = append(m.Readers, reader)
	}
	return nil
}

func (u *UI) reader(ctx context.Context, subject string, version int, writer *message.Codec, payload []byte, written string) (readerView, error) {
	view := readerView{Version: version}
	v, err := u.reg.Version(ctx, subject, strconv.Itoa(version), registry.ReadOptions{WithDeleted: true})
	if err != nil {
		return view, err
	}
	schema, err := u.reg.Parse(ctx, subject, requestOf(v))
	if registry.CodeOf(err) != 0 {
		view.Faults = []string{err.Error()}
		return view, nil
	}
	if err != nil {
		return view, err
	}
	codec, err := message.NewCodec(schema)
	if err != nil {
		view.Faults = []string{err.Error()}
		return view, nil
	}
	reading := codec.ReadFrom(writer, payload, message.Options{})
	view.Good = reading.Fits()
	for i, fault := range reading.Faults {
		if i == maxShownFaults {
			break
		}
		view.Faults = append(view.Faults, fault.String())
	}
	if view.Good && reading.JSON != written {
		view.JSON = reading.JSON
		if len(view.JSON) > maxShownMismatch {
			view.JSON = cutBytes(view.JSON, maxShownMismatch)
		}
	}
	return view, nil
}

// bytesOf reads hex, with or without blanks, colons and 0x, or base64.
func bytesOf(text string) ([]byte, error) {
	compact := strings.Join(strings.Fields(text), "")
	digits := strings.NewReplacer("0x", "", "0X", "", "\\x", "", ":", "", ",", "", "-", "").Replace(compact)
	if data, err := hex.DecodeString(digits); err == nil && len(data) > 0 {
		return data, nil
	}
	compact = strings.TrimRight(compact, "=")
	if data, err := base64.RawStdEncoding.DecodeString(compact); err == nil {
		return data, nil
	}
	if data, err := base64.RawURLEncoding.DecodeString(compact); err == nil {
		return data, nil
	}
	return nil, problem("This is neither hex nor base64. Copy the message as one of them, for example with kcat -f '%s' | xxd -p.")
}

func indented(text string) string {
	var out bytes.Buffer
	if len(text) > maxShownMessage {
		return cutBytes(text, maxShownMessage)
	}
	if json.Indent(&out, []byte(text), "", "  ") != nil {
		return text
	}
	return out.String()
}

// cutBytes shortens a text, not within a character.
func cutBytes(text string, most int) string {
	return strings.ToValidUTF8(text[:min(len(text), most)], "") + "…"
}

// jsonOf writes numbers.
func jsonOf(index []int) string {
	data, err := json.Marshal(index)
	if err != nil {
		panic(err) // numbers always encode
	}
	return string(data)
}
