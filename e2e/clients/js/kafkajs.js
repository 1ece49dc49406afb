// @kafkajs/confluent-schema-registry: register, encode and decode in the three formats.
import assert from 'node:assert/strict'
import kafkajs from '@kafkajs/confluent-schema-registry'
import { check, country, exit, fresh, messages, order, plain, schema, usage, write } from './check.js'

const { SchemaRegistry, SchemaType } = kafkajs
const { url, mode, dir } = usage()

const formats = [
  { name: 'Avro', kind: 'avro', type: SchemaType.AVRO, file: n => `avro/${n}.avsc`, ref: n => `shop.${n[0].toUpperCase()}${n.slice(1)}` },
  { name: 'JSON Schema', kind: 'json', type: SchemaType.JSON, file: n => `json/${n}.json`, ref: n => `https://shop.example/${n}.json` },
  { name: 'Protobuf', kind: 'protobuf', type: SchemaType.PROTOBUF, file: n => `proto/${n.includes('_') ? '' : 'shop/'}${n}.proto`, ref: n => `shop/${n}.proto` }
]

// connect returns a client with empty caches. It has to be told which message of a Protobuf file is meant.
const connect = messageName => new SchemaRegistry({ host: url, retry: { retries: 0 } }, { [SchemaType.PROTOBUF]: { messageName } })

const text = (f, name, references) => ({ type: f.type, schema: schema(f.file(name)), references })

async function registerShop (f, topic) {
  const client = connect()
  const [inner, middle, outer] = f.kind === 'protobuf' ? ['country', 'order', 'shipment'] : ['country', 'address', 'order']
  await client.register(text(f, inner), { subject: `${topic}-${inner}` })
  await client.register(text(f, middle, [{ name: f.ref(inner), subject: `${topic}-${inner}`, version: 1 }]), { subject: `${topic}-${middle}` })
  return connect('Shipment').register(text(f, outer, [{ name: f.ref(middle), subject: `${topic}-${middle}`, version: 1 }]), { subject: `${topic}-value` })
}

const message = f => {
  if (f.kind !== 'protobuf') return order
  const { quantities, state, ...rest } = order
  return { id: 's-1', orders: [{ ...rest, items: [{ sku: 'a-1', quantity: 2 }] }] }
}

async function checks (f) {
  const subject = fresh('kafkajs/λ')
  let id
  await check(`${f.name}: the first registration asks for the level, and sets it`, async () => {
    id = (await connect().register(text(f, 'country'), { subject })).id
    const config = await (await fetch(`${url}/config/${encodeURIComponent(subject)}`)).json()
    assert.equal(config.compatibilityLevel, 'BACKWARD')
  })
  await check(`${f.name}: the second finds the level it wants`, async () => {
    assert.equal((await connect().register(text(f, 'country'), { subject })).id, id)
  })
  await check(`${f.name}: another level than the subject's is refused by the client`, () =>
    assert.rejects(connect().register(text(f, 'country'), { subject, compatibility: 'FULL' }), /does not match the configuration/))
  await check(`${f.name}: by subject and version, by latest, by schema`, async () => {
    assert.equal(await connect().getRegistryId(subject, 1), id)
    assert.equal(await connect().getLatestSchemaId(subject), id)
    assert.equal(await connect().getRegistryIdBySchema(subject, text(f, 'country')), id)
    await assert.rejects(connect().getRegistryIdBySchema(subject, text(f, 'country_v2')), err => /not found/i.test(err.message))
  })
  await check(`${f.name}: encode, and decode with empty caches`, async () => {
    const payload = await connect().encode(id, country)
    assert.deepEqual(plain(await connect().decode(payload)), country)
  })
  await check(`${f.name}: a compatible schema is version 2, an incompatible one is refused with 409`, async () => {
    const { id: second } = await connect().register(text(f, 'country_v2'), { subject })
    assert.equal(await connect().getRegistryId(subject, 2), second)
    await assert.rejects(connect().register(text(f, 'country_bad'), { subject }), err => err.status === 409)
  })
  await check(`${f.name}: nested references are fetched by the client`, async () => {
    const { id: ordered } = await registerShop(f, fresh('kafkajs-refs'))
    const payload = await connect('Shipment').encode(ordered, message(f))
    assert.deepEqual(plain(await connect('Shipment').decode(payload)), message(f))
  })
  await check(`${f.name}: an unknown id is a 404`, () => assert.rejects(connect().encode(1 << 30, country), err => err.status === 404))
}

async function readerSchema () {
  await check('Avro: an old message is read with a new reader schema', async () => {
    const { id } = await connect().register(text(formats[0], 'country'), { subject: fresh('kafkajs-reader') })
    const payload = await connect().encode(id, country)
    const read = await connect().decode(payload, { [SchemaType.AVRO]: { readerSchema: JSON.parse(schema('avro/country_v2.avsc')) } })
    assert.deepEqual(plain(read), { code: 'NL', label: null })
  })
}

async function produce () {
  // Its Protobuf has no message index, which no other client can read.
  for (const f of formats.slice(0, 2)) {
    await check(`write ${f.kind}.order`, async () => {
      const { id } = await registerShop(f, `exchange-kafkajs-${f.kind}.order`)
      write(dir, `kafkajs.${f.kind}.order`, await connect().encode(id, order))
    })
    await check(`write ${f.kind}.country`, async () => {
      const { id } = await connect().register(text(f, 'country'), { subject: `exchange-kafkajs-${f.kind}.country-value` })
      write(dir, `kafkajs.${f.kind}.country`, await connect().encode(id, country))
    })
  }
}

async function consume () {
  for (const { name, kind, payload } of messages(dir)) {
    if (['protobuf.order', 'protobuf.shipment'].includes(kind)) continue // an index other than the first; a message it is not told the name of
    await check(`read ${name}`, async () =>
      assert.deepEqual(plain(await connect().decode(payload)), kind.endsWith('order') ? order : country))
  }
}

// bare writes a Protobuf message without an index.
async function bare () {
  await check('write protobuf.country', async () => {
    const { id } = await connect().register(text(formats[2], 'country'), { subject: 'bare-kafkajs-country-value' })
    write(dir, 'kafkajs.protobuf.country', await connect().encode(id, country))
  })
}

if (mode === 'produce') await produce()
else if (mode === 'bare') await bare()
else if (mode === 'consume') await consume()
else {
  for (const f of formats) await checks(f)
  await readerSchema()
}
exit()
