// @confluentinc/schemaregistry: its REST client and its serializers for the three formats.
import assert from 'node:assert/strict'
import registry from '@confluentinc/schemaregistry'
import { create, createMutableRegistry, fromBinary } from '@bufbuild/protobuf'
import { FileDescriptorProtoSchema } from '@bufbuild/protobuf/wkt'
import { CountrySchema, file_shop_country } from './shop/country_pb.js'
import { file_shop_order, ItemSchema, Order_State, OrderSchema } from './shop/order_pb.js'
import { BasketSchema, file_shop_basket } from './shop/basket_pb.js'
import { check, country, exit, fresh, messages, order, plain, refused, schema, usage, write } from './check.js'

const {
  AvroDeserializer, AvroSerializer, Compatibility, JsonDeserializer, JsonSerializer,
  ProtobufDeserializer, ProtobufSerializer, SchemaRegistryClient, SerdeType
} = registry

const { url, mode, dir } = usage()

// connect returns a client with empty caches that does not retry: a 5xx must show.
const connect = () => SchemaRegistryClient.newClient({ baseURLs: [url], maxRetries: 0 })

const formats = [
  { name: 'Avro', schemaType: 'AVRO', dir: 'avro', ext: '.avsc', ref: n => `shop.${n[0].toUpperCase()}${n.slice(1)}` },
  { name: 'JSON Schema', schemaType: 'JSON', dir: 'json', ext: '.json', ref: n => `https://shop.example/${n}.json` },
  { name: 'Protobuf', schemaType: 'PROTOBUF', dir: 'proto', ext: '.proto', ref: n => `shop/${n}.proto`, chain: ['country', 'order', 'shipment'] }
]

const info = (f, file, references) => ({
  schema: schema(`${f.dir}/${f.schemaType === 'PROTOBUF' && !file.includes('_') ? 'shop/' : ''}${file}${f.ext}`),
  schemaType: f.schemaType,
  references
})

// registerShop registers inner <- middle <- outer, the outer as the topic's value. The outer lists both references: this
// client hands what it fetched to its Avro library outermost first, which cannot read it unless the list puts it in order.
async function registerShop (f, topic) {
  const client = connect()
  const [inner, middle, outer] = f.chain ?? ['country', 'address', 'order']
  const toInner = { name: f.ref(inner), subject: `${topic}-${inner}`, version: 1 }
  const toMiddle = { name: f.ref(middle), subject: `${topic}-${middle}`, version: 1 }
  await client.register(toInner.subject, info(f, inner))
  await client.register(toMiddle.subject, info(f, middle, [toInner]))
  return client.registerFullResponse(`${topic}-value`, info(f, outer, [toInner, toMiddle]))
}

