/** Long messages in pieces say what they said. */
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { test } from 'tap'
import { BUCKETS, bucketOf } from '../../../../src/core/book/digest.ts'
import type { SyncMessage } from '../../../../src/core/gossip/sync.ts'
import { piecesOf, wireBytesOf } from '../../../../src/libp2p/sync/circuits/pieces.ts'
import { encodeSyncMessage } from '../../../../src/libp2p/sync/frames.ts'
import { itemsOf, recordsOf } from '../book.ts'

const anyMaxBytes = fc.integer({ min: 512, max: 20_000 })
const anySizes = fc.array(fc.integer({ min: 200, max: 2_048 }), { minLength: 1, maxLength: 60 })
const ALL_BUCKETS = Array.from({ length: BUCKETS }, (_, bucket) => bucket)

test('pieces of records are the records in their order, each piece within its size', async () => {
  fc.assert(
    fc.property(anySizes, anyMaxBytes, (sizes, maxBytes) => {
      const records = sizes.flatMap(size => recordsOf(1, size))
      const pieces = piecesOf({ type: 'push', records }, maxBytes)
      assert.deepEqual(
        pieces.flatMap(piece => ('records' in piece ? piece.records : [])),
        records
      )
      for (const piece of pieces) assert.ok(fits(piece, maxBytes) || countOf(piece) === 1)
    })
  )
})

test('pieces of wishes and suspicions are what they were, each within its size', async () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 400 }), anyMaxBytes, (size, maxBytes) => {
      const items = itemsOf(size)
      const peers = items.map(({ peer }) => peer)
      const suspicions = items.map(({ peer, epoch, seq }) => ({ peer, epoch, seq, refused: true, leftMs: 20_000 }))
      const wishes = piecesOf({ type: 'want', peers }, maxBytes)
      const doubts = piecesOf({ type: 'suspicions', suspicions }, maxBytes)
      assert.deepEqual(
        wishes.flatMap(piece => (piece.type === 'want' ? piece.peers : [])),
        peers
      )
      assert.deepEqual(
        doubts.flatMap(piece => (piece.type === 'suspicions' ? piece.suspicions : [])),
        suspicions
      )
      for (const piece of [...wishes, ...doubts]) assert.ok(fits(piece, maxBytes) || countOf(piece) === 1)
    })
  )
})

test('a bucket that a summary names is whole in one piece, and nothing is lost', async () => {
  fc.assert(
    fc.property(fc.integer({ max: 1_000 }), fc.subarray(ALL_BUCKETS), anyMaxBytes, (size, buckets, maxBytes) => {
      const items = itemsOf(Math.max(0, size))
      const pieces = piecesOf({ type: 'summary', buckets, items }, maxBytes)
      const named = pieces.flatMap(piece => (piece.type === 'summary' ? piece.buckets : []))
      const told = pieces.flatMap(piece => (piece.type === 'summary' ? piece.items : []))
      assert.deepEqual(named.toSorted(), buckets.toSorted())
      assert.deepEqual(new Set(told), new Set(items))
      assert.equal(told.length, items.length)
      for (const piece of pieces) {
        if (piece.type !== 'summary') continue
        for (const bucket of piece.buckets) {
          const ofBucket = items.filter(({ peer }) => bucketOf(peer) === bucket)
          assert.ok(ofBucket.every(item => piece.items.includes(item)))
        }
        assert.ok(fits(piece, maxBytes) || piece.buckets.length === 1 || piece.items.length === 1)
      }
    })
  )
})

test('no message takes more on the wire than it is taken for', async t => {
  const items = itemsOf(300)
  const messages: SyncMessage[] = [
    { type: 'ping' },
    { type: 'digest', salt: 2 ** 32 - 1, buckets: new Uint32Array(BUCKETS), sure: new Uint8Array(8), room: 'none' },
    { type: 'records', records: recordsOf(100) },
    { type: 'push', records: recordsOf(1, 2_048) },
    { type: 'want', peers: items.map(({ peer }) => peer) },
    {
      type: 'summary',
      buckets: ALL_BUCKETS,
      items: items.map(item => ({ ...item, epoch: 2 ** 53 - 1, seq: 2 ** 53 - 1 }))
    }
  ]
  for (const message of messages) t.ok(encodeSyncMessage(message).length <= wireBytesOf(message), message.type)
})

function fits(message: SyncMessage, maxBytes: number): boolean {
  return encodeSyncMessage(message).length <= maxBytes
}

function countOf(message: SyncMessage): number {
  if ('records' in message) return message.records.length
  if (message.type === 'want') return message.peers.length
  return message.type === 'suspicions' ? message.suspicions.length : 0
}
