import assert from 'node:assert/strict'
import { encode, rfc8949EncodeOptions } from 'cborg'
import fc from 'fast-check'
import { test } from 'tap'
import { concat } from 'uint8arrays/concat'
import { BUCKETS } from '../../../src/core/book/digest.ts'
import {
  MAX_FRAME_BYTES,
  MAX_ITEMS,
  MAX_RECORDS,
  MAX_RECORDS_BYTES,
  recordsMessages,
  type SyncMessage
} from '../../../src/core/gossip/sync.ts'
import { BOUNDS, signedAnnouncement } from '../../../src/core/record/announcement.ts'
import { decodeSyncFrame, encodeSyncMessage, type SyncFrame, SyncFrameError } from '../../../src/libp2p/sync/frames.ts'
import { announcementOf, fieldsOf, keyOf } from '../../crafted.ts'

const keys = await Promise.all([1, 2, 3].map(keyOf))
const peers = keys.map(key => announcementOf(key).peer)
const peerBytes = fieldsOf(keys[0]!).peer as Uint8Array
const [digestBytes, sureBytes] = [new Uint8Array(4 * BUCKETS), new Uint8Array(BUCKETS / 8)]
const item = [peerBytes, 1, 1, 0, false]

test('every message is read as it was written', async () => {
  fc.assert(
    fc.property(anyMessage(), message => {
      assert.deepEqual(decodeSyncFrame(encodeSyncMessage(message)), sealed(message))
    })
  )
})

test('every message has one encoding', async () => {
  fc.assert(
    fc.property(anyMessage(), message => {
      const frame = encodeSyncMessage(message)
      assert.deepEqual(encodeSyncMessage(opened(decodeSyncFrame(frame))), frame)
    })
  )
})

test('random bytes are no frame, and never any other error', async () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 500 }), onlyFrameErrors), { numRuns: 2_000 })
})

test('a frame with any byte changed, cut off or added is read or refused, and never any other error', async () => {
  const change = fc.oneof(
    fc.tuple(fc.nat(), fc.nat(255)).map(
      ([at, byte]) =>
        (frame: Uint8Array) =>
          frame.with(at % frame.length, byte)
    ),
    fc.nat().map(at => (frame: Uint8Array) => frame.subarray(0, at % frame.length)),
    fc.uint8Array({ minLength: 1, maxLength: 3 }).map(more => (frame: Uint8Array) => Uint8Array.of(...frame, ...more))
  )
  fc.assert(
    fc.property(anyMessage(), change, (message, change) => onlyFrameErrors(change(encodeSyncMessage(message)))),
    { numRuns: 2_000 }
  )
})

