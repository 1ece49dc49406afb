// Command franz runs github.com/twmb/franz-go/pkg/sr against a registry: the
// client with the broadest REST surface. Its argument is the registry's URL.
package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/concord-registry/concord/e2e/clients/go/check"
	"github.com/twmb/franz-go/pkg/sr"
)

var codeOf = check.CodeOf(func(e *sr.ResponseError) int { return e.ErrorCode })

// format is one schema format and the files the checks use for it.
type format struct {
	name                           string
	kind                           sr.SchemaType
	country, evolved, incompatible string
	middle, outer                  string // outer refers to middle, which refers to country
	countryName, middleName        string // the names the references give
}

var formats = []format{
	{"Avro", sr.TypeAvro, "avro/country.avsc", "avro/country_v2.avsc", "avro/country_bad.avsc",
		"avro/address.avsc", "avro/order.avsc", "shop.Country", "shop.Address"},
	{"JSON Schema", sr.TypeJSON, "json/country.json", "json/country_v2.json", "json/country_bad.json",
		"json/address.json", "json/order.json", "https://shop.example/country.json", "https://shop.example/address.json"},
	{"Protobuf", sr.TypeProtobuf, "proto/shop/country.proto", "proto/country_v2.proto", "proto/country_bad.proto",
		"proto/shop/order.proto", "proto/shop/shipment.proto", "shop/country.proto", "shop/order.proto"},
}

func (f format) schema(t check.T, file string, refs ...sr.SchemaReference) sr.Schema {
	return sr.Schema{Type: f.kind, Schema: check.Schema(t, file), References: refs}
}

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: franz URL")
		os.Exit(2)
	}
	cl, err := sr.NewClient(sr.URLs(os.Args[1]))
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()

	var c check.Checks
	for _, f := range formats {
		life(ctx, &c, cl, f)
		references(ctx, &c, cl, f)
	}
	text(ctx, &c, cl)
	names(ctx, &c, cl)
	deletion(ctx, &c, cl)
	configuration(ctx, &c, cl)
	modes(ctx, &c, cl)
	contexts(ctx, &c, cl)
	contracts(ctx, &c, cl)
	mistakes(ctx, &c, cl)
	c.Exit()
}
