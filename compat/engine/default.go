package engine

import (
	"github.com/concord-registry/concord/compat"
	jsoncompat "github.com/concord-registry/concord/compat/jsonschema"
	"github.com/concord-registry/concord/formats"
	jsonformat "github.com/concord-registry/concord/formats/jsonschema"
)

// Default returns the engine over every schema language there is. Zero limits mean the defaults.
func Default(limits formats.Limits) *Engine {
	return New(limits,
		[]formats.Format{jsonformat.Format{}},
		[]compat.Comparer{jsoncompat.Comparer{}},
	)
}