async function requests (f) {
  const subject = fresh('rest js λ:') // a name that has to be escaped; its getAllVersions does not escape a slash
  await check(`${f.name}: register answers id, version and GUID`, async () => {
    const full = await connect().registerFullResponse(subject, info(f, 'country'))
    assert.equal(full.version, 1)
    assert.ok(full.guid)
    assert.equal(await connect().register(subject, info(f, 'country')), full.id)
    const byId = await connect().getBySubjectAndId(subject, full.id)
    const byGuid = await connect().getByGuid(full.guid)
    assert.equal(byId.schema, byGuid.schema)
    assert.equal(byId.schemaType, f.schemaType)
  })
  await check(`${f.name}: lookup gives id and version`, async () => {
    const found = await connect().getIdFullResponse(subject, info(f, 'country'))
    assert.equal(found.version, 1)
    assert.equal(found.subject, subject)
    assert.equal(await connect().getVersion(subject, info(f, 'country')), 1)
    await refused(() => connect().getId(subject, info(f, 'country_v2')), 404, 40403)
    await refused(() => connect().getId(fresh('nobody'), info(f, 'country')), 404, 40401)
  })
  await check(`${f.name}: the check, the evolution and the refusal`, async () => {
    assert.equal(await connect().testSubjectCompatibility(subject, info(f, 'country_v2')), true)
    assert.equal(await connect().testCompatibility(subject, 1, info(f, 'country_bad')), false)
    await connect().register(subject, info(f, 'country_v2'))
    await refused(() => connect().register(subject, info(f, 'country_bad')), 409, 409, 40901)
    assert.equal((await connect().getLatestSchemaMetadata(subject)).version, 2)
    assert.deepEqual(await connect().getAllVersions(subject), [1, 2])
  })
  await check(`${f.name}: the latest with given metadata`, async () => {
    const tagged = { ...info(f, 'country_v2'), metadata: { properties: { major: '2', owner: 'js' } } }
    const id = await connect().register(subject, tagged)
    const found = await connect().getLatestWithMetadata(subject, { major: '2', owner: 'js' })
    assert.equal(found.id, id)
    assert.deepEqual(found.metadata, tagged.metadata)
    await refused(() => connect().getLatestWithMetadata(subject, { major: '3' }), 404, 40403)
  })
  await check(`${f.name}: nested references come back`, async () => {
    const full = await registerShop(f, fresh('refs'))
    const byId = await connect().getBySubjectAndId('', full.id)
    assert.deepEqual(byId.references, full.references)
    assert.deepEqual(byId.references.map(r => r.name), [f.ref('country'), f.ref(f.chain ? 'order' : 'address')])
    await refused(() => connect().deleteSubject(byId.references[0].subject), 422, 42206)
  })
  await check(`${f.name}: a subject with a slash`, async () => {
    const slashed = fresh('rest/js')
    const full = await connect().registerFullResponse(slashed, info(f, 'country'))
    assert.equal((await connect().getLatestSchemaMetadata(slashed)).subject, slashed)
    assert.equal((await connect().getBySubjectAndId(slashed, full.id)).schemaType, f.schemaType)
    assert.equal(await connect().testSubjectCompatibility(slashed, info(f, 'country_bad')), false)
    assert.deepEqual(await connect().deleteSubject(slashed), [1])
  })
  await check(`${f.name}: delete in two steps`, async () => {
    const client = connect()
    assert.equal(await client.deleteSubjectVersion(subject, 1), 1)
    await refused(() => connect().getSchemaMetadata(subject, 1), 404, 40402)
    assert.equal((await connect().getSchemaMetadata(subject, 1, true)).version, 1)
    assert.deepEqual(await client.deleteSubject(subject), [2, 3])
    assert.deepEqual(await client.deleteSubject(subject, true), [1, 2, 3])
    assert.ok(!(await client.getAllSubjects()).includes(subject))
  })
  await check(`${f.name}: a schema that does not parse is 42201`, () =>
    refused(() => connect().register(fresh('bad'), { schema: '{"type":', schemaType: f.schemaType }), 422, 42201))
}

async function settings () {
  await check('a schema that is worth compressing comes back whole', async () => {
    const fields = Array.from({ length: 500 }, (_, i) => ({ name: `field_${i}`, type: ['null', 'string'], doc: `Größe ${i}`, default: null }))
    const text = JSON.stringify({ type: 'record', name: 'Large', fields })
    const id = await connect().register(fresh('large'), { schema: text, schemaType: 'AVRO' })
    assert.equal((await connect().getBySubjectAndId('', id)).schema, text)
  })
  const subject = fresh('settings-js')
  await check('levels, global and of a subject', async () => {
    const client = connect()
    assert.equal(await client.getDefaultCompatibility(), Compatibility.BACKWARD)
    await refused(() => client.getCompatibility(subject), 404, 40408)
    assert.equal(await client.updateCompatibility('odd/' + subject, Compatibility.FULL), 'FULL')
    assert.equal(await client.getCompatibility('odd/' + subject), 'FULL')
  })
  await check('a whole config, with metadata and rules', async () => {
    const client = connect()
    const rule = { name: 'r', kind: 'CONDITION', mode: 'WRITE', type: 'CEL', expr: 'true' }
    await client.updateConfig(subject, {
      compatibility: 'NONE', normalize: true, compatibilityGroup: 'major', defaultMetadata: { properties: { owner: 'js' } }, defaultRuleSet: { domainRules: [rule] }
    })
    const got = await client.getConfig(subject)
    assert.equal(got.compatibilityLevel, 'NONE')
    assert.equal(got.normalize, true)
    assert.equal(got.compatibilityGroup, 'major')
    assert.deepEqual(got.defaultMetadata, { properties: { owner: 'js' } })
    assert.equal(got.defaultRuleSet.domainRules[0].expr, 'true')
  })
  await check('the global config is set and put back', async () => {
    const client = connect()
    await client.updateDefaultConfig({ compatibility: 'FORWARD' })
    assert.equal((await client.getDefaultConfig()).compatibilityLevel, 'FORWARD')
    assert.equal(await client.updateDefaultCompatibility('BACKWARD'), 'BACKWARD')
  })
  await check('rules come back with the schema', async () => {
    const ruleSet = { domainRules: [{ name: 'check', kind: 'CONDITION', mode: 'READ', type: 'CEL', tags: ['PII'], params: { k: 'v' }, expr: 'size(message.code) == 2', onFailure: 'ERROR', disabled: true }] }
    const full = await connect().registerFullResponse(fresh('rules'), { ...info(formats[0], 'country'), ruleSet })
    assert.deepEqual((await connect().getBySubjectAndId('', full.id)).ruleSet, ruleSet)
  })
  await check('a resource without associations has none', async () => {
    assert.deepEqual(await connect().getAssociationsByResourceName('topic', '-', 'topic', ['value'], null, 0, -1), [])
  })
}

