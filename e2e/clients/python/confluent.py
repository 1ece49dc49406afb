"""confluent-kafka's schema registry client, its serializers for the three formats, and its async twin.

    confluent.py URL              run all checks
    confluent.py URL produce DIR  write one message per format and kind into DIR
    confluent.py URL consume DIR  read every message any client has written there
"""

import asyncio
import base64
import json

from confluent_kafka.schema_registry import (
    AsyncSchemaRegistryClient,
    ConfigCompatibilityLevel,
    Metadata,
    MetadataProperties,
    Rule,
    RuleKind,
    RuleMode,
    RuleParams,
    RuleSet,
    Schema,
    SchemaRegistryError,
    ServerConfig,
    header_schema_id_serializer,
)
from confluent_kafka.schema_registry.avro import (
    AsyncAvroDeserializer, AsyncAvroSerializer, AvroDeserializer, AvroSerializer,
)
from confluent_kafka.schema_registry.json_schema import JSONSerializer
from confluent_kafka.serialization import SerializationContext, MessageField
from google.protobuf.descriptor_pb2 import FileDescriptorProto

from check import COUNTRY, ORDER, check, equal, finish, fresh, usage
from formats import (
    AVRO, FORMATS, JSON, LATEST, PROTOBUF, connect, decode, encode, proto_country, proto_order, proto_shipment, register_shop,
    value,
)
from shop import basket_pb2, country_pb2, order_pb2, shipment_pb2

URL, MODE, DIR = usage()


def refused(status, codes, call):
    """Demand that a call fails with the status and one of the codes."""
    try:
        answer = call()
    except SchemaRegistryError as err:
        assert err.http_status_code == status and err.error_code in codes, f"{err}, not {status} {codes}"
        return
    raise AssertionError(f"it was not refused but answered {answer!r}")


def requests(f):
    subject = fresh("rest/py λ:")  # a name that has to be escaped

    @check(f"{f.name}: register answers id, version and GUID")
    def _():
        full = connect(URL).register_schema_full_response(subject, f.schema("country"))
        assert full.guid, "no GUID"
        equal(connect(URL).register_schema(subject, f.schema("country")), full.schema_id)
        by_id = connect(URL).get_schema(full.schema_id)
        equal(by_id.schema_type, f.schema_type)
        equal(connect(URL).get_schema_by_guid(full.guid).schema_str, by_id.schema_str)
        assert subject in connect(URL).get_subjects_by_schema_id(full.schema_id), "the subject is not listed"
        uses = connect(URL).get_schema_versions(full.schema_id)
        assert any(u.subject == subject and u.version == 1 for u in uses), f"{uses}"

    @check(f"{f.name}: lookup gives id and version")
    def _():
        found = connect(URL).lookup_schema(subject, f.schema("country"))
        equal((found.subject, found.version), (subject, 1))
        refused(404, [40403], lambda: connect(URL).lookup_schema(subject, f.schema("country_v2")))
        refused(404, [40401], lambda: connect(URL).lookup_schema(fresh("nobody"), f.schema("country")))

    @check(f"{f.name}: the check, the evolution and the refusal")
    def _():
        client = connect(URL)
        equal(client.test_compatibility(subject, f.schema("country_v2"), verbose=True), True)
        equal(client.test_compatibility(subject, f.schema("country_bad"), version=1), False)
        equal(client.test_compatibility_all_versions(subject, f.schema("country_bad"), verbose=True), False)
        client.register_schema(subject, f.schema("country_v2"))
        refused(409, [409, 40901], lambda: client.register_schema(subject, f.schema("country_bad")))
        equal(connect(URL).get_latest_version(subject).version, 2)
        equal(connect(URL).get_versions(subject), [1, 2])

    @check(f"{f.name}: the latest with given metadata")
    def _():
        tagged = f.schema("country_v2", metadata=Metadata(None, MetadataProperties({"major": "2", "owner": "py"}), None))
        registered = connect(URL).register_schema(subject, tagged)
        found = connect(URL).get_latest_with_metadata(subject, {"major": "2", "owner": "py"})
        equal(found.schema_id, registered)
        equal(found.schema.metadata.properties.properties, {"major": "2", "owner": "py"})
        refused(404, [40403], lambda: connect(URL).get_latest_with_metadata(subject, {"major": "3"}))

    @check(f"{f.name}: nested references come back, and protect what they name")
    def _():
        topic = fresh("refs")
        schema_id = register_shop(URL, f, topic)
        reference = connect(URL).get_schema(schema_id).references[0]
        middle = f.chain[1]
        equal((reference.name, reference.subject, reference.version), (f.reference(middle), f"{topic}-{middle}", 1))
        equal(connect(URL).get_referenced_by(f"{topic}-{middle}", 1), [schema_id])
        refused(422, [42206], lambda: connect(URL).delete_subject(f"{topic}-{middle}"))

    @check(f"{f.name}: delete in two steps")
    def _():
        client = connect(URL)
        equal(client.delete_version(subject, 1), 1)
        refused(404, [40402], lambda: connect(URL).get_version(subject, 1))
        equal(connect(URL).get_version(subject, 1, deleted=True).version, 1)
        equal(connect(URL).get_versions(subject, deleted=True), [1, 2, 3])
        equal(client.delete_subject(subject), [2, 3])
        assert subject in client.get_subjects(deleted=True), "it is not listed with the deleted"
        equal(client.delete_subject(subject, permanent=True), [1, 2, 3])
        assert subject not in client.get_subjects(deleted=True), "it is still listed"

    @check(f"{f.name}: a schema that does not parse is 42201")
    def _():
        refused(422, [42201], lambda: connect(URL).register_schema(fresh("bad"), Schema('{"type":', f.schema_type)))


