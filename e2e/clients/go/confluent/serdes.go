package main

import (
	"bytes"

	"github.com/concord-registry/concord/e2e/clients/go/check"
	"github.com/concord-registry/concord/e2e/clients/go/shop"
	sr "github.com/confluentinc/confluent-kafka-go/v2/schemaregistry"
	"github.com/confluentinc/confluent-kafka-go/v2/schemaregistry/serde"
	"github.com/confluentinc/confluent-kafka-go/v2/schemaregistry/serde/avro"
	"github.com/confluentinc/confluent-kafka-go/v2/schemaregistry/serde/avrov2"
	"github.com/confluentinc/confluent-kafka-go/v2/schemaregistry/serde/jsonschema"
	"github.com/confluentinc/confluent-kafka-go/v2/schemaregistry/serde/protobuf"
	"google.golang.org/protobuf/proto"
)

// Country, Address and Order are the messages of the Avro and JSON formats.
type Country struct {
	Code string `avro:"code" json:"code"`
}

type Address struct {
	Street  string  `avro:"street" json:"street"`
	Country Country `avro:"country" json:"country"`
}

type Order struct {
	ID         string           `avro:"id" json:"id"`
	Address    Address          `avro:"address" json:"address"`
	Quantities map[string]int64 `avro:"quantities" json:"quantities"`
	State      string           `avro:"state" json:"state"`
	Comment    *string          `avro:"comment" json:"comment,omitempty"`
}

var comment = "ring twice"

var anOrder = Order{
	ID: "o-1", Address: Address{Street: "Damrak 1", Country: Country{Code: "NL"}},
	Quantities: map[string]int64{"apples": 3}, State: "PLACED", Comment: &comment,
}

func aProtoOrder() *shop.Order {
	return &shop.Order{
		Id: "o-1", Address: &shop.Address{Street: "Damrak 1", Country: &shop.Country{Code: "NL"}},
		State: shop.Order_STATE_PLACED, Comment: &comment,
	}
}

func aShipment() *shop.Shipment {
	return &shop.Shipment{Id: "s-1", Orders: []*shop.Order{aProtoOrder()}}
}

func serdes(c *check.Checks, url string) {
	avroSerdes(c, url)
	jsonSerdes(c, url)
	protoSerdes(c, url)
}

func avroSerdes(c *check.Checks, url string) {
	c.Run("Avro: a struct's own schema is registered, and read by a client that knows nothing", func(t check.T) {
		topic := check.Fresh("avro-struct")
		s, err := avrov2.NewSerializer(connect(t, url), serde.ValueSerde, avrov2.NewSerializerConfig())
		t.OK(err)
		payload, err := s.Serialize(topic, &Country{Code: "NL"})
		t.OK(err)
		d, err := avrov2.NewDeserializer(connect(t, url), serde.ValueSerde, avrov2.NewDeserializerConfig())
		t.OK(err)
		var got Country
		t.OK(d.DeserializeInto(topic, payload, &got))
		t.Equal("message", got, Country{Code: "NL"})
	})
	c.Run("Avro: the generic serializer of the older kind", func(t check.T) {
		topic := check.Fresh("avro-generic")
		s, err := avro.NewGenericSerializer(connect(t, url), serde.ValueSerde, avro.NewSerializerConfig())
		t.OK(err)
		payload, err := s.Serialize(topic, &Country{Code: "NL"})
		t.OK(err)
		d, err := avro.NewGenericDeserializer(connect(t, url), serde.ValueSerde, avro.NewDeserializerConfig())
		t.OK(err)
		var got Country
		t.OK(d.DeserializeInto(topic, payload, &got))
		t.Equal("message", got, Country{Code: "NL"})
	})
	c.Run("Avro: the latest version with nested references", func(t check.T) {
		topic := check.Fresh("avro-refs")
		registerShop(t, url, "AVRO", topic)
		payload := encodeAvroOrder(t, url, topic)
		d, err := avrov2.NewDeserializer(connect(t, url), serde.ValueSerde, avrov2.NewDeserializerConfig())
		t.OK(err)
		var got Order
		t.OK(d.DeserializeInto(topic, payload, &got))
		t.Equal("message", got, anOrder)
	})
	c.Run("Avro: the GUID in the header instead of the id in the payload", func(t check.T) {
		topic := check.Fresh("avro-guid")
		s, err := avrov2.NewSerializer(connect(t, url), serde.ValueSerde, avrov2.NewSerializerConfig())
		t.OK(err)
		s.SchemaIDSerializer = serde.HeaderSchemaIDSerializer
		headers, payload, err := s.SerializeWithHeaders(topic, &Country{Code: "NL"})
		t.OK(err)
		t.Equal("headers", len(headers), 1)
		d, err := avrov2.NewDeserializer(connect(t, url), serde.ValueSerde, avrov2.NewDeserializerConfig())
		t.OK(err)
		var got Country
		t.OK(d.DeserializeWithHeadersInto(topic, headers, payload, &got))
		t.Equal("message", got, Country{Code: "NL"})
	})
	c.Run("Avro: without auto-registration an unknown schema is refused", func(t check.T) {
		conf := avrov2.NewSerializerConfig()
		conf.AutoRegisterSchemas = false
		s, err := avrov2.NewSerializer(connect(t, url), serde.ValueSerde, conf)
		t.OK(err)
		_, err = s.Serialize(check.Fresh("avro-unknown"), &Country{Code: "NL"})
		t.Code(err, 40401, codeOf)
	})
}

