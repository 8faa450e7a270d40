import assert from 'node:assert/strict'
import fc from 'fast-check'
import { test } from 'tap'
import { AddressBook } from '../../../src/core/book/address-book.ts'
import { bucketOf } from '../../../src/core/book/digest.ts'
import { contradict } from '../../../src/core/gossip/contradiction.ts'
import {
  answerDigest,
  answerSummary,
  answerWant,
  type DigestMessage,
  recordsMessages,
  type SyncMessage
} from '../../../src/core/gossip/sync.ts'
import type { PeerKey, SignedAnnouncement } from '../../../src/core/record/announcement.ts'
import { farewell, peersOf, record, TTL_MS } from '../records.ts'

/** Neither book is full. */
const ROOM = { room: 'all', firstBucket: 0 } as const

test('a late joiner has the whole book after one digest and its answer', async t => {
  const full = bookOf(peers(500).map(peer => record({ peer })))
  const empty = bookOf([])
  for (const message of answerDigest(full, 'joiner', digestOf(empty, 'full'), ROOM, 0))
    take(empty, 'joiner', 'full', message, 0)
  t.same(peersOf(empty), peersOf(full))
})

test('a full book that asks an empty one fills it in the same exchange', async t => {
  const full = bookOf(peers(500).map(peer => record({ peer })))
  const empty = bookOf([])
  converse(full, empty)
  t.same(peersOf(empty), peersOf(full))
})

test('equal books exchange a digest and nothing else', async t => {
  const records = peers(100).map(peer => record({ peer }))
  t.same(answerDigest(bookOf(records), 'b', digestOf(bookOf(records), 'a'), ROOM, 0), [])
})

test('heartbeats are no difference; what changed crosses alone', async t => {
  const records = peers(100).map(peer => record({ peer }))
  const a = bookOf(records)
  const b = bookOf(records)
  b.apply(record({ peer: 'p7', seq: 9 }), 0)
  t.same(answerDigest(b, 'a', digestOf(a, 'b'), ROOM, 0), [])
  b.apply(record({ peer: 'p8', seq: 2, name: 'renamed' }), 0)
  const records8 = converse(a, b).flatMap(message => (message.type === 'records' ? message.records : []))
  t.same(
    records8.map(({ record }) => record.announcement.name),
    ['renamed']
  )
})

test('neither side is told about itself or its partner', async t => {
  const a = bookOf([record({ peer: 'b' }), record({ peer: 'c' })])
  const b = bookOf([record({ peer: 'a' }), record({ peer: 'd' })])
  for (const message of converse(a, b)) {
    if (message.type === 'records') t.notOk(message.records.some(({ record }) => /[ab]/.test(record.announcement.peer)))
    if (message.type === 'summary') t.notOk(message.items.some(({ peer }) => /[ab]/.test(peer)))
  }
  t.same(peersOf(a), ['b', 'c', 'd'])
  t.same(peersOf(b), ['a', 'c', 'd'])
})

test('any two books agree after one exchange, whichever of them asks', async () => {
  fc.assert(
    fc.property(anyRecords, anyRecords, (one, other) => {
      const a = bookOf(one)
      const b = bookOf(other)
      converse(a, b)
      assert.deepEqual(contentsOf(a), contentsOf(b))
      assert.deepEqual(contentsOf(a), contentsOf(bookOf([...one, ...other])))
      assert.deepEqual(a.digest(), b.digest())
    }),
    { numRuns: 300 }
  )
})

test('three books in a row agree after two rounds of exchanges', async () => {
  fc.assert(
    fc.property(anyRecords, anyRecords, anyRecords, (...sets) => {
      const [a, b, c] = sets.map(bookOf) as [AddressBook, AddressBook, AddressBook]
      for (let round = 0; round < 2; round++) {
        converse(a, b)
        converse(c, b)
      }
      assert.deepEqual(contentsOf(a), contentsOf(bookOf(sets.flat())))
      assert.deepEqual(contentsOf(c), contentsOf(a))
    })
  )
})

test('a farewell reaches a partner that missed it when the partner asks', async t => {
  const left = bookOf([record({ peer: 'c' }), farewell({ peer: 'c', seq: 2 })])
  const missed = bookOf([record({ peer: 'c' })])
  converse(missed, left)
  t.same(peersOf(missed), [])
  t.same(peersOf(left), [])
})

test('a farewell reaches a partner that missed it when the one that knows asks', async t => {
  const left = bookOf([...oneBucket(2).map(peer => record({ peer })), farewell({ peer: oneBucket(2)[0]!, seq: 2 })])
  const missed = bookOf(oneBucket(2).map(peer => record({ peer })))
  converse(left, missed)
  t.same(peersOf(missed), [oneBucket(2)[1]])
})

test('a farewell goes to nobody who does not list the peer, though the bucket differs', async t => {
  const left = bookOf(oneBucket(2).map((peer, i) => record({ peer, seq: 2, leaving: i === 1 })))
  const other = bookOf([record({ peer: oneBucket(3)[2]! })])
  for (const messages of [converse(other, left), converse(left, other)]) {
    t.notOk(recordsOf(messages).some(({ record }) => record.announcement.leaving))
  }
})

test('a newcomer is not told of those who left before it came', async t => {
  const book = bookOf([record({ peer: 'c' }), farewell({ peer: 'd', seq: 2 })])
  const messages = converse(bookOf([]), book)
  t.same(messages.flatMap(message => (message.type === 'records' ? message.records : [])).map(peerOf), ['c'])
})

