package web

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/concord-registry/concord/formats"
	"github.com/concord-registry/concord/registry"
	"github.com/concord-registry/concord/storage"
)

// snippet is something to copy.
type snippet struct {
	ID, Title, Words, Text string
}

// clientNames are what clients call the parts that depend on the format.
type clientNames struct{ serializer, python, goPackage, javascript string }

var clientsOf = map[formats.Type]clientNames{
	formats.Avro:     {"KafkaAvro", "Avro", "avrov2", "Avro"},
	formats.JSON:     {"KafkaJsonSchema", "JSON", "jsonschema", "Json"},
	formats.Protobuf: {"KafkaProtobuf", "Protobuf", "protobuf", "Protobuf"},
}

// snippets are ways to use a version, with this server's address and this subject.
func snippets(origin string, v *registry.SchemaVersion) []snippet {
	address := origin + "/subjects/" + segment(v.Subject)
	names := clientsOf[v.Type]
	java := map[formats.Type]string{formats.Avro: "io.confluent.kafka.serializers.", formats.JSON: "io.confluent.kafka.serializers.json.", formats.Protobuf: "io.confluent.kafka.serializers.protobuf."}[v.Type] + names.serializer
	python := map[formats.Type]string{formats.Avro: "avro", formats.JSON: "json_schema", formats.Protobuf: "protobuf"}[v.Type]
	// Clients reach another context through the path.
	base := origin
	context, name := storage.SplitSubject(v.Subject)
	if context != storage.DefaultContext {
		base += "/contexts/" + url.PathEscape(context)
	}
	// What clients do unless told otherwise: a topic's name with the part of the message that the schema is of.
	topic, isKey := strings.CutSuffix(name, "-key")
	part, serde, serdeType := "value", "ValueSerde", "VALUE"
	if isKey {
		part, serde, serdeType = "key", "KeySerde", "KEY"
	} else {
		topic = strings.TrimSuffix(name, "-value")
	}
	of := ""
	if topic != name {
		of = "# of the topic " + topic + "\n"
	}
	return []snippet{
		{"curl", "curl", "The text of this version; of the newest one with latest in place of the number.",
			fmt.Sprintf("curl %s", quoted(fmt.Sprintf("%s/versions/%d/schema", address, v.Version)))},
		{"concord", "concord", "Check a changed file before anyone else meets it.",
			fmt.Sprintf("concord check --registry %s --explain %s", quoted(origin), quoted(localName(v)))},
		{"java", "Java", "Settings of a producer and a consumer.",
			fmt.Sprintf("%sschema.registry.url=%s\n%s.serializer=%sSerializer\n%s.deserializer=%sDeserializer\n# what is not registered here is refused, instead of registered by accident\nauto.register.schemas=false\nuse.latest.version=true", of, base, part, java, part, java)},
		{"go", "Go", "With confluent-kafka-go.",
			fmt.Sprintf("import (\n\t\"github.com/confluentinc/confluent-kafka-go/v2/schemaregistry\"\n\t\"github.com/confluentinc/confluent-kafka-go/v2/schemaregistry/serde\"\n\t\"github.com/confluentinc/confluent-kafka-go/v2/schemaregistry/serde/%s\"\n)\n\nclient, err := schemaregistry.NewClient(schemaregistry.NewConfig(%q))\nif err != nil {\n\treturn err\n}\nserializer, err := %s.NewSerializer(client, serde.%s, %s.NewSerializerConfig())\n\n// this version\nschema, err := client.GetSchemaMetadata(%q, %d)", names.goPackage, base, names.goPackage, serde, names.goPackage, name, v.Version)},
		{"python", "Python", "With confluent-kafka.",
			fmt.Sprintf("from confluent_kafka.schema_registry import SchemaRegistryClient\nfrom confluent_kafka.schema_registry.%s import %sDeserializer\n\nclient = SchemaRegistryClient({\"url\": %q})\nschema = client.get_version(%q, %d).schema", python, names.python, base, name, v.Version)},
		{"javascript", "JavaScript", "With @confluentinc/schemaregistry.",
			fmt.Sprintf("import { SchemaRegistryClient, SerdeType, %sSerializer } from '@confluentinc/schemaregistry';\n\nconst client = new SchemaRegistryClient({ baseURLs: [%q] });\nconst serializer = new %sSerializer(client, SerdeType.%s, { useLatestVersion: true });\n\n// this version\nconst schema = await client.getSchemaMetadata(%q, %d);", names.javascript, base, names.javascript, serdeType, name, v.Version)},
	}
}
