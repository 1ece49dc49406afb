package web

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"

	"github.com/concord-registry/concord/formats"
	"github.com/concord-registry/concord/registry"
	"github.com/concord-registry/concord/storage"
)

// snippet is something to copy, which runs as it is: e2e/snippets_test.go does so.
type snippet struct {
	ID, Title, Words, Text string
}

// clientNames are what clients call the parts that depend on the format. Python's deserializer of Protobuf needs the
// generated code, so that a snippet cannot make one.
type clientNames struct{ java, goPackage, pythonModule, pythonCall, javascript string }

var clientsOf = map[formats.Type]clientNames{
	formats.Avro:     {"io.confluent.kafka.serializers.KafkaAvro", "avrov2", "avro", "AvroDeserializer(client, schema)", "Avro"},
	formats.JSON:     {"io.confluent.kafka.serializers.json.KafkaJsonSchema", "jsonschema", "json_schema", "JSONDeserializer(schema, schema_registry_client=client)", "Json"},
	formats.Protobuf: {"io.confluent.kafka.serializers.protobuf.KafkaProtobuf", "protobuf", "", "", "Protobuf"},
}

// use is what the snippets of one version share. Those of a deleted version read it, and write nothing with it.
type use struct {
	*registry.SchemaVersion
	clientNames

	origin string // of this server
	base   string // what clients take for the address of the registry: they reach another context through the path
	name   string // of the subject, within its context
	topic  string // whose messages the schema is of, by what clients do unless told otherwise; name when nothing says so
	part   string // of the message: key or value
}

// snippets are ways to use a version, with this server's address and this subject.
func snippets(origin string, v *registry.SchemaVersion) []snippet {
	u := use{SchemaVersion: v, clientNames: clientsOf[v.Type], origin: origin, base: origin, part: "value"}
	context, name := storage.SplitSubject(v.Subject)
	if u.name = name; context != storage.DefaultContext {
		u.base += "/contexts/" + url.PathEscape(context)
	}
	topic, isKey := strings.CutSuffix(name, "-key")
	if u.topic = topic; isKey {
		u.part = "key"
	} else {
		u.topic = strings.TrimSuffix(name, "-value")
	}
	return []snippet{
		{"curl", "curl", "The text of this version; of the newest one with latest in place of the number.", u.curl()},
		{"concord", "concord", "Write the schema to a file; once that is changed, ask whether it may be registered, before anyone else meets it.", u.concord()},
		{"java", "Java", "Settings of a producer and a consumer.", u.javaProperties()},
		{"go", "Go", "With confluent-kafka-go.", u.goProgram()},
		{"python", "Python", "With confluent-kafka.", u.python()},
		{"javascript", "JavaScript", "With @confluentinc/schemaregistry, as a module.", u.moduleOfJavaScript()},
	}
}

func (u *use) curl() string {
	address := fmt.Sprintf("%s/subjects/%s/versions/%d/schema", u.origin, segment(u.Subject), u.Version)
	if u.Deleted {
		address += "?deleted=true"
	}
	return "curl " + quoted(address)
}

// concord has the flags first, because a subject's name may look like one.
func (u *use) concord() string {
	file := localName(u.SchemaVersion)
	get := []string{"concord get subject -o raw --registry", quoted(u.origin), "--", quoted(fmt.Sprintf("%s@%d", u.Subject, u.Version)), ">", quoted(file)}
	if u.Deleted {
		return strings.Join(get, " ")
	}
	register := []string{"concord register --dry-run --registry", quoted(u.origin)}
	for _, ref := range u.References {
		register = append(register, "--ref", quoted(fmt.Sprintf("%s=%s@%d", ref.Name, ref.Subject, ref.Version)))
	}
	register = append(register, "--", quoted(u.Subject), quoted(file))
	return strings.Join(get, " ") + "\n" + strings.Join(register, " ")
}

