import assert from 'node:assert/strict'
import { generateKeyPair } from '@libp2p/crypto/keys'
import { RecordEnvelope } from '@libp2p/peer-record'
import fc from 'fast-check'
import { test } from 'tap'
import { ENVELOPE_DOMAIN, ed25519Envelope, signedBytes } from '../../../src/libp2p/records/ed25519-envelope.ts'
import { faultyEnvelopes, keyOf, seal } from '../../crafted.ts'

const key = await keyOf(1)

test('any payload is taken out of its envelope, with what the key has signed', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 1_900 }), async payload => {
      const bytes = await seal(payload, key)
      const envelope = ed25519Envelope(bytes)!
      assert.deepEqual(envelope.payload, payload)
      assert.deepEqual(envelope.key, key.publicKey.raw)
      assert.deepEqual(envelope.multihash, key.publicKey.toMultihash().bytes)
      assert.deepEqual(bytes.subarray(envelope.payloadAt, envelope.payloadAt + payload.length), payload)
      assert.equal(await key.publicKey.verify(signedBytes(bytes), envelope.signature), true)
    })
  )
})

test('whatever is taken apart, libp2p takes apart in the same way, and would write in the same bytes', async () => {
  const right = [await seal(new Uint8Array(20).fill(1), key), await seal(new Uint8Array(300).fill(1), key)]
  const changed = fc
    .tuple(fc.constantFrom(...right), fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 3 }), fc.nat(3))
    .map(([bytes, changes, cut]) =>
      changes
        .reduce((changing, [at, byte]) => changing.with(at % bytes.length, byte), bytes)
        .subarray(0, bytes.length - Math.max(0, cut - 2))
    )
  fc.assert(
    fc.property(fc.oneof(changed, fc.uint8Array({ maxLength: 400 })), bytes => {
      const envelope = ed25519Envelope(bytes)
      if (envelope === undefined) return
      const expected = RecordEnvelope.createFromProtobuf(bytes)
      assert.deepEqual(expected.marshal(), bytes)
      assert.deepEqual(expected.payload, envelope.payload)
      assert.deepEqual(expected.signature, envelope.signature)
      assert.deepEqual(expected.publicKey.raw, envelope.key)
    }),
    { numRuns: 5_000 }
  )
})

test('other keys, other types, other lengths and empty payloads are left to libp2p', async t => {
  t.equal(ed25519Envelope(new Uint8Array()), undefined)
  t.equal(ed25519Envelope(await seal(new Uint8Array(), key)), undefined)
  t.equal(ed25519Envelope(await seal(Uint8Array.of(1), await generateKeyPair('secp256k1'))), undefined)
  const faulty = await faultyEnvelopes(key)
  for (const fault of ['malformed-envelope', 'unknown-payload-type', 'unknown-version'] as const) {
    t.equal(ed25519Envelope(faulty[fault]), undefined, fault)
  }
})

test('the domain is part of what is signed', async t => {
  const bytes = await seal(Uint8Array.of(1), key, { domain: `${ENVELOPE_DOMAIN}x` })
  t.equal(await key.publicKey.verify(signedBytes(bytes), ed25519Envelope(bytes)!.signature), false)
})
