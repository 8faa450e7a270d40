import assert from 'node:assert/strict'
import fc from 'fast-check'
import { test } from 'tap'
import { AddressBook } from '../../../src/core/book/address-book.ts'
import { BUCKETS, bucketOf } from '../../../src/core/book/digest.ts'
import { seededRandom } from '../../../src/core/random.ts'
import type { SignedAnnouncement } from '../../../src/core/record/announcement.ts'
import { announcement, anyRecord, entriesOf, farewell, from, newest, peersOf, record, TTL_MS } from '../records.ts'

const PEERS = ['a', 'b', 'c', 'd']

test('a first announcement joins, a heartbeat refreshes, new content updates, a farewell leaves', async t => {
  const book = newBook()
  t.equal(book.apply(record({ seq: 1 }), 0), 'joined')
  t.equal(book.apply(record({ seq: 2 }), 10), 'refreshed')
  t.equal(book.get('a')?.expiresAtMs, 10 + TTL_MS)
  t.equal(book.apply(record({ seq: 3, name: 'x' }), 20), 'updated')
  t.equal(book.apply(record({ epoch: 2, seq: 1, name: 'x' }), 30), 'updated', 'a restart is an update')
  t.equal(book.apply(farewell({ epoch: 2, seq: 2 }), 40), 'left')
  t.same(peersOf(book), [])
})

test('what is not newer changes nothing, not even the time of expiry', async t => {
  const book = newBook()
  book.apply(record({ epoch: 2, seq: 5 }), 0)
  const before = book.get('a')
  for (const older of [record({ epoch: 2, seq: 5 }), record({ epoch: 2, seq: 4 }), record({ epoch: 1, seq: 9 })]) {
    t.equal(book.apply(older, 1_000), 'stale')
  }
  t.equal(book.apply(farewell({ epoch: 2, seq: 4 }), 1_000), 'stale')
  t.same(book.get('a'), before)
})

test('an entry expires at its ttl, not before, and is handed out once', async t => {
  const book = newBook()
  book.apply(record(), 0)
  t.equal(book.nextExpiryMs, TTL_MS)
  t.same(book.expire(TTL_MS - 1), [])
  t.same(
    book.expire(TTL_MS).map(entry => entry.record.announcement.peer),
    ['a']
  )
  t.same(book.expire(2 * TTL_MS), [])
  t.equal(book.size, 0)
})

test('an entry fades when two thirds of its ttl bring no heartbeat, and is told again until it expires', async t => {
  const book = newBook()
  book.apply(record({ peer: 'a' }), 0)
  book.apply(record({ peer: 'b' }), TTL_MS / 2)
  t.same(book.fading(book.nextFadingMs - 1), [])
  const told: number[] = []
  while (book.nextFadingMs < TTL_MS) {
    const nowMs = book.nextFadingMs
    t.same([book.fading(nowMs), book.fading(nowMs)], [['a'], []], 'not twice at a time')
    t.ok(book.nextFadingMs >= nowMs + 1_000, 'not all the time')
    told.push(nowMs)
  }
  t.equal(told[0], (TTL_MS * 2) / 3)
  t.ok(told.length > 2)
})

test('a replay does not bring an expired peer back; whatever is newer does', async t => {
  const book = newBook()
  book.apply(record({ seq: 7 }), 0)
  book.expire(TTL_MS)
  for (const seq of [1, 6, 7]) t.equal(book.apply(record({ seq }), TTL_MS), 'stale')
  t.equal(book.size, 0)
  t.equal(book.apply(record({ seq: 8 }), TTL_MS), 'joined')
  t.equal(book.tombstones, 0)
})

test('a farewell is remembered even of a peer that was never listed', async t => {
  const book = newBook()
  t.equal(book.apply(farewell({ seq: 2 }), 0), 'buried')
  t.equal(book.apply(record({ seq: 1 }), 0), 'stale')
  t.equal(book.apply(farewell({ seq: 2 }), 0), 'stale', 'a replay of it says nothing new')
  t.equal(book.apply(record({ epoch: 2, seq: 1 }), 0), 'joined', 'a restart is welcome')
})