async function serdes () {
  for (const f of formats.slice(0, 2)) {
    await check(`${f.name}: the latest version with nested references, read by a client that knows nothing`, async () => {
      const topic = fresh('refs')
      await registerShop(f, topic)
      const payload = await encodeLatest(f, topic, order)
      assert.deepEqual(plain(await decode(f, topic, payload)), order)
    })
    await check(`${f.name}: encoding by id`, async () => {
      const topic = fresh('by-id')
      const id = await connect().register(`${topic}-value`, info(f, 'country'))
      const Serializer = f.schemaType === 'AVRO' ? AvroSerializer : JsonSerializer
      const payload = await new Serializer(connect(), SerdeType.VALUE, { useSchemaId: id, autoRegisterSchemas: false }).serialize(topic, country)
      assert.equal(payload.readInt32BE(1), id)
      assert.deepEqual(plain(await decode(f, topic, payload)), country)
    })
  }
  await check('JSON Schema: the nested reference refuses what it must', async () => {
    const topic = fresh('refuse')
    await registerShop(formats[1], topic)
    await assert.rejects(encodeLatest(formats[1], topic, { ...order, address: { street: 'x', country: { code: 'N' } } }), /alid/)
  })
  await check('Protobuf: descriptors with imports are registered and read back as descriptors', async () => {
    const topic = fresh('proto')
    const payload = await encodeProto(topic, protoOrder())
    assert.deepEqual([...payload.subarray(5, 7)], [2, 2])
    assert.deepEqual(plain(await decode(formats[2], topic, payload)), plain(protoOrder()))
    const latest = await connect().getLatestSchemaMetadata(`${topic}-value`)
    assert.match(latest.schema, /^syntax = "proto3";/)
    assert.deepEqual(latest.references.map(r => r.name), ['shop/country.proto'])
    const serialized = await connect().getLatestSchemaMetadata(`${topic}-value`, 'serialized')
    const file = fromBinary(FileDescriptorProtoSchema, Buffer.from(serialized.schema, 'base64'))
    assert.deepEqual(file.messageType.map(m => m.name), ['Item', 'Order', 'Address', 'Receipt'])
    assert.deepEqual(file.dependency, ['google/protobuf/timestamp.proto', 'shop/country.proto'])
  })
  await check('Protobuf: a map', async () => {
    const topic = fresh('proto-map')
    const payload = await encodeProto(topic, create(BasketSchema, { quantities: { apples: 3n } }))
    assert.deepEqual(plain(await decode(formats[2], topic, payload)), { quantities: { apples: 3 } })
  })
  await check('Protobuf: the first message', async () => {
    const topic = fresh('proto-first')
    const payload = await encodeProto(topic, create(ItemSchema, { sku: 'a-1', quantity: 2 }))
    assert.deepEqual(plain(await decode(formats[2], topic, payload)), { sku: 'a-1', quantity: 2 })
  })
  await check('Protobuf: a second producer looks up instead of registering', async () => {
    const topic = fresh('proto-lookup')
    const first = await encodeProto(topic, protoOrder())
    const second = await encodeProto(topic, protoOrder(), { autoRegisterSchemas: false })
    assert.deepEqual(first, second)
  })
  await check('Protobuf: by the latest version, which was registered as text', async () => {
    const topic = fresh('proto-latest')
    await registerShop(formats[2], topic)
    const client = connect()
    await client.register(`${topic}-latest-value`, info(formats[2], 'order', [{ name: 'shop/country.proto', subject: `${topic}-country`, version: 1 }]))
    const payload = await encodeProto(`${topic}-latest`, protoOrder(), { autoRegisterSchemas: false, useLatestVersion: true })
    assert.deepEqual(plain(await decode(formats[2], topic, payload)), plain(protoOrder()))
  })
  await check('Protobuf: the descriptor is a compatible version after the text', async () => {
    const topic = fresh('proto-same') // not the same one: this client's descriptors spell out every json_name
    await connect().register(`${topic}-value`, info(formats[2], 'country'))
    const payload = await encodeProto(topic, create(CountrySchema, country))
    assert.deepEqual(plain(await decode(formats[2], topic, payload)), country)
    assert.deepEqual(await connect().getAllVersions(`${topic}-value`), [1, 2])
  })
}

