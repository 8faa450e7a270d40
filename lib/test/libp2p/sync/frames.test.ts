import assert from 'node:assert/strict'
import { encode, rfc8949EncodeOptions } from 'cborg'
import fc from 'fast-check'
import { test } from 'tap'
import {
  BOUNDS,
  BUCKETS,
  MAX_FRAME_BYTES,
  recordsMessages,
  type SyncMessage,
  signedAnnouncement
} from '../../../src/core/index.ts'
import { decodeSyncFrame, encodeSyncMessage, type SyncFrame, SyncFrameError } from '../../../src/libp2p/sync/frames.ts'
import { announcementOf, fieldsOf, keyOf } from '../../crafted.ts'

const keys = await Promise.all([1, 2, 3].map(keyOf))
const peers = keys.map(key => announcementOf(key).peer)
const peerBytes = fieldsOf(keys[0]!).peer as Uint8Array

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
  ['a digest of too few buckets', ['digest', new Uint8Array(4 * BUCKETS - 1)]],
  ['a digest of too many buckets', ['digest', new Uint8Array(4 * BUCKETS + 4)]],
  ['a digest that is an array', ['digest', Array(BUCKETS).fill(0)]],
  ['a summary without items', ['summary', new Uint8Array()]],
  ['a summary of a bucket that does not exist', ['summary', Uint8Array.of(BUCKETS), []]],
  ['a summary of an item without a hash', ['summary', new Uint8Array(), [[peerBytes, 1, 1]]]],
  ['a summary of a negative number', ['summary', new Uint8Array(), [[peerBytes, 1, -1, 0]]]],
  ['a summary of a fraction', ['summary', new Uint8Array(), [[peerBytes, 1.5, 1, 0]]]],
  ['a summary of nobody', ['summary', new Uint8Array(), [[Uint8Array.of(1, 2, 3), 1, 1, 0]]]],
  ['a wish for text', ['want', ['a']]],
  ['a wish for nobody', ['want', [new Uint8Array()]]],
  ['records without an age', ['records', [[new Uint8Array()]]]],
  ['records of a negative age', ['records', [[-1, new Uint8Array()]]]],
  ['records of text', ['records', [[0, 'x']]]],
  ['a push that is no array', ['push', 5]],
  ['suspicions that are no array', ['suspicions', 1]],
  ['a suspicion of nobody', ['suspicions', [[new Uint8Array(), 1, 1, true, 0]]]],
  ['a suspicion without a reason', ['suspicions', [[peerBytes, 1, 1]]]],
  ['a suspicion without the time left', ['suspicions', [[peerBytes, 1, 1, true]]]],
  ['a suspicion of a number too large', ['suspicions', [[peerBytes, 2n ** 53n, 1, true, 0]]]]
]

for (const [what, frame] of noFrames) {
  test(`${what} is refused`, async t => {
    t.throws(() => decodeSyncFrame(encode(frame, rfc8949EncodeOptions)), SyncFrameError)
  })
}

test('an age that is no whole number of ms is rounded', async t => {
  const message = { type: 'records', records: [{ record: recordOf(new Uint8Array(1)), ageMs: 1.6 }] } as const
  t.same(decodeSyncFrame(encodeSyncMessage(message)), {
    type: 'records',
    records: [{ envelope: new Uint8Array(1), ageMs: 2 }]
  })
})

test('the fullest messages that a core makes stay within a frame', async t => {
  const items = Array.from({ length: 1_024 }, () => ({
    peer: peers[0]!,
    epoch: Number.MAX_SAFE_INTEGER,
    seq: Number.MAX_SAFE_INTEGER,
    contentHash: -1
  }))
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

type Kind = SyncMessage['type']

function plainRecord<T>(fields: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<T> {
  return fc.record(fields, { noNullPrototype: true }) as fc.Arbitrary<T>
}

function anyMessage(): fc.Arbitrary<SyncMessage> {
  const peer = fc.constantFrom(...peers)
  const uint = fc.maxSafeNat()
  const hash = fc.integer()
  const records = fc.array(
    plainRecord({ record: fc.uint8Array({ maxLength: 300 }).map(recordOf), ageMs: fc.nat(86_400_000) })
  )
  const item = plainRecord({ peer, epoch: uint, seq: uint, contentHash: hash })
  const kinds: { [K in Kind]: fc.Arbitrary<Extract<SyncMessage, { type: K }>> } = {
    digest: plainRecord({
      type: fc.constant('digest'),
      buckets: fc.uint32Array({ minLength: BUCKETS, maxLength: BUCKETS })
    }),
    summary: plainRecord({
      type: fc.constant('summary'),
      buckets: fc.array(fc.nat(BUCKETS - 1)),
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
    release: fc.constant({ type: 'release' })
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
  return { ...message, records: message.records.map(({ record, ageMs }) => ({ envelope: record.envelope, ageMs })) }
}

function opened(frame: SyncFrame): SyncMessage {
  if (!('records' in frame)) return frame
  return { ...frame, records: frame.records.map(({ envelope, ageMs }) => ({ record: recordOf(envelope), ageMs })) }
}

function recordOf(envelope: Uint8Array) {
  return signedAnnouncement(announcementOf(keys[0]!), envelope)
}
