package main

import (
	"os"
	"path/filepath"
	"strings"

	"github.com/concord-registry/concord/e2e/clients/go/check"
	"github.com/concord-registry/concord/e2e/clients/go/shop"
	sr "github.com/confluentinc/confluent-kafka-go/v2/schemaregistry"
	"github.com/confluentinc/confluent-kafka-go/v2/schemaregistry/serde"
	"github.com/confluentinc/confluent-kafka-go/v2/schemaregistry/serde/avrov2"
	"github.com/confluentinc/confluent-kafka-go/v2/schemaregistry/serde/jsonschema"
	"github.com/confluentinc/confluent-kafka-go/v2/schemaregistry/serde/protobuf"
	"google.golang.org/protobuf/proto"
)

// registerShop registers country <- address <- order, the order as the topic's value.
func registerShop(t check.T, url, kind, topic string) {
	var dir, ext, prefix, suffix string
	switch kind {
	case "AVRO":
		dir, ext, prefix = "avro/", ".avsc", "shop."
	case "JSON":
		dir, ext, prefix, suffix = "json/", ".json", "https://shop.example/", ".json"
	}
	cl := connect(t, url)
	refName := func(name string) string {
		if kind == "AVRO" {
			name = strings.ToUpper(name[:1]) + name[1:]
		}
		return prefix + name + suffix
	}
	register := func(subject, name string, refs ...sr.Reference) {
		_, err := cl.Register(subject, sr.SchemaInfo{SchemaType: kind, Schema: check.Schema(t, dir+name+ext), References: refs}, false)
		t.OK(err)
	}
	register(topic+"-country", "country")
	register(topic+"-address", "address", sr.Reference{Name: refName("country"), Subject: topic + "-country", Version: 1})
	register(topic+"-value", "order", sr.Reference{Name: refName("address"), Subject: topic + "-address", Version: 1})
}

func encodeAvroOrder(t check.T, url, topic string) []byte {
	conf := avrov2.NewSerializerConfig()
	conf.AutoRegisterSchemas, conf.UseLatestVersion = false, true
	s, err := avrov2.NewSerializer(connect(t, url), serde.ValueSerde, conf)
	t.OK(err)
	payload, err := s.Serialize(topic, &anOrder)
	t.OK(err)
	return payload
}

func jsonSerializer(t check.T, url string) *jsonschema.Serializer {
	conf := jsonschema.NewSerializerConfig()
	conf.AutoRegisterSchemas, conf.UseLatestVersion, conf.EnableValidation = false, true, true
	s, err := jsonschema.NewSerializer(connect(t, url), serde.ValueSerde, conf)
	t.OK(err)
	return s
}

func encodeJSONOrder(t check.T, url, topic string) []byte {
	payload, err := jsonSerializer(t, url).Serialize(topic, &anOrder)
	t.OK(err)
	return payload
}

func encodeProto(t check.T, url, topic string, m proto.Message) []byte {
	s, err := protobuf.NewSerializer(connect(t, url), serde.ValueSerde, protobuf.NewSerializerConfig())
	t.OK(err)
	payload, err := s.Serialize(topic, m)
	t.OK(err)
	return payload
}

func decodeProto(t check.T, url, topic string, payload []byte) proto.Message {
	d, err := protobuf.NewDeserializer(connect(t, url), serde.ValueSerde, protobuf.NewDeserializerConfig())
	t.OK(err)
	for _, m := range []proto.Message{&shop.Item{}, &shop.Order{}, &shop.Receipt_Note{}, &shop.Country{}, &shop.Basket{}, &shop.Shipment{}} {
		t.OK(d.ProtoRegistry.RegisterMessage(m.ProtoReflect().Type()))
	}
	got, err := d.Deserialize(topic, payload)
	t.OK(err)
	return got.(proto.Message)
}

