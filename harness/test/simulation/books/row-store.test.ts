import assert from 'node:assert/strict'
import {
  AddressBook,
  BUCKETS,
  Discovery,
  resolveConfig,
  type SignedAnnouncement,
  STANDING,
  seededRandom,
  signedAnnouncement
} from '@gossip-discovery/libp2p/core'
import fc from 'fast-check'
import { test } from 'tap'
import { newsAmong } from '../../../src/simulation/books/news.ts'
import { RowStore } from '../../../src/simulation/books/row-store.ts'
import { SharedRecords } from '../../../src/simulation/books/shared-records.ts'
import { type IssuedRecord, Issuer } from '../../../src/simulation/host/issuer.ts'

const SUBJECTS = Array.from({ length: 20 }, (_, index) => ({ index, peer: `peer-${index}` }))
const BOUNDS = { maxEntries: 15, maxTombstones: 10 }
/** No machine of the simulation asks. */
const NOBODY = -1

test('a record has one number, however many books hold it', async t => {
  const shared = new SharedRecords(SUBJECTS)
  const [a, b] = SUBJECTS.map(subject => new Issuer(subject))
  const records = [a!, a!, b!].map((issuer, at) => issuer.sign(announcementOf(`peer-${at === 2 ? 1 : 0}`), at))
  const forged = signedAnnouncement(announcementOf('peer-0'), new Uint8Array(1), 0)
  const numbers = [...records, forged].map(record => shared.numberOf(record))
  t.equal(new Set(numbers).size, 4)
  for (const [at, record] of [...records, forged].entries()) {
    t.equal(shared.numberOf(record), numbers[at])
    t.equal(shared.at(numbers[at]!), record)
  }
})

test('a book in a row knows nobody who is no machine, and takes in none', async t => {
  const book = new AddressBook(BOUNDS, new RowStore(new SharedRecords(SUBJECTS), NOBODY))
  book.apply(new Issuer(SUBJECTS[0]!).sign(announcementOf('peer-0'), 0), 0)
  t.equal(book.get('a stranger'), undefined)
  t.throws(
    () => book.apply(signedAnnouncement(announcementOf('a stranger'), new Uint8Array(1), 0), 0),
    /a stranger is no/
  )
})

/** Another announcement of a machine, or one that it has made before, given to a book; or an end to the entries of that time. */
const anyStep = fc.record({
  subject: fc.nat(SUBJECTS.length - 1),
  again: fc.option(fc.nat(3)),
  leaving: fc.nat(5).map(chance => chance === 0),
  isForged: fc.nat(9).map(chance => chance === 0),
  ageMs: fc.constantFrom(0, 1, 29_999, 70_000),
  forwarder: fc.constantFrom(undefined, 'peer-1', 'peer-2'),
  group: fc.constantFrom('one', 'other'),
  standing: fc.constantFrom(...Object.values(STANDING)),
  suspected: fc.nat(5).map(chance => chance === 0),
  passedMs: fc.constantFrom(0, 1, 0.1, 20_000)
})

test('books in rows are what they would be in maps, whoever comes, changes, forges, leaves and expires', async () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(1), anyStep), { maxLength: 200 }), steps => {
      const shared = new SharedRecords(SUBJECTS)
      const books = [0, 1].map(() => ({
        row: new AddressBook(BOUNDS, new RowStore(shared, NOBODY)),
        map: new AddressBook(BOUNDS)
      }))
      const issued = new Issued()
      let nowMs = 0
      for (const [at, step] of steps) {
        nowMs += step.passedMs
        const record = issued.next(step, nowMs)
        const both = [books[at]!.row, books[at]!.map]
        assertSame(both.map(book => book.evict(step, nowMs, peer => peer === 'peer-3', seededRandom(1))))
        assertSame(both.map(book => book.apply(record, nowMs, step.ageMs, step)))
        if (step.suspected) for (const book of both) book.shorten(record.announcement.peer, nowMs + 500)
        assertSame(both.map(book => peersOf(book.expire(nowMs, peer => peer === 'peer-4'))))
        assertSame(both.map(book => book.fading(nowMs).sort()))
        for (const { row, map } of books) assertSame([row, map].map(book => contentOf(book, nowMs)))
      }
    }),
    // Whole books are compared at each step.
    { numRuns: 50 }
  )
})

test('each entry of a large book has a place of its own, whichever of all machines are listed', async () => {
  const subjects = Array.from({ length: 130 }, (_, index) => ({ index, peer: `peer-${index}` }))
  const records = subjects.map(subject => new Issuer(subject).sign(announcementOf(subject.peer), 0))
  const shared = new SharedRecords(subjects)
  fc.assert(
    fc.property(fc.subarray(records), listed => {
      const store = new RowStore(shared, NOBODY)
      const book = new AddressBook({ maxEntries: 1_000, maxTombstones: 10 }, store)
      for (const record of listed) book.apply(record, 0)
      const places = Array.from({ length: store.size }, (_, index) => store.at(index).record)
      assert.deepEqual(places, listed)
    })
  )
})

