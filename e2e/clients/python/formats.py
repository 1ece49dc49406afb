"""The three formats: their schemas, and their serializers in confluent-kafka."""

from confluent_kafka.schema_registry import Schema, SchemaReference, SchemaRegistryClient
from confluent_kafka.schema_registry.avro import AvroDeserializer, AvroSerializer
from confluent_kafka.schema_registry.json_schema import JSONDeserializer, JSONSerializer
from confluent_kafka.schema_registry.protobuf import ProtobufDeserializer, ProtobufSerializer
from confluent_kafka.serialization import MessageField, SerializationContext

from check import ORDER, schema_text
from shop import country_pb2, order_pb2, shipment_pb2

LATEST = {"auto.register.schemas": False, "use.latest.version": True}


class Format:
    """One schema format: the type's name in the API, where its files are, and which of them refer to each other."""

    def __init__(self, name, schema_type, folder, extension, reference, chain=("country", "address", "order")):
        self.name, self.schema_type, self.chain = name, schema_type, chain
        self.folder, self.extension, self.reference = folder, extension, reference

    def schema(self, file, *references, **contract):
        folder = "proto/shop" if self.schema_type == "PROTOBUF" and "_" not in file else self.folder
        return Schema(schema_text(f"{folder}/{file}{self.extension}"), self.schema_type, list(references), **contract)


AVRO = Format("Avro", "AVRO", "avro", ".avsc", lambda n: f"shop.{n.capitalize()}")
JSON = Format("JSON Schema", "JSON", "json", ".json", lambda n: f"https://shop.example/{n}.json")
PROTOBUF = Format("Protobuf", "PROTOBUF", "proto", ".proto", lambda n: f"shop/{n}.proto", ("country", "order", "shipment"))
FORMATS = [AVRO, JSON, PROTOBUF]


def connect(url):
    """Return a client with empty caches that does not retry: a 5xx must show."""
    return SchemaRegistryClient({"url": url, "max.retries": 0})


def value(topic):
    return SerializationContext(topic, MessageField.VALUE)


def register_shop(url, f, topic):
    """Register inner <- middle <- outer, the outer as the topic's value."""
    client = connect(url)
    inner, middle, outer = f.chain
    client.register_schema(f"{topic}-{inner}", f.schema(inner))
    to_inner = SchemaReference(f.reference(inner), f"{topic}-{inner}", 1)
    client.register_schema(f"{topic}-{middle}", f.schema(middle, to_inner))
    to_middle = SchemaReference(f.reference(middle), f"{topic}-{middle}", 1)
    return client.register_schema(f"{topic}-value", f.schema(outer, to_middle))


def encode(url, f, topic, message, conf=None):
    """Encode with a new serializer: Avro and JSON by the latest version, Protobuf by registering."""
    client = connect(url)
    if f is AVRO:
        serializer = AvroSerializer(client, conf=conf or LATEST)
    elif f is JSON:
        serializer = JSONSerializer(None, client, conf=conf or LATEST)
    else:
        serializer = ProtobufSerializer(type(message), client, conf=conf)
    return serializer(message, value(topic))


def decode(url, f, topic, payload, message_type=None):
    """Decode with a new deserializer that knows none of the schemas."""
    client = connect(url)
    if f is AVRO:
        return AvroDeserializer(client)(payload, value(topic))
    if f is JSON:
        return JSONDeserializer(None, schema_registry_client=client)(payload, value(topic))
    return ProtobufDeserializer(message_type, schema_registry_client=client)(payload, value(topic))


def proto_country():
    return country_pb2.Country(code="NL")


def proto_order():
    return order_pb2.Order(
        id=ORDER["id"],
        address=order_pb2.Address(street=ORDER["address"]["street"], country=proto_country()),
        state=order_pb2.Order.STATE_PLACED,
        comment=ORDER["comment"],
    )


def proto_shipment():
    return shipment_pb2.Shipment(id="s-1", orders=[proto_order()])
