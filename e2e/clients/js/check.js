// The frame of the JavaScript client programs: named checks, a line for each, a summary at the end.
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

let passed = 0
let failed = 0

// check runs one check and prints its outcome.
export async function check (name, body) {
  try {
    await body()
    passed++
    console.log(`ok   ${name}`)
  } catch (err) {
    failed++
    console.log(`FAIL ${name}: ${String(err?.message ?? err).replaceAll('\n', ' ')}`)
  }
}

// exit prints the summary and ends the program.
export function exit () {
  console.log(`${passed} passed, ${failed} failed`)
  process.exit(failed > 0 ? 1 : 0)
}

// refused demands that a call fails with the given status and one of the given error codes.
export async function refused (call, status, ...codes) {
  let answer
  try {
    answer = await call()
  } catch (err) {
    assert.equal(err.status, status, `${err.message}`)
    if (codes.length > 0) assert.ok(codes.includes(err.errorCode), `code ${err.errorCode}, not ${codes}`)
    return
  }
  assert.fail(`it was not refused but answered ${JSON.stringify(answer)}`)
}

// fresh returns a name no earlier run has used.
export const fresh = name => `${name}-${randomBytes(4).toString('hex')}`

const schemas = process.env.SCHEMAS ?? join(dirname(fileURLToPath(import.meta.url)), '..', 'schemas')

// schema reads one of the files all clients share, such as avro/country.avsc.
export const schema = file => readFileSync(join(schemas, file), 'utf8')

// The messages every client writes and reads.
export const country = { code: 'NL' }
export const order = {
  id: 'o-1',
  address: { street: 'Damrak 1', country },
  quantities: { apples: 3 },
  state: 'PLACED',
  comment: 'ring twice'
}

// plain drops what a decoder adds to an object: prototypes, bigints, class names.
export const plain = value =>
  JSON.parse(JSON.stringify(value, (key, v) => (key === '$typeName' ? undefined : typeof v === 'bigint' ? Number(v) : v)))

// write leaves a message for the other clients; messages lists what they have left.
export const write = (dir, name, payload) => writeFileSync(join(dir, name), payload)
export const messages = dir =>
  readdirSync(dir).sort().map(name => ({ name, kind: name.slice(name.indexOf('.') + 1), payload: readFileSync(join(dir, name)) }))

// usage reads the arguments: URL, and optionally produce, consume or (messages that only Concord's decode reads) bare with a folder.
export function usage () {
  const [url, mode, dir] = process.argv.slice(2)
  if (!url || (mode && (!['produce', 'consume', 'bare'].includes(mode) || !dir))) {
    console.error(`usage: ${process.argv[1]} URL [produce|consume|bare DIR]`)
    process.exit(2)
  }
  return { url, mode: mode ?? 'check', dir }
}
