package registry

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/concord-registry/concord/compat/message"
	"github.com/concord-registry/concord/formats"
	"github.com/concord-registry/concord/storage"
)

// DecodeRequest is a message that somebody has come across.
type DecodeRequest struct {
	Message string `json:"message"` // its bytes, in hex or base64
	ID      int    `json:"id"`      // of the schema, when the bytes are a payload without a frame; 0 otherwise
}

// Decoding is a message that was taken apart.
type Decoding struct {
	Size  int         `json:"size"` // in bytes, the frame included
	Frame MessageHead `json:"frame"`
	// What wrote it: a version that has the schema, and all of them, or the first twenty.
	Subject      string           `json:"subject"`
	Version      int              `json:"version"`
	ID           int              `json:"id"`
	GUID         string           `json:"guid"`
	SchemaType   formats.Type     `json:"schemaType"`
	RegisteredAs []SubjectVersion `json:"registeredAs"`
	// What it says; see message.Reading.
	Type     string          `json:"type,omitempty"`
	Index    []int           `json:"index,omitempty"`
	Message  json.RawMessage `json:"message,omitempty"`
	Faults   []message.Fault `json:"faults,omitempty"`
	Notes    []message.Fault `json:"notes,omitempty"`
	Meanings []message.Fault `json:"meanings,omitempty"`
	// What the other live versions of the subject make of it, the newest first, and how many older ones were not asked. Nobody
	// is asked about bytes that do not fit the schema that wrote them.
	Readers []MessageReader `json:"readers"`
	More    int             `json:"more,omitempty"`
}

// MessageHead says what stood before the payload of a message.
type MessageHead string

// What can stand there: an id behind the byte 00, a guid behind the byte 01, or nothing.
const (
	IDHead   MessageHead = "id"
	GUIDHead MessageHead = "guid"
	NoHead   MessageHead = "none"
)

// MessageReader is what another version makes of a message.
type MessageReader struct {
	Version int             `json:"version"`
	Reads   bool            `json:"reads"`
	Message json.RawMessage `json:"message,omitempty"` // when it reads something else than was written
	Faults  []message.Fault `json:"faults,omitempty"`
}

// The work that one message may cause.
const (
	maxReaders      = 30
	maxReadersTime  = time.Second // from when the message is read the first time
	maxReadersSize  = 4 << 20     // of what they read instead, in bytes of JSON
	maxRegisteredAs = 20
)

// Decode takes a message apart: which schema wrote it, what it says, and which versions could not read it. Ids are those of
// the context of subject. SchemaNotFound, and Unprocessable for what is no message; bytes that do not fit the schema are no
// error but faults.
func (r *Registry) Decode(ctx context.Context, subject string, req DecodeRequest) (*Decoding, error) {
	data, err := message.ParseText(req.Message)
	if err != nil {
		return nil, errorf(Unprocessable, "This is neither hex nor base64. Copy the message as one of them, for example with kcat -f '%%s' | xxd -p.")
	}
	frame, head, err := frameOf(data, req.ID)
	if err != nil {
		return nil, err
	}
	version, err := r.writerOf(ctx, frame, subject)
	if err != nil {
		return nil, err
	}
	writer, err := r.codec(ctx, version)
	if CodeOf(err) == Unprocessable {
		return nil, errorf(Unprocessable, "The schema with the id %d was found. %s", version.ID, err)
	}
	if err != nil {
		return nil, err
	}
	until := time.Now().Add(maxReadersTime)
	reading := writer.Read(frame.Payload, message.Options{})
	d := &Decoding{
		Size: len(data), Frame: head, Subject: version.Subject, Version: version.Version, ID: version.ID, GUID: version.GUID, SchemaType: version.Type,
		Type: reading.Type, Index: reading.Index, Message: json.RawMessage(reading.JSON), Faults: reading.Faults, Notes: reading.Notes,
		Meanings: reading.Meanings, Readers: []MessageReader{},
	}
	if d.RegisteredAs, err = r.VersionsOfID(ctx, version.ID, version.Subject, true, Page{Limit: maxRegisteredAs}); err != nil {
		return nil, err
	}
	if reading.Fits() {
		err = r.readers(ctx, d, writer, frame.Payload, until)
	}
	return d, err
}

