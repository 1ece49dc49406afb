// @platformatic/kafka's ConfluentSchemaRegistry: it only reads schemas by id, to encode and decode with them.
import assert from 'node:assert/strict'
import { promisify } from 'node:util'
import { ConfluentSchemaRegistry } from '@platformatic/kafka'
import { check, country, exit, fresh, messages, plain, schema, usage, write } from './check.js'

const { url, mode, dir } = usage()

// All its registries share one validator, which takes each $id once in the life of a process.
const { $id, ...nameless } = JSON.parse(schema('json/country.json'))

const formats = [
  { name: 'Avro', kind: 'avro', schemaType: 'AVRO', text: schema('avro/country.avsc') },
  { name: 'JSON Schema', kind: 'json', schemaType: 'JSON', text: JSON.stringify(nameless) },
  { name: 'Protobuf', kind: 'protobuf', schemaType: 'PROTOBUF', text: schema('proto/shop/country.proto') }
]

// register uses plain HTTP: the client has no call for it.
async function register (subject, f) {
  const answer = await fetch(`${url}/subjects/${encodeURIComponent(subject)}/versions`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/vnd.schemaregistry.v1+json' },
    body: JSON.stringify({ schemaType: f.schemaType, schema: f.text })
  })
  assert.equal(answer.status, 200)
  return (await answer.json()).id
}

const connect = () => new ConfluentSchemaRegistry({ url, protobufTypeMapper: () => 'shop.Country', jsonValidateSend: true })

async function encode (id, value) {
  const registry = connect()
  const message = { topic: 't', value, metadata: { schemas: { value: id } } }
  await promisify(registry.getBeforeSerializationHook())(value, 'value', message)
  return registry.getSerializers().value(value, new Map(), message)
}

async function decode (payload, registry = connect()) {
  await promisify(registry.getBeforeDeserializationHook())(payload, 'value', {})
  return registry.getDeserializers().value(payload, new Map(), {})
}

async function checks () {
  for (const f of formats) {
    await check(`${f.name}: the answer by id names its type, encodes and decodes`, async () => {
      const id = await register(fresh('platformatic'), f)
      const payload = await encode(id, country)
      assert.equal(payload.readInt32BE(1), id)
      assert.deepEqual(plain(await decode(payload)), country)
    })
  }
  await check('JSON Schema: what does not validate is refused', async () => {
    const id = await register(fresh('platformatic'), formats[1])
    await assert.rejects(encode(id, { code: 'N' }), /validation failed/)
  })
  await check('an unknown id is a 404', () => assert.rejects(encode(1 << 30, country), /HTTP 404/))
}

async function produce () {
  for (const f of formats.slice(0, 2)) { // its Protobuf has no message index, which no other client can read
    await check(`write ${f.kind}.country`, async () => {
      const id = await register(`exchange-platformatic-${f.kind}.country-value`, f)
      write(dir, `platformatic.${f.kind}.country`, await encode(id, country))
    })
  }
}

async function consume () {
  const registry = connect() // one for all: the others' country.json has an $id
  for (const { name, kind, payload } of messages(dir)) {
    if (!['avro.country', 'json.country'].includes(kind)) continue // no references, no message index
    await check(`read ${name}`, async () => assert.deepEqual(plain(await decode(payload, registry)), country))
  }
}

// bare writes a Protobuf message without an index.
async function bare () {
  await check('write protobuf.country', async () => {
    const id = await register('bare-platformatic-country-value', formats[2])
    write(dir, 'platformatic.protobuf.country', await encode(id, country))
  })
}

if (mode === 'produce') await produce()
else if (mode === 'bare') await bare()
else if (mode === 'consume') await consume()
else await checks()
exit()