const noFrames: [what: string, frame: unknown][] = [
  ['nothing', []],
  ['a number', 5],
  ['a map', { type: 'ping' }],
  ['an unknown kind', ['hello']],
  ['a kind that is no text', [1]],
  ['a digest of too few buckets', ['digest', 0, new Uint8Array(4 * BUCKETS - 1), sureBytes, 0]],
  ['a digest of too many buckets', ['digest', 0, new Uint8Array(4 * BUCKETS + 4), sureBytes, 0]],
  ['a digest that is an array', ['digest', 0, Array(BUCKETS).fill(0), sureBytes, 0]],
  ['a digest that does not say how much room there is', ['digest', 0, digestBytes, sureBytes]],
  ['a digest of a room that does not exist', ['digest', 0, digestBytes, sureBytes, 3]],
  ['a digest that does not say what its sender vouches for', ['digest', 0, digestBytes, 0]],
  ['a digest that says it of too few buckets', ['digest', 0, digestBytes, sureBytes.subarray(1), 0]],
  ['a digest with a salt of more than 32 bits', ['digest', 2 ** 32, digestBytes, sureBytes, 0]],
  ['a summary without items', ['summary', new Uint8Array()]],
  ['a summary of more buckets than there are', ['summary', new Uint8Array(BUCKETS + 1), []]],
  ['a summary of a hash of more than 32 bits', ['summary', new Uint8Array(), [[peerBytes, 1, 1, 2 ** 32, false]]]],
  ['a summary of an item with more than it has', ['summary', new Uint8Array(), [[peerBytes, 1, 1, 0, false, 0]]]],
  ['a summary of more items than there may be', ['summary', new Uint8Array(), Array(MAX_ITEMS + 1).fill(item)]],
  ['a summary of a bucket that does not exist', ['summary', Uint8Array.of(BUCKETS), []]],
  ['a summary of an item without a hash', ['summary', new Uint8Array(), [[peerBytes, 1, 1, false]]]],
  ['a summary of an item that may be hearsay or not', ['summary', new Uint8Array(), [[peerBytes, 1, 1, 0]]]],
  ['a summary of a negative number', ['summary', new Uint8Array(), [[peerBytes, 1, -1, 0, false]]]],
  ['a summary of a fraction', ['summary', new Uint8Array(), [[peerBytes, 1.5, 1, 0, false]]]],
  ['a summary of nobody', ['summary', new Uint8Array(), [[Uint8Array.of(1, 2, 3), 1, 1, 0, false]]]],
  ['a wish for text', ['want', ['a']]],
  ['a wish for nobody', ['want', [new Uint8Array()]]],
  ['a wish for more than there may be', ['want', Array(MAX_ITEMS + 1).fill(peerBytes)]],
  ['a wish for an address as a peer id', ['want', [Uint8Array.of(0, 13, ...Buffer.from('http://a.test'))]]],
  ['a wish for a peer id without end', ['want', [Uint8Array.of(0, 0x80, 0x80, 4, ...new Uint8Array(65_536))]]],
  ['records, more than there may be', ['records', Array(MAX_RECORDS + 1).fill([0, new Uint8Array(1), false])]],
  ['records of more bytes than there may be', ['records', [[0, new Uint8Array(MAX_RECORDS_BYTES + 1), false]]]],
  ['records of more bytes in all', ['push', Array(2).fill([0, new Uint8Array(MAX_RECORDS_BYTES / 2 + 1), false])]],
  ['a record with more than it has', ['records', [[0, new Uint8Array(1), false, 0]]]],
  ['a record that may be hearsay or not', ['records', [[0, new Uint8Array(1)]]]],
  ['records without an age', ['records', [[new Uint8Array(), false]]]],
  ['records of a negative age', ['records', [[-1, new Uint8Array(), false]]]],
  ['records of text', ['records', [[0, 'x', false]]]],
  ['a push that is no array', ['push', 5]],
  ['suspicions that are no array', ['suspicions', 1]],
  ['suspicions, more than there may be', ['suspicions', Array(MAX_ITEMS + 1).fill([peerBytes, 1, 1, true, 0])]],
  ['a suspicion without the time left', ['suspicions', [[peerBytes, 1, 1, true]]]],
  ['a suspicion of nobody', ['suspicions', [[new Uint8Array(), 1, 1, true, 0]]]],
  ['a suspicion without a reason', ['suspicions', [[peerBytes, 1, 1, 1, 0]]]],
  ['a suspicion of a number too large', ['suspicions', [[peerBytes, 2n ** 53n, 1, true, 0]]]],
  ['a ping with what nobody may say', ['ping', -1]],
  ['a ping with a fraction', ['ping', 1.5]],
  ['a ping with a large number', ['ping', 2n ** 64n - 1n]],
  ['a ping with null', ['ping', null]],
  ['a ping that nests too deeply', ['ping', [[[[[]]]]]]]
]

for (const [what, frame] of noFrames) {
  test(`${what} is refused`, async t => {
    t.throws(() => decodeSyncFrame(encode(frame, rfc8949EncodeOptions)), SyncFrameError)
  })
}

test('a frame over the bound is refused', async t => {
  const frame = encode(['ping', new Uint8Array(MAX_FRAME_BYTES)], rfc8949EncodeOptions)
  t.throws(() => decodeSyncFrame(frame), SyncFrameError)
})

test('items after those that this version knows are read and ignored', async t => {
  const more = [1, 'x', [true, [[Uint8Array.of(1)]]], { a: 1 }]
  t.same(decodeSyncFrame(encode(['ping', ...more], rfc8949EncodeOptions)), { type: 'ping' })
  t.same(decodeSyncFrame(encode(['want', [peerBytes], ...more], rfc8949EncodeOptions)), {
    type: 'want',
    peers: [peers[0]]
  })
})