async function encodeLatest (f, topic, message) {
  const Serializer = f.schemaType === 'AVRO' ? AvroSerializer : JsonSerializer
  return new Serializer(connect(), SerdeType.VALUE, { useLatestVersion: true, autoRegisterSchemas: false, validate: f.schemaType === 'JSON' ? true : undefined })
    .serialize(topic, message)
}

async function encodeProto (topic, message, conf = { autoRegisterSchemas: true }) {
  const types = createMutableRegistry(file_shop_country, file_shop_order, file_shop_basket)
  return new ProtobufSerializer(connect(), SerdeType.VALUE, { ...conf, registry: types }).serialize(topic, message)
}

function decode (f, topic, payload) {
  const Deserializer = { AVRO: AvroDeserializer, JSON: JsonDeserializer, PROTOBUF: ProtobufDeserializer }[f.schemaType]
  return new Deserializer(connect(), SerdeType.VALUE, {}).deserialize(topic, payload)
}

function protoOrder () {
  return create(OrderSchema, {
    id: order.id, address: order.address, state: Order_State.PLACED, comment: order.comment
  })
}

async function produce () {
  const put = (kind, encode) =>
    check(`write ${kind}`, async () => write(dir, `js.${kind}`, await encode(`exchange-js-${kind}`)))
  for (const [i, kind] of [[0, 'avro'], [1, 'json']]) {
    await put(`${kind}.order`, async topic => {
      await registerShop(formats[i], topic)
      return encodeLatest(formats[i], topic, order)
    })
    await put(`${kind}.country`, async topic => {
      await connect().register(`${topic}-value`, info(formats[i], 'country'))
      return encodeLatest(formats[i], topic, country)
    })
  }
  await put('protobuf.order', topic => encodeProto(topic, protoOrder()))
  await put('protobuf.country', topic => encodeProto(topic, create(CountrySchema, country)))
}

async function consume () {
  for (const { name, kind, payload } of messages(dir)) {
    if (kind === 'avro.order' && !name.startsWith('js.')) continue // see registerShop
    if (kind === 'protobuf.shipment') continue // it fetches the import of an import as text, and reads it as base64
    await check(`read ${name}`, async () => {
      const [format, what] = kind.split('.')
      const got = plain(await decode(formats[['avro', 'json', 'protobuf'].indexOf(format)], 'exchange-any', payload))
      if (format === 'protobuf' && what === 'order') return assert.deepEqual(got, plain(protoOrder()))
      assert.deepEqual(got, what === 'order' ? order : country)
    })
  }
}

if (mode === 'produce') await produce()
else if (mode === 'consume') await consume()
else {
  for (const f of formats) await requests(f)
  await settings()
  await serdes()
}
exit()