func (u *use) javaProperties() string {
	var b strings.Builder
	if u.topic != u.name {
		fmt.Fprintf(&b, "# of the topic %s\n", u.topic)
	}
	fmt.Fprintf(&b, "schema.registry.url=%s\n", u.base)
	if !u.Deleted {
		fmt.Fprintf(&b, "%s.serializer=%sSerializer\n", u.part, u.java)
	}
	fmt.Fprintf(&b, "%s.deserializer=%sDeserializer", u.part, u.java)
	if !u.Deleted {
		b.WriteString("\n# what is not registered here is refused, instead of registered by accident\nauto.register.schemas=false\nuse.latest.version=true")
	}
	return b.String()
}

func (u *use) goProgram() string {
	imports, call, serializer := "", fmt.Sprintf("GetSchemaMetadata(%q, %d)", u.name, u.Version), ""
	if u.Deleted {
		call = fmt.Sprintf("GetSchemaMetadataIncludeDeleted(%q, %d, true)", u.name, u.Version)
	} else {
		serde := map[string]string{"key": "KeySerde", "value": "ValueSerde"}[u.part]
		const module = "\n\t\"github.com/confluentinc/confluent-kafka-go/v2/schemaregistry/serde"
		imports = module + `"` + module + "/" + u.goPackage + `"`
		serializer = fmt.Sprintf(`

	// what is not registered here is refused, instead of registered by accident
	config := %s.NewSerializerConfig()
	config.AutoRegisterSchemas, config.UseLatestVersion = false, true
	serializer, err := %s.NewSerializer(client, serde.%s, config)
	if err != nil {
		log.Fatal(err)
	}
	defer serializer.Close()`, u.goPackage, u.goPackage, serde)
	}
	return fmt.Sprintf(`package main

import (
	"fmt"
	"log"

	"github.com/confluentinc/confluent-kafka-go/v2/schemaregistry"%s
)

func main() {
	client, err := schemaregistry.NewClient(schemaregistry.NewConfig(%q))
	if err != nil {
		log.Fatal(err)
	}

	// this version
	schema, err := client.%s
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(schema.Schema)%s
}`, imports, u.base, call, serializer)
}

func (u *use) python() string {
	module, call, deleted := "", "", ""
	if u.pythonCall != "" {
		class, _, _ := strings.Cut(u.pythonCall, "(")
		module = fmt.Sprintf("\nfrom confluent_kafka.schema_registry.%s import %s", u.pythonModule, class)
		call = "\n\ndeserialize = " + u.pythonCall
	}
	if u.Deleted {
		deleted = ", deleted=True"
	}
	return fmt.Sprintf(`from confluent_kafka.schema_registry import SchemaRegistryClient%s

client = SchemaRegistryClient({"url": %s})

# this version
schema = client.get_version(%s, %d%s).schema
print(schema.schema_str)%s`, module, literal(u.base), literal(u.name), u.Version, deleted, call)
}

func (u *use) moduleOfJavaScript() string {
	imports, deleted, serializer := "", ", true", ""
	if !u.Deleted {
		imports, deleted = fmt.Sprintf(", SerdeType, %sSerializer", u.javascript), ""
		serializer = fmt.Sprintf(`

// what is not registered here is refused, instead of registered by accident
const serializer = new %sSerializer(client, SerdeType.%s, { autoRegisterSchemas: false, useLatestVersion: true });`, u.javascript, strings.ToUpper(u.part))
	}
	return fmt.Sprintf(`import { SchemaRegistryClient%s } from "@confluentinc/schemaregistry";

const client = new SchemaRegistryClient({ baseURLs: [%s] });

// this version
const schema = await client.getSchemaMetadata(%s, %d%s);
console.log(schema.schema);%s`, imports, literal(u.base), literal(u.name), u.Version, deleted, serializer)
}

// literal writes a text as Python and JavaScript read it: as JSON does.
func literal(text string) string {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(text) // strings always encode
	return strings.TrimSuffix(b.String(), "\n")
}
