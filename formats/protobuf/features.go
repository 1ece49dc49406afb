package protobuf

// Features are the properties that editions set one by one and that proto2 and proto3 fix. They are passed down from a
// file to its messages and from those to their fields and nested types.
type features struct {
	presence, required bool // of singular scalars
	closed             bool // of enums
	packed             bool // of repeated numbers
	utf8               bool // of strings: checked
	delimited          bool // of messages: encoded as groups
}

// featuresOf returns the defaults of a file and what its options change. See the feature tables of the Protobuf editions
// documentation; proto2 and proto3 are rows of the same table.
func featuresOf(f *File) features {
	base := features{presence: true, closed: true}
	switch {
	case f.Edition != "":
		base = features{presence: true, packed: true, utf8: true}
	case f.Syntax == "proto3":
		base = features{packed: true, utf8: true}
	}
	return base.with(f.Options)
}

// with returns the features after the options of a declaration.
func (f features) with(options []Option) features {
	for _, o := range options {
		if o.Paren {
			continue
		}
		if o.Name == "features" && len(o.Path) == 0 {
			for _, field := range o.Value.Fields {
				f = f.set(field.Key, field.Value.Text)
			}
		}
		if name, ok := featureName(o); ok {
			f = f.set(name, o.Value.Text)
		}
	}
	return f
}

// featureName returns the feature that an option such as features.enum_type sets.
func featureName(o Option) (string, bool) {
	const prefix = "features."
	if len(o.Path) == 0 && len(o.Name) > len(prefix) && o.Name[:len(prefix)] == prefix {
		return o.Name[len(prefix):], true
	}
	if o.Name == "features" && len(o.Path) == 1 && !o.Path[0].Paren {
		return o.Path[0].Name, true
	}
	return "", false
}

func (f features) set(name, value string) features {
	switch name {
	case "field_presence":
		f.presence, f.required = value != "IMPLICIT", value == "LEGACY_REQUIRED"
	case "enum_type":
		f.closed = value == "CLOSED"
	case "repeated_field_encoding":
		f.packed = value == "PACKED"
	case "utf8_validation":
		f.utf8 = value == "VERIFY"
	case "message_encoding":
		f.delimited = value == "DELIMITED"
	}
	return f
}
