import assert from 'node:assert/strict'
import { generateKeyPair } from '@libp2p/crypto/keys'
import { decode, encode, rfc8949EncodeOptions } from 'cborg'
import fc from 'fast-check'
import { test } from 'tap'
import { type Announcement, BOUNDS, type SignedAnnouncement } from '../../../src/core/record/announcement.ts'
import { announcementFault } from '../../../src/core/record/content.ts'
import { isPlainText } from '../../../src/core/record/text.ts'
import { AnnouncementDecodeError, type DecodeFault } from '../../../src/libp2p/errors.ts'
import { openAnnouncement, signAnnouncement, signWithFarewell } from '../../../src/libp2p/records/announcement-codec.ts'
import { AnnouncementOpener } from '../../../src/libp2p/records/announcement-opener.ts'
import { encodePayload } from '../../../src/libp2p/records/payload.ts'
import { DEFAULT_TOPIC } from '../../../src/libp2p/service.ts'
import { announcementOf, faultyEnvelopes, fieldsOf, keyOf, seal } from '../../crafted.ts'

const key = await keyOf(1)
const faulty = await faultyEnvelopes(key)
const valid = (await sign(announcementOf(key, { metadata: new Map([['role', 'relay']]) }))).envelope

test('what is signed is what every receiver opens', async () => {
  await fc.assert(
    fc.asyncProperty(anyAnnouncement(), async announcement => {
      const signed = await sign(announcement)
      const opened = await open(signed.envelope)
      assert.deepEqual(opened, signed)
      assert.deepEqual(opened.announcement, { ...announcement, metadata: opened.announcement.metadata })
      assert.deepEqual(new Map([...opened.announcement.metadata].sort()), new Map([...announcement.metadata].sort()))
    })
  )
})

test('a farewell is signed along with an announcement, and with no farewell', async t => {
  const announcement = announcementOf(key)
  const { record, farewell } = await signWithFarewell(announcement, key, DEFAULT_TOPIC)
  t.same(record, await sign(announcement))
  const opened = await open(farewell!.envelope)
  t.same(opened.announcement, { ...announcement, seq: announcement.seq + 1, leaving: true })
  const last = await signWithFarewell(opened.announcement, key, DEFAULT_TOPIC)
  t.equal(last.farewell, undefined)
})

test('the order in which an application names its metadata makes no difference', async t => {
  const pairs: [string, string][] = [
    ['bb', '1'],
    ['a', '2'],
    ['c', '3']
  ]
  const one = await sign(announcementOf(key, { metadata: new Map(pairs) }))
  const other = await sign(announcementOf(key, { metadata: new Map(pairs.reverse()) }))
  t.same(one.envelope, other.envelope)
  t.equal(one.contentHash, other.contentHash)
})

test('announcements of every type of key are opened', async t => {
  for (const privateKey of [await generateKeyPair('secp256k1'), await generateKeyPair('RSA', 2048)]) {
    const signed = await sign(announcementOf(privateKey), privateKey)
    t.same(await open(signed.envelope), signed, privateKey.type)
  }
})

for (const [fault, envelope] of Object.entries(faulty)) {
  test(`an envelope that is wrong in this one way is refused as ${fault}`, async t => {
    t.equal(await faultOf(envelope), fault)
  })
}

test('whatever a fault is, its error says so first and carries a code of the model', async t => {
  const codes = new Set<string>()
  for (const envelope of Object.values(faulty)) {
    const error = await open(envelope).catch(error => error)
    t.ok(error instanceof AnnouncementDecodeError)
    t.ok(error.message.startsWith(`${error.code}: ${error.fault}`), error.message)
    codes.add(error.code)
  }
  t.same([...codes].sort(), ['Deserialization', 'NodeIdMismatch', 'SignatureVerification'])
})