test('what is news among many records is what is news one by one, but for the very ones that are listed', async () => {
  fc.assert(
    fc.property(fc.array(anyStep), fc.array(anyStep, { maxLength: 3 }), (before, after) => {
      const self = SUBJECTS[0]!
      const store = new RowStore(new SharedRecords(SUBJECTS), self.index)
      const host = { random: seededRandom(1), groupOf: (addr: string) => addr, store }
      const core = new Discovery(resolveConfig(), { peer: self.peer, epoch: 1 }, host, 0)
      const issued = new Issued()
      const known = before.map(step => issued.next(step, 0))
      for (const record of known) core.handle({ type: 'gossip', from: 'peer-1', record }, 0)
      const asked = [...known, ...after.map(step => issued.next(step, 0))].map(record => ({ record, ageMs: 1 }))
      const found = newsAmong(asked, core, store)
      for (const aged of asked) {
        const isListed = core.book.entryOf(aged.record)?.record === aged.record
        assert.equal(
          found.includes(aged),
          !isListed && ['news', 'gone', 'younger'].includes(core.interestIn(aged.record.announcement, aged.ageMs))
        )
      }
    })
  )
})

test('a message of nothing but news is handed on as it is', async t => {
  const store = new RowStore(new SharedRecords(SUBJECTS), 0)
  const core = new Discovery(
    resolveConfig(),
    { peer: 'peer-0', epoch: 1 },
    { random: seededRandom(1), groupOf: addr => addr, store },
    0
  )
  const issued = new Issued()
  const records = [1, 2, 3].map(subject => ({ record: issued.of(subject), ageMs: 1 }))
  t.equal(newsAmong(records, core, store), records)
  issued.of(0)
  t.same(newsAmong([{ record: issued.of(0), ageMs: 1 }], core, store).length, 1, 'a newer one of its own')
  t.same(newsAmong([{ record: issued.of(4), ageMs: 30_000 }], core, store), [], 'too old')
})

/** Announcements of all machines, the former ones kept. */
class Issued {
  readonly #issuers = SUBJECTS.map(subject => new Issuer(subject))
  readonly #issued: IssuedRecord[][] = SUBJECTS.map(() => [])

  next(
    step: { subject: number; again: number | null; leaving: boolean; isForged: boolean },
    nowMs: number
  ): IssuedRecord {
    const { subject, again, leaving, isForged } = step
    const issued = this.#issued[subject]!
    const former = issued[again ?? -1]
    if (former !== undefined) return former
    const { peer } = SUBJECTS[isForged ? (subject + 1) % SUBJECTS.length : subject]!
    // A first announcement is the oldest there is: nobody forges what looks as old.
    const record = this.#issuers[subject]!.sign(
      announcementOf(peer, issued.length + (isForged ? 1 : 0), leaving),
      nowMs
    )
    issued.push(record)
    return record
  }

  of(subject: number): IssuedRecord {
    return this.next({ subject, again: null, leaving: false, isForged: false }, 0)
  }
}

function announcementOf(peer: string, seq = 1, leaving = false) {
  return { peer, epoch: 1, seq, name: '', addrs: [], metadata: new Map(), ttlMs: 30_000, leaving }
}

function assertSame([row, map]: readonly unknown[]): void {
  assert.deepEqual(row, map)
}

/** All that a book holds, and by what it is found. */
function contentOf(book: AddressBook, nowMs: number): unknown {
  const picked = Array.from({ length: book.size }, (_, index) => book.pick(() => (index + 0.5) / book.size)!)
  return {
    entries: byPeer([...book.values()]),
    found: SUBJECTS.map(({ peer }) => book.get(peer)),
    picked: byPeer(picked),
    nextExpiryMs: book.nextExpiryMs,
    nextFadingMs: book.nextFadingMs,
    digest: book.digest(),
    buckets: Array.from({ length: BUCKETS }, (_, bucket) => byPeer(book.recordsIn(bucket, nowMs)))
  }
}

function byPeer<T extends { readonly record: SignedAnnouncement }>(records: readonly T[]): T[] {
  return [...records].sort((a, b) => (a.record.announcement.peer < b.record.announcement.peer ? -1 : 1))
}

function peersOf(records: readonly { readonly record: SignedAnnouncement }[]): string[] {
  return byPeer(records).map(({ record }) => record.announcement.peer)
}