def settings():
    subject = fresh("settings/py")

    @check("a schema that is worth compressing comes back whole")
    def _():
        fields = [{"name": f"field_{i}", "type": ["null", "string"], "doc": f"Größe {i}", "default": None} for i in range(500)]
        text = json.dumps({"type": "record", "name": "Large", "fields": fields}, ensure_ascii=False, separators=(",", ":"))
        equal(connect(URL).get_schema(connect(URL).register_schema(fresh("large"), Schema(text, "AVRO"))).schema_str, text)

    @check("the types are the three")
    def _():
        equal(sorted(connect(URL).get_schema_types()), ["AVRO", "JSON", "PROTOBUF"])

    @check("levels, global and of a subject")
    def _():
        client = connect(URL)
        equal(client.get_compatibility(), "BACKWARD")
        refused(404, [40408], lambda: client.get_compatibility(subject))
        client.set_compatibility(subject, "FULL_TRANSITIVE")
        equal(client.get_compatibility(subject), "FULL_TRANSITIVE")
        refused(422, [42203], lambda: client.set_compatibility(subject, "SIDEWAYS"))

    @check("a whole config, set and deleted")
    def _():
        client = connect(URL)
        client.set_config(subject, ServerConfig(
            compatibility=ConfigCompatibilityLevel.NONE,
            compatibility_group="major",
            default_metadata=Metadata(None, MetadataProperties({"owner": "py"}), None),
        ))
        got = client.get_config(subject)
        equal((got.compatibility_level, got.compatibility_group), (ConfigCompatibilityLevel.NONE, "major"))
        equal(got.default_metadata.properties.properties, {"owner": "py"})
        equal(client.delete_config(subject).compatibility_level, ConfigCompatibilityLevel.NONE)
        refused(404, [40408], lambda: client.get_config(subject))

    @check("rules come back with the schema")
    def _():
        rule = Rule("check", "two letters", RuleKind.CONDITION, RuleMode.WRITE, "CEL", ["PII"], RuleParams({"k": "v"}),
                    "size(message.code) == 2", None, "ERROR", False)
        schema = AVRO.schema("country", rule_set=RuleSet([], [rule]))
        got = connect(URL).get_schema(connect(URL).register_schema(fresh("rules"), schema)).rule_set.domain_rules[0]
        equal((got.name, got.expr, got.tags, got.on_failure), ("check", rule.expr, ["PII"], "ERROR"))

    @check("modes, global and of a subject")
    def _():
        client = connect(URL)
        equal(client.get_global_mode(), "READWRITE")
        refused(404, [40409], lambda: client.get_mode(subject))
        client.update_mode(subject, "READONLY")
        equal(client.get_mode(subject), "READONLY")
        refused(422, [42205], lambda: client.register_schema(subject, AVRO.schema("country")))
        client.delete_mode(subject)
        client.register_schema(subject, AVRO.schema("country"))

    @check("contexts are listed")
    def _():
        client = connect(URL)
        client.register_schema(f":.py-contexts:{subject}", AVRO.schema("country"))
        assert ".py-contexts" in client.get_contexts(), "the context is not listed"
        equal(client.get_subjects(subject_prefix=":.py-contexts:"), [f":.py-contexts:{subject}"])

    @check("a topic without associations has none")
    def _():
        equal(connect(URL).get_associations_by_resource_name("topic", "-", "topic", ["value"]), [])


