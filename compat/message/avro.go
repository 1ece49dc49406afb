package message

import (
	"context"
	"errors"
	"strconv"

	compatavro "github.com/concord-registry/concord/compat/avro"
	"github.com/concord-registry/concord/formats"
	"github.com/concord-registry/concord/formats/avro"
)

type avroCodec struct{ root *avro.Type }

func (c *avroCodec) read(writer codec, payload []byte, _ Options) *Reading {
	w := writer.(*avroCodec)
	d, err := avro.DecodeDatum(w.root, payload)
	if err != nil {
		return failed(err)
	}
	r := &Reading{Type: c.root.String()}
	if w != c {
		made, err := compatavro.Read(c.root, d)
		var refused *compatavro.Refusal
		switch {
		case errors.As(err, &refused):
			r.fault(Fault{Path: refused.Path, Message: refused.Message})
			return r
		case err != nil:
			return failed(err)
		}
		for _, sentence := range made.Misread {
			r.note(Fault{Message: sentence})
		}
		d = made.Datum
	}
	var ok bool
	if r.JSON, ok = d.JSONWithin(maxJSON); !ok {
		return failed(errLargeJSON)
	}
	r.meanings(&d, "")
	return r
}

// meanings lists the values of logical types.
func (r *Reading) meanings(d *avro.Datum, path string) {
	if len(r.Meanings) == maxListed || len(path) > 200 {
		return
	}
	if text := compatavro.Meaning(*d); text != "" {
		r.Meanings = append(r.Meanings, Fault{Path: path, Message: text})
	}
	for i := range d.Parts {
		switch d.Type.Kind {
		case avro.Record:
			step := d.Type.Fields[i].Name
			if path != "" {
				step = path + "." + step
			}
			r.meanings(&d.Parts[i], step)
		case avro.Union:
			r.meanings(&d.Parts[i], path)
		case avro.Map:
			r.meanings(&d.Parts[i], path+"["+strconv.Quote(d.Keys[i])+"]")
		default:
			r.meanings(&d.Parts[i], path+"["+strconv.Itoa(i)+"]")
		}
	}
}

func (c *avroCodec) encode(text string, _ Options) ([]byte, error) {
	d, err := avro.ParseDatum(c.root, text, formats.Limits{Bytes: MaxBytes})
	if err != nil {
		return nil, noJSON(err) // a limit is the message's, not a schema's
	}
	return d.Encode(nil), nil
}

func (c *avroCodec) sample(context.Context, Options) (string, error) {
	d, err := compatavro.Sample(c.root)
	if err != nil {
		return "", err
	}
	return d.JSON(), nil
}