test('a release may say that its sender needs the connection; whatever else follows it is ignored', async t => {
  const read = (...items: unknown[]) => decodeSyncFrame(encode(['release', ...items], rfc8949EncodeOptions))
  for (const items of [['keep'], ['keep', 1]]) t.same(read(...items), { type: 'release', isNeeded: true })
  for (const items of [[], ['keeps'], [true], [1, 'keep']]) t.same(read(...items), { type: 'release' })
})

const attacks: [what: string, frame: () => Uint8Array][] = [
  ['values shared by values, doubled thirty times', () => pingWith(sharedValues(30))],
  ['a number of 128 KiB', () => pingWith(bignum(MAX_FRAME_BYTES - 20))],
  ['a peer id of 128 KiB', () => encode(['want', [identity(MAX_FRAME_BYTES - 40)]])],
  ['records of one byte each', () => encode(['records', Array(25_000).fill([0, Uint8Array.of(1), false])])],
  ['a wish for one peer again and again', () => encode(['want', Array(3_000).fill(peerBytes)])],
  ['the most peers of the dearest kind', () => encode(['want', Array(MAX_ITEMS).fill(secp256k1Peer())])],
  ['items that nobody knows', () => encode(['ping', ...Array(MAX_FRAME_BYTES - 10).fill(0)])],
  ['texts that nobody knows', () => encode(['ping', 'é'.repeat(MAX_FRAME_BYTES / 2 - 10)])],
  ['short texts that nobody knows', () => encode(['ping', ...Array(43_000).fill('é')])],
  [
    'a map that nobody knows',
    () =>
      encode(['ping', Object.fromEntries(Array.from({ length: 15_000 }, (_, i) => [`k${i}`, 0]))], rfc8949EncodeOptions)
  ]
]

for (const [what, frame] of attacks) {
  test(`${what}: read or refused within 10 ms of processor time and 1 MiB`, async t => {
    const bytes = frame()
    t.ok(bytes.length <= MAX_FRAME_BYTES)
    const costs = Array.from({ length: 5 }, () => costOf(() => onlyFrameErrors(bytes)))
    t.ok(Math.min(...costs.map(({ cpuMs }) => cpuMs)) <= 10, JSON.stringify(costs))
    t.ok(Math.min(...costs.map(({ heapBytes }) => heapBytes)) <= 2 ** 20, JSON.stringify(costs))
  })
}

test('an age that is no whole number of ms is rounded', async t => {
  const message = { type: 'records', records: [{ record: recordOf(new Uint8Array(1)), ageMs: 1.6 }] } as const
  t.same(decodeSyncFrame(encodeSyncMessage(message)), {
    type: 'records',
    records: [{ envelope: new Uint8Array(1), ageMs: 2, isHearsay: false }]
  })
})

test('the fullest messages that a core makes stay within a frame', async t => {
  const [peer, most] = [peers[0]!, Number.MAX_SAFE_INTEGER]
  const items = Array(1_024).fill({ peer, epoch: most, seq: most, contentHash: -1, isHearsay: true })
  const buckets = Array.from({ length: BUCKETS }, (_, bucket) => bucket)
  t.ok(encodeSyncMessage({ type: 'summary', buckets, items }).byteLength <= MAX_FRAME_BYTES)
  t.ok(encodeSyncMessage({ type: 'want', peers: items.map(({ peer }) => peer) }).byteLength <= MAX_FRAME_BYTES)
  for (const envelopeBytes of [100, BOUNDS.envelopeBytes]) {
    const records = Array.from({ length: 1_000 }, () => ({
      record: recordOf(new Uint8Array(envelopeBytes)),
      ageMs: 86_400_000
    }))
    for (const message of recordsMessages(records)) t.ok(encodeSyncMessage(message).byteLength <= MAX_FRAME_BYTES)
  }
})

function costOf(work: () => void): { cpuMs: number; heapBytes: number } {
  const heapBefore = process.memoryUsage().heapUsed
  const before = process.cpuUsage()
  work()
  const { user, system } = process.cpuUsage(before)
  return { cpuMs: (user + system) / 1_000, heapBytes: process.memoryUsage().heapUsed - heapBefore }
}

function pingWith(item: Uint8Array): Uint8Array {
  return concat([Uint8Array.of(0x82), encode('ping'), item])
}