test('of a farewell and another announcement under one number the bytes decide, whichever comes first', async t => {
  const pairs: [kept: string, announcement: string, farewell: string][] = [
    ['a', 'y', 'x'],
    ['', 'x', 'y']
  ]
  for (const [kept, announcementBytes, farewellBytes] of pairs) {
    const both = [record({}, announcementBytes), record({ leaving: true }, farewellBytes)]
    t.equal(peersOf(bookOf(both)).join(), kept)
    t.equal(peersOf(bookOf(both.reverse())).join(), kept)
  }
})

test('a record that arrives after its ttl is refused, and one that arrives before keeps its own time', async t => {
  const book = newBook()
  t.equal(book.apply(record({ seq: 1 }), 100_000, TTL_MS), 'outlived')
  t.equal(book.apply(record({ seq: 1 }), 100_000, TTL_MS - 1), 'joined')
  t.equal(book.nextExpiryMs, 102_000, 'but it stays for 2 s, since the age may be a lie')
})

test('a forwarder that makes a newer record older than the one before does not shorten the life of the entry', async t => {
  const book = newBook()
  book.apply(record({ seq: 1 }), 10_000)
  t.equal(book.apply(record({ seq: 2 }), 20_000, TTL_MS - 1), 'refreshed')
  t.equal(book.get('a')?.expiresAtMs, 10_000 + TTL_MS)
})

test('a full book refuses newcomers and still follows those whom it lists', async t => {
  const book = newBook({ maxEntries: 2 })
  book.apply(record({ peer: 'a' }), 0)
  book.apply(record({ peer: 'b' }), 0)
  t.equal(book.apply(record({ peer: 'c' }), 0), 'book-full')
  t.equal(book.apply(record({ peer: 'a', seq: 2, name: 'x' }), 0), 'updated')
  t.equal(book.apply(farewell({ peer: 'b', seq: 2 }), 0), 'left')
  t.equal(book.apply(record({ peer: 'c' }), 0), 'joined')
})

test('a full book makes room at the cost of whoever brought most, and keeps whom the node is connected to', async t => {
  const book = newBook({ maxEntries: 4 })
  for (const peer of ['s1', 's2', 's3']) book.apply(record({ peer }), 0, 0, from('sybil'))
  book.apply(record({ peer: 'h1' }), 0, 0, from('honest'))
  const evicted = book.evict(from('honest'), 0, peer => peer === 's1', newest)
  t.equal(evicted && peerOf(evicted), 's3', 'one of the newest that are not connected')
  t.equal(book.apply(record({ peer: 'h2' }), 0, 0, from('honest')), 'joined')
  t.equal(
    book.evict(from('sybil'), 0, () => false, newest),
    undefined,
    'nobody makes room for whoever brought most'
  )
  t.equal(
    book.evict(from('honest'), 0, () => false, newest),
    undefined,
    'nor for whoever brought as much'
  )
  t.same(peersOf(book), ['h1', 'h2', 's1', 's2'])
})

test('a flood by way of one forwarder takes no more than its share of a book', async () => {
  const forwarders = ['x', 'y', 'z']
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom(...forwarders, 'flood', 'flood', 'flood'), { minLength: 40, maxLength: 200 }),
      brought => {
        const book = newBook({ maxEntries: 12 })
        for (const [i, forwarder] of brought.entries()) {
          book.evict(from(forwarder), 0, () => false, newest)
          book.apply(record({ peer: `p${i}` }), 0, 0, from(forwarder))
          assert.ok(book.size <= 12)
        }
        const listed = (by: string) => [...book.values()].filter(({ forwarder }) => forwarder === by).length
        const wished = (by: string) => brought.filter(other => other === by).length
        const fair = 12 / 4
        for (const by of forwarders) assert.ok(listed(by) >= Math.min(wished(by), fair) - 1, `${by} has ${listed(by)}`)
      }
    )
  )
})