func jsonSerdes(c *check.Checks, url string) {
	c.Run("JSON Schema: a struct's own schema is registered, validated and read", func(t check.T) {
		topic := check.Fresh("json-struct")
		conf := jsonschema.NewSerializerConfig()
		conf.EnableValidation = true
		s, err := jsonschema.NewSerializer(connect(t, url), serde.ValueSerde, conf)
		t.OK(err)
		payload, err := s.Serialize(topic, &anOrder)
		t.OK(err)
		d, err := jsonschema.NewDeserializer(connect(t, url), serde.ValueSerde, jsonschema.NewDeserializerConfig())
		t.OK(err)
		var got Order
		t.OK(d.DeserializeInto(topic, payload, &got))
		t.Equal("message", got, anOrder)
	})
	c.Run("JSON Schema: nested references are fetched and validate", func(t check.T) {
		topic := check.Fresh("json-refs")
		registerShop(t, url, "JSON", topic)
		payload := encodeJSONOrder(t, url, topic)
		got := map[string]any{}
		d, err := jsonschema.NewDeserializer(connect(t, url), serde.ValueSerde, jsonschema.NewDeserializerConfig())
		t.OK(err)
		t.OK(d.DeserializeInto(topic, payload, &got))
		t.Equal("id", got["id"], "o-1")
	})
	c.Run("JSON Schema: the nested reference refuses what it must", func(t check.T) {
		topic := check.Fresh("json-refuse")
		registerShop(t, url, "JSON", topic)
		s := jsonSerializer(t, url)
		bad := anOrder
		bad.Address.Country.Code = "N" // country.json wants two characters
		_, err := s.Serialize(topic, &bad)
		t.True("validation fails", err != nil)
	})
}

func protoSerdes(c *check.Checks, url string) {
	c.Run("Protobuf: a message with imports is registered with them, and read", func(t check.T) {
		topic := check.Fresh("proto-imports")
		payload := encodeProto(t, url, topic, aProtoOrder())
		t.True("the second message has the index 02 02", bytes.Equal(payload[5:7], []byte{2, 2}))
		t.True("the order comes back", proto.Equal(decodeProto(t, url, topic, payload), aProtoOrder()))
		cl := connect(t, url)
		latest, err := cl.GetLatestSchemaMetadata(topic + "-value")
		t.OK(err)
		t.Equal("references", latest.References, []sr.Reference{{Name: "shop/country.proto", Subject: "shop/country.proto", Version: 1}})
	})
	c.Run("Protobuf: an import that imports", func(t check.T) {
		topic := check.Fresh("proto-nested")
		payload := encodeProto(t, url, topic, aShipment())
		t.True("the shipment comes back", proto.Equal(decodeProto(t, url, topic, payload), aShipment()))
	})
	c.Run("Protobuf: a map", func(t check.T) {
		topic := check.Fresh("proto-map")
		basket := &shop.Basket{Quantities: map[string]int64{"apples": 3}}
		payload := encodeProto(t, url, topic, basket)
		t.True("the basket comes back", proto.Equal(decodeProto(t, url, topic, payload), basket))
	})
	c.Run("Protobuf: the first message has the short index", func(t check.T) {
		topic := check.Fresh("proto-first")
		item := &shop.Item{Sku: "a-1", Quantity: 2}
		payload := encodeProto(t, url, topic, item)
		t.Equal("index", payload[5], byte(0))
		t.True("the item comes back", proto.Equal(decodeProto(t, url, topic, payload), item))
	})
	c.Run("Protobuf: a nested message", func(t check.T) {
		topic := check.Fresh("proto-nested")
		note := &shop.Receipt_Note{Text: "fragile"}
		payload := encodeProto(t, url, topic, note)
		t.True("the index is 04 06 00", bytes.Equal(payload[5:8], []byte{4, 6, 0}))
		t.True("the note comes back", proto.Equal(decodeProto(t, url, topic, payload), note))
	})
	c.Run("Protobuf: a second producer looks up instead of registering", func(t check.T) {
		topic := check.Fresh("proto-lookup")
		first := encodeProto(t, url, topic, aProtoOrder())
		conf := protobuf.NewSerializerConfig()
		conf.AutoRegisterSchemas = false
		s, err := protobuf.NewSerializer(connect(t, url), serde.ValueSerde, conf)
		t.OK(err)
		second, err := s.Serialize(topic, aProtoOrder())
		t.OK(err)
		t.True("both carry the same id", bytes.Equal(first[:5], second[:5]))
	})
}