test('a relayed record expires when the original would, however often it was relayed', async t => {
  const [a, b, c] = [bookOf([record({ peer: 'x' })]), bookOf([]), bookOf([])] as const
  converse(b, a, 20_000)
  converse(c, b, 25_000)
  for (const book of [a, b, c]) t.equal(book.nextExpiryMs, TTL_MS)
  t.same(
    recordsOf(converse(bookOf([]), c, TTL_MS - 1)).map(({ ageMs }) => ageMs),
    [TTL_MS - 1]
  )
})

test('messages stay within their bounds, whatever the size of book and records', async () => {
  const anySizes = fc.array(fc.integer({ min: 100, max: 2_048 }), { minLength: 1, maxLength: 400 })
  fc.assert(
    fc.property(anySizes, sizes => {
      const records = sizes.map((size, i) => record({ peer: `p${i}` }, 'x'.repeat(size)))
      const messages = recordsMessages(records.map(record => ({ record, ageMs: 0 })))
      assert.deepEqual(
        recordsOf(messages).map(({ record }) => record),
        records
      )
      for (const message of messages) assert.ok(bytesOf(message) <= 96 * 1024 && bytesOf(message) > 0)
    })
  )
})

test('a bucket that somebody has filled on purpose is exchanged all the same, in bounded messages', async t => {
  const crowd = oneBucket(1_500)
  const a = bookOf(crowd.slice(0, 1_400).map(peer => record({ peer })))
  const b = bookOf(crowd.slice(100).map(peer => record({ peer })))
  const messages = [...converse(a, b), ...converse(b, a)]
  t.same(peersOf(a), [...crowd].sort())
  t.same(peersOf(b), [...crowd].sort())
  for (const message of messages) {
    if (message.type === 'summary') t.ok(message.items.length <= 1_024)
    if (message.type === 'want') t.ok(message.peers.length <= 1_024)
    t.ok(bytesOf(message) <= 96 * 1024)
  }
})

test('a wish that repeats itself is answered once', async t => {
  const book = bookOf([record({ peer: 'c' })])
  t.equal(recordsOf(answerWant(book, undefined, Array(3_000).fill('c'), 0)).length, 1)
})

test('a wish for nobody, or for somebody unknown, is not answered', async t => {
  t.same(answerWant(bookOf([]), undefined, [], 0), [])
  t.same(answerWant(bookOf([]), undefined, ['c'], 0), [])
})

/** Many peers, so that some buckets hold several and most hold none. */
const anyRecords = fc.array(
  fc
    .record({
      peer: fc.nat(120).map(i => `p${i}`),
      seq: fc.integer({ min: 1, max: 3 }),
      name: fc.constantFrom('', 'x', 'y')
    })
    .map(change => record(change)),
  { maxLength: 80 }
)

/** The whole exchange that a digest of `asking` sets off, as `a` and `b`; returns every message. */
function converse(asking: AddressBook, asked: AddressBook, nowMs = 0): SyncMessage[] {
  const said: SyncMessage[] = []
  let toAsked: SyncMessage[] = [digestOf(asking, 'b')]
  while (toAsked.length > 0) {
    said.push(...toAsked)
    const toAsking = toAsked.flatMap(message => take(asked, 'b', 'a', message, nowMs))
    said.push(...toAsking)
    toAsked = toAsking.flatMap(message => take(asking, 'a', 'b', message, nowMs))
  }
  return said
}

function take(book: AddressBook, self: PeerKey, from: PeerKey, message: SyncMessage, nowMs: number): SyncMessage[] {
  switch (message.type) {
    case 'digest':
      return answerDigest(book, from, message, ROOM, nowMs)
    case 'summary':
      return [...answerSummary(book, self, from, message, 'all', nowMs), ...contradict(book, message.items, nowMs)]
    case 'want':
      return answerWant(book, undefined, message.peers, nowMs)
    case 'records':
      for (const { record, ageMs } of message.records) book.apply(record, nowMs, ageMs)
      return contradict(
        book,
        message.records.map(({ record }) => record.announcement).filter(({ leaving }) => !leaving),
        nowMs
      )
    default:
      return []
  }
}

function digestOf(book: AddressBook, partner: PeerKey): DigestMessage {
  return { type: 'digest', salt: 0, buckets: book.digest(partner), sure: new Uint8Array(8), room: 'all' }
}

function bookOf(records: readonly SignedAnnouncement[]): AddressBook {
  const book = new AddressBook({ maxEntries: 10_000, maxTombstones: 10_000 })
  for (const record of records) book.apply(record, 0)
  return book
}

/** What books agree on: who is there, and with which content; heartbeats may differ. */
function contentsOf(book: AddressBook): string[] {
  return [...book.values()].map(({ record }) => `${record.announcement.peer} ${record.announcement.name}`).sort()
}

function peers(count: number): string[] {
  return Array.from({ length: count }, (_, i) => `p${i}`)
}

/** Peers that all fall into bucket 0. */
function oneBucket(count: number): string[] {
  const found: string[] = []
  for (let i = 0; found.length < count; i++) if (bucketOf(`q${i}`) === 0) found.push(`q${i}`)
  return found
}

function recordsOf(messages: readonly SyncMessage[]) {
  return messages.flatMap(message => (message.type === 'records' ? message.records : []))
}

function bytesOf(message: SyncMessage): number {
  return message.type === 'records'
    ? message.records.reduce((sum, { record }) => sum + record.envelope.byteLength, 0)
    : 1
}

function peerOf({ record }: { record: SignedAnnouncement }): string {
  return record.announcement.peer
}