def serdes():
    for f in (AVRO, JSON):
        @check(f"{f.name}: the latest version with nested references, read by a client that knows nothing")
        def _(f=f):
            topic = fresh("refs")
            register_shop(URL, f, topic)
            equal(decode(URL, f, topic, encode(URL, f, topic, ORDER)), ORDER)

    @check("Avro: a schema is registered on first use")
    def _():
        topic = fresh("auto")
        payload = AvroSerializer(connect(URL), AVRO.schema("country").schema_str)(COUNTRY, value(topic))
        equal(decode(URL, AVRO, topic, payload), COUNTRY)
        equal(connect(URL).get_versions(f"{topic}-value"), [1])

    @check("Avro: the GUID in the header instead of the id in the payload")
    def _():
        topic = fresh("guid")
        ctx = SerializationContext(topic, MessageField.VALUE, headers=[])
        serializer = AvroSerializer(connect(URL), AVRO.schema("country").schema_str,
                                    conf={"schema.id.serializer": header_schema_id_serializer})
        somewhere = {"code": "Netherlands"}  # the deserializer wants five bytes, where the id would be
        payload = serializer(somewhere, ctx)
        equal(len(ctx.headers), 1)
        equal(AvroDeserializer(connect(URL))(payload, ctx), somewhere)

    @check("JSON Schema: a schema is registered on first use, and validates")
    def _():
        topic = fresh("auto")
        serializer = JSONSerializer(JSON.schema("country").schema_str, connect(URL))
        equal(decode(URL, JSON, topic, serializer(COUNTRY, value(topic))), COUNTRY)
        try:
            serializer({"code": "N"}, value(topic))
        except Exception as err:
            assert "short" in str(err), f"{err}"
        else:
            raise AssertionError("a message that does not validate was written")

    @check("Protobuf: descriptors with imports are registered and read back")
    def _():
        topic = fresh("proto")
        payload = encode(URL, PROTOBUF, topic, proto_order())
        equal(payload[5:7], b"\x02\x02")
        equal(decode(URL, PROTOBUF, topic, payload, order_pb2.Order), proto_order())
        latest = connect(URL).get_latest_version(f"{topic}-value")
        assert latest.schema.schema_str.startswith('syntax = "proto3";'), latest.schema.schema_str[:40]
        equal([r.name for r in latest.schema.references], ["shop/country.proto"])
        serialized = connect(URL).get_latest_version(f"{topic}-value", fmt="serialized").schema.schema_str
        file = FileDescriptorProto.FromString(base64.b64decode(serialized))
        equal([m.name for m in file.message_type], ["Item", "Order", "Address", "Receipt"])

    @check("Protobuf: an import that imports, and a map")
    def _():
        topic = fresh("proto")
        shipment = proto_shipment()
        equal(decode(URL, PROTOBUF, topic, encode(URL, PROTOBUF, topic, shipment), shipment_pb2.Shipment), shipment)
        basket, topic = basket_pb2.Basket(quantities={"apples": 3}), fresh("proto-map")
        equal(decode(URL, PROTOBUF, topic, encode(URL, PROTOBUF, topic, basket), basket_pb2.Basket), basket)

    @check("Protobuf: the first message, and a nested one")
    def _():
        topic = fresh("proto")
        item = order_pb2.Item(sku="a-1", quantity=2)
        equal(decode(URL, PROTOBUF, topic, encode(URL, PROTOBUF, topic, item), order_pb2.Item), item)
        note = order_pb2.Receipt.Note(text="fragile")
        equal(decode(URL, PROTOBUF, topic, encode(URL, PROTOBUF, topic, note), order_pb2.Receipt.Note), note)

    @check("Protobuf: a second producer looks up instead of registering")
    def _():
        topic = fresh("proto")
        first = encode(URL, PROTOBUF, topic, proto_order())
        second = encode(URL, PROTOBUF, topic, proto_order(), {"auto.register.schemas": False})
        equal(first[:7], second[:7])

    @check("Protobuf: by the latest version, which was registered as text")
    def _():
        topic = fresh("proto-latest")
        register_shop(URL, PROTOBUF, topic)
        shipment = proto_shipment()
        payload = encode(URL, PROTOBUF, topic, shipment, LATEST)
        equal(decode(URL, PROTOBUF, topic, payload, shipment_pb2.Shipment), shipment)
        equal(connect(URL).get_versions(f"{topic}-value"), [1])

    @check("Protobuf: the text registers as the same schema as the descriptor")
    def _():
        topic = fresh("proto-same")
        by_text = connect(URL).register_schema(f"{topic}-value", PROTOBUF.schema("country"))
        payload = encode(URL, PROTOBUF, topic, proto_country())
        equal(int.from_bytes(payload[1:5], "big"), by_text)


