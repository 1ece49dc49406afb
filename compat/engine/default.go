package engine

import (
	"github.com/concord-registry/concord/compat"
	avrocompat "github.com/concord-registry/concord/compat/avro"
	jsoncompat "github.com/concord-registry/concord/compat/jsonschema"
	protobufcompat "github.com/concord-registry/concord/compat/protobuf"
	"github.com/concord-registry/concord/formats"
	avroformat "github.com/concord-registry/concord/formats/avro"
	jsonformat "github.com/concord-registry/concord/formats/jsonschema"
	protobufformat "github.com/concord-registry/concord/formats/protobuf"
)

// Default returns the engine over every schema language there is. Zero limits mean the defaults.
func Default(limits formats.Limits) *Engine {
	return New(limits,
		[]formats.Format{avroformat.Format{}, jsonformat.Format{}, protobufformat.Format{}},
		[]compat.Comparer{avrocompat.Comparer{}, jsoncompat.Comparer{}, protobufcompat.Comparer{}},
	)
}