test('beyond its bound a book forgets the oldest tombstone first', async t => {
  const book = newBook({ maxTombstones: 2 })
  for (const peer of ['a', 'b', 'c']) book.apply(farewell({ peer, seq: 2 }), 0)
  t.equal(book.tombstones, 2)
  t.equal(book.apply(record({ peer: 'b' }), 0), 'stale')
  t.equal(book.apply(record({ peer: 'c' }), 0), 'stale')
  t.equal(book.apply(record({ peer: 'a' }), 0), 'joined')
})

test('an entry can be given less time, never more', async t => {
  const book = newBook()
  book.apply(record(), 0)
  book.shorten('a', 5_000)
  book.shorten('a', 9_000)
  book.shorten('nobody', 1)
  t.equal(book.nextExpiryMs, 5_000)
  t.equal(book.expire(5_000).length, 1)
})

test('an entry whose time is over is spared for as long as its peer answers, and expires when it does not', async t => {
  const book = newBook()
  book.apply(record({ peer: 'a' }), 0)
  book.apply(record({ peer: 'b' }), 0)
  const expired = book.expire(TTL_MS, peer => peer === 'a')
  t.same(expired.map(peerOf), ['b'])
  t.same(peersOf(book), ['a'])
  const nextMs = book.nextExpiryMs
  t.ok(nextMs > TTL_MS && nextMs <= TTL_MS + 1_000, 'looked at again within a second')
  t.same(book.expire(nextMs).map(peerOf), ['a'])
})

test('books that saw the same announcements, in any order and with repeats, are equal', async () => {
  fc.assert(
    fc.property(twoOrders, ([one, other]) => {
      const [a, b] = [bookOf(one), bookOf(other)]
      assert.deepEqual(observable(a), observable(b))
    }),
    { numRuns: 1_000 }
  )
})

test('equal books stay equal when all that they list has expired', async () => {
  fc.assert(
    fc.property(twoOrders, ([one, other]) => {
      const [a, b] = [bookOf(one), bookOf(other)]
      a.expire(TTL_MS)
      b.expire(TTL_MS)
      assert.equal(a.size, 0)
      assert.deepEqual(observable(a), observable(b))
    })
  )
})

test('merging two books gives what one book would hold that saw both', async () => {
  fc.assert(
    fc.property(fc.array(anyRecord), fc.array(anyRecord), (left, right) => {
      const merged = bookOf(left)
      for (const entry of bookOf(right).values()) merged.apply(entry.record, 0)
      // A book hands on its entries and farewells, so compare with those alone.
      const farewells = PEERS.map(peer => bookOf(right).tombstoneOf(peer)?.record).filter(
        record => record !== undefined
      )
      for (const record of farewells) merged.apply(record, 0)
      assert.deepEqual(agreedOf(merged), agreedOf(bookOf([...left, ...right])))
    })
  )
})

test('whatever happens, digest, expiry, positions and bounds hold', async () => {
  fc.assert(
    fc.property(fc.array(anyStep, { maxLength: 60 }), fc.nat(3), fc.nat(2), (steps, maxEntries, maxTombstones) => {
      const book = newBook({ maxEntries, maxTombstones })
      let nowMs = 0
      for (const step of steps) {
        nowMs += step.waitMs
        for (const entry of book.expire(nowMs)) assert.ok(entry.expiresAtMs <= nowMs)
        book.apply(step.record, nowMs, step.ageMs)
        if (step.shortens) book.shorten(step.record.announcement.peer, nowMs + 1)
        assert.ok(book.size <= maxEntries && book.tombstones <= maxTombstones)
        assert.deepEqual(book.digest(), digestOf(book))
        for (const entry of book.values()) assert.ok(entry.expiresAtMs >= book.nextExpiryMs)
        for (const entry of book.values()) assert.equal(book.tombstoneOf(peerOf(entry)), undefined)
        const picked = book.pick(() => 0.999)
        assert.equal(picked !== undefined, book.size > 0)
      }
    })
  )
})

