// Command confluent runs github.com/confluentinc/confluent-kafka-go against a
// registry: its REST client and its serializers for the three formats.
//
//	confluent URL              run all checks
//	confluent URL produce DIR  write one message per format and kind into DIR
//	confluent URL consume DIR  read every message any client has written there
package main

import (
	"fmt"
	"os"

	"github.com/concord-registry/concord/e2e/clients/go/check"
	sr "github.com/confluentinc/confluent-kafka-go/v2/schemaregistry"
	"github.com/confluentinc/confluent-kafka-go/v2/schemaregistry/rest"
)

var codeOf = check.CodeOf(func(e *rest.Error) int { return e.Code })

func main() {
	var c check.Checks
	switch {
	case len(os.Args) == 2:
		requests(&c, os.Args[1])
		serdes(&c, os.Args[1])
	case len(os.Args) == 4 && os.Args[2] == "produce":
		produce(&c, os.Args[1], os.Args[3])
	case len(os.Args) == 4 && os.Args[2] == "consume":
		consume(&c, os.Args[1], os.Args[3])
	default:
		fmt.Fprintln(os.Stderr, "usage: confluent URL [produce|consume DIR]")
		os.Exit(2)
	}
	c.Exit()
}

// connect returns a client with empty caches.
func connect(t check.T, url string) sr.Client {
	cl, err := sr.NewClient(sr.NewConfig(url))
	t.OK(err)
	return cl
}