test('a flip of any bit of a valid envelope is refused', async t => {
  for (let bit = 0; bit < valid.length * 8; bit++) {
    const flipped = Uint8Array.from(valid)
    flipped[bit >> 3]! ^= 1 << (bit & 7)
    if ((await faultOf(flipped)) === undefined) t.fail(`bit ${bit} can be flipped`)
  }
})

test('every truncation of a valid envelope is refused, and every extension', async t => {
  for (let length = 0; length < valid.length; length++) {
    if ((await faultOf(valid.subarray(0, length))) === undefined) t.fail(`${length} bytes are enough`)
  }
  for (let byte = 0; byte < 256; byte++) {
    if ((await faultOf(Uint8Array.of(...valid, byte))) === undefined) t.fail(`byte ${byte} can be added`)
  }
})

test('random bytes are refused, and never by another error', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 3_000 }), async bytes => {
      assert.notEqual(await faultOf(bytes), undefined)
    })
  )
})

test('whatever a genuine key has signed as a payload is opened as that very payload, or refused', async () => {
  await fc.assert(
    fc.asyncProperty(anyPayload(), async payload => {
      const envelope = await seal(payload, key)
      const fault = await faultOf(envelope)
      if (fault === undefined) {
        const { announcement } = await open(envelope)
        const { addrs } = decode(payload) as { addrs: Uint8Array[] }
        // Addresses that nobody can read are in the bytes alone.
        if (announcement.addrs.length < addrs.length)
          assert.deepEqual(encode(decode(payload), rfc8949EncodeOptions), payload)
        else assert.deepEqual(encodePayload(announcement), Uint8Array.from(payload))
        assert.equal(announcementFault(announcement), undefined)
      }
    }),
    { numRuns: 1_000 }
  )
})

test('a record of one network is a forgery in every other one', async t => {
  const { envelope } = await signAnnouncement(announcementOf(key), key, '/prod')
  t.ok(await openAnnouncement(envelope, '/prod'))
  for (const topic of ['/staging', '/prod\0', '/pro', DEFAULT_TOPIC, '']) {
    await t.rejects(openAnnouncement(envelope, topic), new AnnouncementDecodeError('bad-signature'))
  }
})

test('an opener says which kind of key a signature is of before it is checked', async t => {
  const opener = new AnnouncementOpener(DEFAULT_TOPIC)
  const kinds = [key, await generateKeyPair('secp256k1'), await generateKeyPair('RSA', 2048)]
  const seen: unknown[] = []
  for (const privateKey of kinds) {
    const { keyKind } = opener.decode((await sign(announcementOf(privateKey), privateKey)).envelope)
    seen.push(keyKind)
  }
  t.same(seen, ['Ed25519', 'secp256k1', 'RSA'])
})

test('what nests deeply, or declares more than there is, costs neither stack nor memory', async t => {
  const nested = new Uint8Array(1_800).fill(0x81)
  const immense = Uint8Array.of(0x9a, 0x01, 0xff, 0xff, 0xff, 0x9a, 0x01, 0xff, 0xff, 0xff)
  const before = process.memoryUsage().rss
  for (const payload of [nested, immense]) t.equal(await faultOf(await seal(payload, key)), 'malformed-payload')
  t.ok(process.memoryUsage().rss - before < 64 * 2 ** 20)
})

test('a signature is asked for last: nothing else is wrong with a forged announcement', async t => {
  const unverified = new AnnouncementOpener(DEFAULT_TOPIC).decode(faulty['bad-signature'])
  t.same(unverified.announcement, announcementOf(key))
  await t.rejects(async () => await unverified.verify(), new AnnouncementDecodeError('bad-signature'))
})

test('addresses that do not fit into an envelope are left out, the last first', async t => {
  const addrs = Array.from({ length: 16 }, (_, i) => `/dns4/${'x'.repeat(180)}-${i}.example.com/tcp/4001`)
  const { announcement, envelope } = await sign(announcementOf(key, { addrs }))
  t.ok(envelope.byteLength <= BOUNDS.envelopeBytes)
  t.ok(announcement.addrs.length >= 8)
  t.same(announcement.addrs, addrs.slice(0, announcement.addrs.length))
})