test('a digest leaves out the peer that it is meant for', async () => {
  fc.assert(
    fc.property(fc.array(anyRecord), fc.constantFrom(...PEERS), (records, peer) => {
      const without = bookOf(records.filter(({ announcement }) => announcement.peer !== peer))
      assert.deepEqual(bookOf(records).digest(peer), without.digest())
    })
  )
})

test('every entry is picked, about as often as every other, also after removals', async t => {
  const book = newBook()
  for (const peer of ['a', 'b', 'c', 'd', 'e']) book.apply(record({ peer }), 0)
  book.apply(farewell({ peer: 'b', seq: 2 }), 0)
  book.apply(farewell({ peer: 'e', seq: 2 }), 0)
  const random = seededRandom(1)
  const picks = new Map<string, number>()
  for (let i = 0; i < 3_000; i++) {
    const peer = peerOf(book.pick(random)!)
    picks.set(peer, (picks.get(peer) ?? 0) + 1)
  }
  t.same([...picks.keys()].sort(), ['a', 'c', 'd'])
  for (const count of picks.values()) t.ok(count > 900 && count < 1_100, `${count} of 1,000`)
})

const twoOrders = fc
  .array(anyRecord, { minLength: 1, maxLength: 24 })
  .chain(records =>
    fc.tuple(
      shuffled(records),
      shuffled(records),
      fc.array(fc.constantFrom(...records)),
      fc.array(fc.constantFrom(...records))
    )
  )
  .map(
    ([one, other, early, late]) =>
      [
        [...early, ...one],
        [...other, ...late]
      ] as const
  )

const anyStep = fc.record({
  record: anyRecord,
  waitMs: fc.integer({ min: 0, max: TTL_MS }),
  ageMs: fc.integer({ min: 0, max: TTL_MS }),
  shortens: fc.boolean()
})

function shuffled(records: SignedAnnouncement[]): fc.Arbitrary<SignedAnnouncement[]> {
  return fc.shuffledSubarray(records, { minLength: records.length })
}

function newBook(bounds: { maxEntries?: number; maxTombstones?: number } = {}): AddressBook {
  return new AddressBook({ maxEntries: 100, maxTombstones: 100, ...bounds })
}

function bookOf(records: readonly SignedAnnouncement[]): AddressBook {
  const book = newBook()
  for (const record of records) book.apply(record, 0)
  return book
}

/** Everything that can be asked of a book; versions around each known one show what its tombstones refuse. */
function observable(book: AddressBook): unknown {
  const versions = [1, 2, 3].flatMap(epoch => [0, 1, 2, 3, 4].map(seq => ({ epoch, seq })))
  return {
    entries: agreedOf(book),
    digest: book.digest(),
    nextExpiryMs: book.size > 0 ? Math.min(...entriesOf(book).map(entry => entry.expiresAtMs)) : undefined,
    tombstones: PEERS.map(peer => book.tombstoneOf(peer)?.record),
    news: PEERS.map(peer => versions.map(version => book.interestIn(announcement({ peer, ...version }), 0, 0)))
  }
}

/** What books agree on: not on the order in which the entries came. */
function agreedOf(book: AddressBook): unknown[] {
  return entriesOf(book).map(({ record, bornAtMs, expiresAtMs }) => ({ record, bornAtMs, expiresAtMs }))
}

function digestOf(book: AddressBook): Uint32Array {
  const digest = new Uint32Array(BUCKETS)
  for (const { record } of book.values()) digest[bucketOf(record.announcement.peer)]! ^= record.contentHash
  return digest
}

function peerOf({ record }: { record: SignedAnnouncement }): string {
  return record.announcement.peer
}