def twin():
    @check("async: register, encode and decode")
    def _():
        async def run():
            topic = fresh("async")
            text = AVRO.schema("country").schema_str
            async with AsyncSchemaRegistryClient({"url": URL, "max.retries": 0}) as client:
                serializer = await AsyncAvroSerializer(client, text)
                payload = await serializer(COUNTRY, value(topic))
            async with AsyncSchemaRegistryClient({"url": URL, "max.retries": 0}) as client:
                deserializer = await AsyncAvroDeserializer(client)
                equal(await deserializer(payload, value(topic)), COUNTRY)

        asyncio.run(run())


def produce():
    def write(kind, make):
        @check(f"write {kind}")
        def _():
            (DIR / f"py.{kind}").write_bytes(make(f"exchange-py-{kind}"))

    def latest(f, schema, message):
        def make(topic):
            if schema == "order":
                register_shop(URL, f, topic)
            else:
                connect(URL).register_schema(f"{topic}-value", f.schema(schema))
            return encode(URL, f, topic, message)
        return make

    write("avro.order", latest(AVRO, "order", ORDER))
    write("avro.country", latest(AVRO, "country", COUNTRY))
    write("json.order", latest(JSON, "order", ORDER))
    write("json.country", latest(JSON, "country", COUNTRY))
    write("protobuf.order", lambda topic: encode(URL, PROTOBUF, topic, proto_order()))
    write("protobuf.shipment", lambda topic: encode(URL, PROTOBUF, topic, proto_shipment()))
    write("protobuf.country", lambda topic: encode(URL, PROTOBUF, topic, proto_country()))


def consume():
    wanted = {
        "avro.order": (AVRO, None, ORDER), "avro.country": (AVRO, None, COUNTRY),
        "json.order": (JSON, None, ORDER), "json.country": (JSON, None, COUNTRY),
        "protobuf.order": (PROTOBUF, order_pb2.Order, proto_order()),
        "protobuf.shipment": (PROTOBUF, shipment_pb2.Shipment, proto_shipment()),
        "protobuf.country": (PROTOBUF, country_pb2.Country, proto_country()),
    }
    for file in sorted(DIR.iterdir()):
        @check(f"read {file.name}")
        def _(file=file):
            f, message_type, want = wanted[file.name.split(".", 1)[1]]
            equal(decode(URL, f, "exchange-any", file.read_bytes(), message_type), want)


if MODE == "produce":
    produce()
elif MODE == "consume":
    consume()
else:
    for form in FORMATS:
        requests(form)
    settings()
    serdes()
    twin()
finish()