test('what no receiver would accept is not signed', async t => {
  const metadata = new Map(Array.from({ length: 300 }, (_, i) => [`${i}`, new Uint8Array(40)] as const))
  await t.rejects(
    sign(announcementOf(key, { metadata, addrs: [] })),
    /^Serialization: metadata must be at most 512 bytes in all, got 12790 bytes$/
  )
  await t.rejects(
    sign(announcementOf(key, { ttlMs: 1 })),
    /^Serialization: ttlMs must be between 1000 and 86400000, got 1$/
  )
  await t.rejects(
    sign(announcementOf(key, { addrs: ['nowhere'] })),
    /^Serialization: addrs\[0\] must be a multiaddr .*, got "nowhere"$/
  )
})

function anyAnnouncement(): fc.Arbitrary<Announcement> {
  const text = (maxBytes: number) =>
    fc.string({ unit: 'binary', maxLength: maxBytes / 4 }).map(text => [...text].filter(isPlainText).join(''))
  const port = fc.integer({ min: 1, max: 65_535 })
  const addr = fc.oneof(
    fc.tuple(fc.ipV4(), port).map(([ip, port]) => `/ip4/${ip}/tcp/${port}`),
    fc.tuple(fc.stringMatching(/^[a-z]{1,60}$/), port).map(([host, port]) => `/dns4/${host}.example/tcp/${port}/ws`)
  )
  return fc
    .record({
      epoch: fc.maxSafeNat(),
      seq: fc.maxSafeNat(),
      name: text(64),
      addrs: fc.array(addr, { maxLength: 6 }),
      ttlMs: fc.integer({ min: BOUNDS.ttlMinMs, max: BOUNDS.ttlMaxMs }),
      leaving: fc.boolean(),
      metadata: fc
        .array(fc.tuple(text(40), fc.oneof(text(40), fc.uint8Array({ maxLength: 40 }))), { maxLength: 6 })
        .map(pairs => new Map<string, string | Uint8Array>(pairs))
    })
    .map(change => announcementOf(key, change))
}

/** Payloads from nearly right to nonsense: any value in any field, any value at all, and any byte changed. */
function anyPayload(): fc.Arbitrary<Uint8Array> {
  const right = encode(fieldsOf(key), rfc8949EncodeOptions)
  const value = fc.oneof(
    fc.integer(),
    fc.double(),
    fc.boolean(),
    fc.constant(null),
    fc.string(),
    fc.uint8Array(),
    fc.array(fc.uint8Array({ maxLength: 20 })),
    fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.uint8Array(), fc.integer()))
  )
  const anyField = fc.constantFrom('peer', 'epoch', 'seq', 'name', 'addrs', 'ttlMs', 'leaving', 'metadata', 'other')
  const oneFieldOff = fc
    .tuple(anyField, value)
    .map(([field, value]) => encode(fieldsOf(key, { [field]: value }), rfc8949EncodeOptions))
  const oneByteOff = fc.tuple(fc.nat(right.length - 1), fc.nat(255)).map(([at, byte]) => right.with(at, byte))
  return fc.oneof(
    oneFieldOff,
    oneByteOff,
    value.map(value => encode(value, rfc8949EncodeOptions)),
    fc.uint8Array()
  )
}

async function sign(announcement: Announcement, privateKey = key): Promise<SignedAnnouncement> {
  return await signAnnouncement(announcement, privateKey, DEFAULT_TOPIC)
}

async function open(envelope: Uint8Array): Promise<SignedAnnouncement> {
  return await openAnnouncement(envelope, DEFAULT_TOPIC)
}

/** The fault that an envelope is refused for, or undefined; any other error is passed on. */
async function faultOf(envelope: Uint8Array): Promise<DecodeFault | undefined> {
  try {
    await open(envelope)
    return undefined
  } catch (error) {
    if (error instanceof AnnouncementDecodeError) return error.fault
    throw error
  }
}
