import assert from 'node:assert/strict'
import { generateKeyPair, publicKeyToProtobuf } from '@libp2p/crypto/keys'
import { RecordEnvelope } from '@libp2p/peer-record'
import fc from 'fast-check'
import { test } from 'tap'
import { BOUNDS } from '../../../src/core/record/announcement.ts'
import { AnnouncementDecodeError } from '../../../src/libp2p/errors.ts'
import {
  type Envelope,
  openEnvelope,
  PAYLOAD_TYPE,
  sealEnvelope,
  signedPrefix,
  signingDomain
} from '../../../src/libp2p/records/envelope.ts'
import { signerKey } from '../../../src/libp2p/records/keys/signer-key.ts'
import { keyOf, seal } from '../../crafted.ts'

const key = await keyOf(1)
const keys = [key, await generateKeyPair('secp256k1'), await generateKeyPair('RSA', 2048)]
const payloads = fc.uint8Array({ minLength: 1, maxLength: 1_200 })
const topics = fc.string({ unit: 'binary', maxLength: 200 })

test('any payload is sealed as libp2p seals it, and libp2p finds it genuine in its own network alone', async () => {
  await fc.assert(
    fc.asyncProperty(payloads, topics, fc.constantFrom(...keys), async (payload, topic, key) => {
      const bytes = await sealEnvelope(payload, key, topic)
      const envelope = await RecordEnvelope.openAndCertify(bytes, signingDomain(topic))
      assert.deepEqual(Uint8Array.from(envelope.marshal()), bytes)
      assert.deepEqual(envelope.payload, payload)
      assert.equal(await envelope.validate(signingDomain(`${topic}x`)), false)
    }),
    { numRuns: 50 }
  )
})

test('an envelope is taken apart into what was put in, and the bytes that its key has signed', async () => {
  await fc.assert(
    fc.asyncProperty(payloads, fc.constantFrom(...keys), async (payload, key) => {
      const {
        payload: opened,
        key: signer,
        prefixedPayload,
        signature
      } = openEnvelope(await seal(payload, key, { topic: 't' }))
      assert.deepEqual(Uint8Array.from(opened), payload)
      assert.deepEqual(Uint8Array.from(signer), Uint8Array.from(publicKeyToProtobuf(key.publicKey)))
      const signed = Uint8Array.of(...signedPrefix('t'), ...prefixedPayload)
      assert.equal(await key.publicKey.verify(signed, signature), true)
    }),
    { numRuns: 50 }
  )
})

test('libp2p takes apart in the same way whatever is taken apart here, and would write the same bytes', async () => {
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
      const envelope = opened(bytes)
      if (envelope === undefined) return
      if (signerKey(envelope.key) === undefined) return
      const expected = RecordEnvelope.createFromProtobuf(bytes)
      assert.deepEqual(Uint8Array.from(expected.marshal()), Uint8Array.from(bytes))
      assert.deepEqual(expected.payload, envelope.payload)
      assert.deepEqual(expected.signature, envelope.signature)
    }),
    { numRuns: 5_000 }
  )
})

test('a version that this node cannot know is told before anything else is looked at, whatever it holds', async t => {
  const field = (tag: number, bytes: Uint8Array) => [tag, (bytes.length & 0x7f) | 0x80, bytes.length >> 7, ...bytes]
  const later = new TextEncoder().encode(PAYLOAD_TYPE.replace('/1', '/22'))
  const large = new Uint8Array(BOUNDS.envelopeBytes)
  const bytes = Uint8Array.from([
    ...field(0x0a, large),
    0x12,
    later.length,
    ...later,
    ...field(0x1a, large),
    ...field(0x2a, large)
  ])
  t.throws(() => openEnvelope(bytes), new AnnouncementDecodeError('unknown-version'))
})

function opened(bytes: Uint8Array): Envelope | undefined {
  try {
    return openEnvelope(bytes)
  } catch (error) {
    if (error instanceof AnnouncementDecodeError) return undefined
    throw error
  }
}