// produce writes what the other clients are going to read.
func produce(c *check.Checks, url, dir string) {
	write := func(kind string, encode func(t check.T, topic string) []byte) {
		c.Run("write "+kind, func(t check.T) {
			t.OK(os.WriteFile(filepath.Join(dir, "go."+kind), encode(t, "exchange-go-"+kind), 0o644))
		})
	}
	write("avro.order", func(t check.T, topic string) []byte {
		registerShop(t, url, "AVRO", topic)
		return encodeAvroOrder(t, url, topic)
	})
	write("json.order", func(t check.T, topic string) []byte {
		registerShop(t, url, "JSON", topic)
		return encodeJSONOrder(t, url, topic)
	})
	write("protobuf.order", func(t check.T, topic string) []byte { return encodeProto(t, url, topic, aProtoOrder()) })
	write("protobuf.shipment", func(t check.T, topic string) []byte { return encodeProto(t, url, topic, aShipment()) })
	write("protobuf.country", func(t check.T, topic string) []byte {
		return encodeProto(t, url, topic, &shop.Country{Code: "NL"})
	})
	write("avro.country", func(t check.T, topic string) []byte {
		_, err := connect(t, url).Register(topic+"-value", sr.SchemaInfo{Schema: check.Schema(t, "avro/country.avsc")}, false)
		t.OK(err)
		conf := avrov2.NewSerializerConfig()
		conf.AutoRegisterSchemas, conf.UseLatestVersion = false, true
		s, err := avrov2.NewSerializer(connect(t, url), serde.ValueSerde, conf)
		t.OK(err)
		payload, err := s.Serialize(topic, &Country{Code: "NL"})
		t.OK(err)
		return payload
	})
	write("json.country", func(t check.T, topic string) []byte {
		_, err := connect(t, url).Register(topic+"-value", sr.SchemaInfo{SchemaType: "JSON", Schema: check.Schema(t, "json/country.json")}, false)
		t.OK(err)
		payload, err := jsonSerializer(t, url).Serialize(topic, &Country{Code: "NL"})
		t.OK(err)
		return payload
	})
}

// consume reads every message in the folder with a client that has seen none of the schemas.
func consume(c *check.Checks, url, dir string) {
	files, _ := filepath.Glob(filepath.Join(dir, "*.*.*"))
	for _, file := range files {
		c.Run("read "+filepath.Base(file), func(t check.T) {
			payload, err := os.ReadFile(file)
			t.OK(err)
			_, kind, _ := strings.Cut(filepath.Base(file), ".")
			topic := "exchange-any"
			switch kind {
			case "protobuf.order":
				t.True("it is the order", proto.Equal(decodeProto(t, url, topic, payload), aProtoOrder()))
			case "protobuf.shipment":
				t.True("it is the shipment", proto.Equal(decodeProto(t, url, topic, payload), aShipment()))
			case "protobuf.country":
				t.True("it is the country", proto.Equal(decodeProto(t, url, topic, payload), &shop.Country{Code: "NL"}))
			case "avro.order":
				var got Order
				decodeAvro(t, url, payload, &got)
				t.Equal("order", got, anOrder)
			case "avro.country":
				var got Country
				decodeAvro(t, url, payload, &got)
				t.Equal("country", got, Country{Code: "NL"})
			case "json.order":
				var got Order
				decodeJSON(t, url, payload, &got)
				t.Equal("order", got, anOrder)
			case "json.country":
				var got Country
				decodeJSON(t, url, payload, &got)
				t.Equal("country", got, Country{Code: "NL"})
			default:
				t.True("the kind "+kind+" is known", false)
			}
		})
	}
}

func decodeAvro(t check.T, url string, payload []byte, into any) {
	d, err := avrov2.NewDeserializer(connect(t, url), serde.ValueSerde, avrov2.NewDeserializerConfig())
	t.OK(err)
	t.OK(d.DeserializeInto("exchange-any", payload, into))
}

func decodeJSON(t check.T, url string, payload []byte, into any) {
	d, err := jsonschema.NewDeserializer(connect(t, url), serde.ValueSerde, jsonschema.NewDeserializerConfig())
	t.OK(err)
	t.OK(d.DeserializeInto("exchange-any", payload, into))
}