// frameOf takes the frame off, or makes one for a payload whose schema was named.
func frameOf(data []byte, id int) (message.Frame, MessageHead, error) {
	if id < 0 {
		return message.Frame{}, "", errorf(Unprocessable, "%d is no id of a schema. Leave it out if the message begins with one.", id)
	}
	if id > 0 {
		return message.Frame{ID: id, Payload: data}, NoHead, nil
	}
	frame, err := message.ParseFrame(data)
	switch {
	case err != nil:
		return frame, "", errorf(Unprocessable, "This is no framed message: %s. If it is a payload without a frame, name the id of its schema.", err)
	case frame.GUID != uuid.Nil:
		return frame, GUIDHead, nil
	}
	return frame, IDHead, nil
}

// writerOf finds the schema that wrote a message.
func (r *Registry) writerOf(ctx context.Context, frame message.Frame, subject string) (*SchemaVersion, error) {
	id := frame.ID
	if frame.GUID != uuid.Nil {
		ids, err := r.IDsOfGUID(ctx, frame.GUID.String())
		if err != nil {
			return nil, err
		}
		if len(ids) == 0 {
			return nil, errorf(Unprocessable, "No schema here has the guid %s.", frame.GUID)
		}
		id, subject = ids[0].ID, storage.QualifySubject(ids[0].Context, "")
	}
	version, err := r.ByID(ctx, id, subject, ReadOptions{})
	if CodeOf(err) == SchemaNotFound {
		return nil, errorf(SchemaNotFound, "No schema has the id %d in this context. Ids belong to a context and to a registry: the message may come from another.", id)
	}
	return version, err
}

// codec reads and writes messages of a version. Unprocessable when its schema describes none.
func (r *Registry) codec(ctx context.Context, v *SchemaVersion) (*message.Codec, error) {
	schema, err := r.Parse(ctx, v.Subject, SchemaRequest{Schema: v.Schema, Type: string(v.Type), References: v.References})
	if err != nil {
		return nil, err
	}
	codec, err := message.NewCodec(schema)
	if err != nil {
		return nil, errorf(Unprocessable, "%s", err)
	}
	return codec, nil
}

// readers asks the other live versions of the writer's subject what they make of a message, as long as there is time. Those that are deleted for good
// meanwhile are left out.
func (r *Registry) readers(ctx context.Context, d *Decoding, writer *message.Codec, payload []byte, until time.Time) error {
	var rows []storage.Row
	err := r.store.View(func(v storage.View) (err error) {
		rows, err = v.Rows(d.Subject)
		return err
	})
	if err != nil {
		return err
	}
	size := 0
	for i := range slices.Backward(rows) {
		row := &rows[i]
		if row.Deleted || row.Version == d.Version {
			continue
		}
		if len(d.Readers) == maxReaders || size > maxReadersSize || time.Now().After(until) {
			d.More++
			continue
		}
		v, err := r.listed(row)
		if err != nil {
			return err
		}
		if v == nil {
			continue
		}
		reader, err := r.reader(ctx, d, v, writer, payload)
		if err != nil {
			return err
		}
		d.Readers = append(d.Readers, reader)
		size += len(reader.Message)
	}
	return nil
}

func (r *Registry) reader(ctx context.Context, d *Decoding, v *SchemaVersion, writer *message.Codec, payload []byte) (MessageReader, error) {
	answer := MessageReader{Version: v.Version}
	codec, err := r.codec(ctx, v)
	if CodeOf(err) != 0 {
		answer.Faults = []message.Fault{{Message: err.Error()}}
		return answer, nil
	}
	if err != nil {
		return answer, err
	}
	reading := codec.ReadFrom(writer, payload, message.Options{})
	answer.Reads, answer.Faults = reading.Fits(), reading.Faults
	if answer.Reads && reading.JSON != string(d.Message) {
		answer.Message = json.RawMessage(reading.JSON)
	}
	return answer, nil
}