/** Tags 28 and 29: `28([29(i - 1), 29(i - 1)])`, each level twice as large as the one before. */
function sharedValues(levels: number): Uint8Array {
  const level = (i: number) => [
    0xd8,
    28,
    0x82,
    ...(i === 0 ? [0, 0] : [0xd8, 29, ...encode(i - 1), 0xd8, 29, ...encode(i - 1)])
  ]
  return Uint8Array.from([
    ...encode(Array(levels)).subarray(0, 2),
    ...Array.from({ length: levels }, (_, i) => level(i)).flat()
  ])
}

/** Tag 2. */
function bignum(bytes: number): Uint8Array {
  return concat([Uint8Array.of(0xc2), encode(new Uint8Array(bytes).fill(0xff))])
}

/** The identity multihash of so many bytes. */
function identity(bytes: number): Uint8Array {
  const length = [(bytes & 0x7f) | 0x80, ((bytes >> 7) & 0x7f) | 0x80, bytes >> 14]
  return concat([Uint8Array.of(0, ...length), new Uint8Array(bytes).fill(1)])
}

/** To see whether its key is a point of the curve takes longer than a signature. */
function secp256k1Peer(): Uint8Array {
  return Uint8Array.of(0, 0x25, 0x08, 0x02, 0x12, 0x21, 0x02, ...new Uint8Array(32).fill(7))
}

type Kind = SyncMessage['type']

function plainRecord<T>(fields: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<T> {
  return fc.record(fields, { noNullPrototype: true }) as fc.Arbitrary<T>
}

function anyMessage(): fc.Arbitrary<SyncMessage> {
  const peer = fc.constantFrom(...peers)
  const uint = fc.maxSafeNat()
  const hash = fc.integer()
  const isHearsay = fc.boolean()
  const record = fc.uint8Array({ maxLength: 300 }).map(recordOf)
  const records = fc.array(plainRecord({ record, ageMs: fc.nat(86_400_000), isHearsay }))
  const item = plainRecord({ peer, epoch: uint, seq: uint, contentHash: hash, isHearsay })
  const kinds: { [K in Kind]: fc.Arbitrary<Extract<SyncMessage, { type: K }>> } = {
    digest: plainRecord({
      type: fc.constant('digest'),
      salt: fc.nat(2 ** 32 - 1),
      sure: fc.uint8Array({ minLength: BUCKETS / 8, maxLength: BUCKETS / 8 }),
      room: fc.constantFrom('all', 'vouched', 'none'),
      buckets: fc.uint32Array({ minLength: BUCKETS, maxLength: BUCKETS })
    }),
    summary: plainRecord({
      type: fc.constant('summary'),
      buckets: fc.array(fc.nat(BUCKETS - 1), { maxLength: BUCKETS }),
      items: fc.array(item)
    }),
    want: plainRecord({ type: fc.constant('want'), peers: fc.array(peer) }),
    records: plainRecord({ type: fc.constant('records'), records }),
    push: plainRecord({ type: fc.constant('push'), records }),
    suspicions: plainRecord({
      type: fc.constant('suspicions'),
      suspicions: fc.array(plainRecord({ peer, epoch: uint, seq: uint, refused: fc.boolean(), leftMs: uint }))
    }),
    prune: fc.constant({ type: 'prune' }),
    ping: fc.constant({ type: 'ping' }),
    pong: fc.constant({ type: 'pong' }),
    release: fc.constantFrom({ type: 'release' }, { type: 'release', isNeeded: true })
  }
  return fc.oneof(...Object.values(kinds))
}

function onlyFrameErrors(frame: Uint8Array): void {
  try {
    decodeSyncFrame(frame)
  } catch (error) {
    assert.ok(error instanceof SyncFrameError, String(error))
  }
}

function sealed(message: SyncMessage): SyncFrame {
  if (!('records' in message)) return message
  return {
    ...message,
    records: message.records.map(({ record, ...said }) => ({ envelope: record.envelope, ...said }))
  } as SyncFrame
}

function opened(frame: SyncFrame): SyncMessage {
  if (!('records' in frame)) return frame
  return { ...frame, records: frame.records.map(({ envelope, ...said }) => ({ record: recordOf(envelope), ...said })) }
}

function recordOf(envelope: Uint8Array) {
  return signedAnnouncement(announcementOf(keys[0]!), envelope, 0)
}
