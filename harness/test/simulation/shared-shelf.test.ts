import assert from 'node:assert/strict'
import fc from 'fast-check'
import { AddressBook, BUCKETS, signedAnnouncement } from 'libp2p-gossip-discovery/core'
import { test } from 'tap'
import { type IssuedRecord, Issuer } from '../../src/simulation/issuer.ts'
import { SharedShelf } from '../../src/simulation/shared-shelf.ts'

const SUBJECTS = Array.from({ length: 20 }, (_, index) => ({ index, peer: `peer-${index}` }))
const BOUNDS = { maxEntries: 15, maxTombstones: 10 }

test('a record stands on the shelf once, however many books put it there, and whatever they drop', async t => {
  const shelf = new SharedShelf(SUBJECTS)
  const [a, b] = SUBJECTS.map(subject => new Issuer(subject))
  const records = [a!, a!, b!].map((issuer, at) => issuer.sign(announcementOf(`peer-${at === 2 ? 1 : 0}`), at))
  const forged = signedAnnouncement(announcementOf('peer-0'), new Uint8Array(1), 1)
  const numbers = [...records, forged].map(record => shelf.put(record))
  t.equal(new Set(numbers).size, 4)
  shelf.drop()
  for (const [at, record] of [...records, forged].entries()) {
    t.equal(shelf.put(record), numbers[at])
    t.equal(shelf.at(numbers[at]!), record)
  }
})

/** Another announcement of a machine, or one that it has made before, given to a book; or an end to the entries of that time. */
const anyStep = fc.record({
  subject: fc.nat(SUBJECTS.length - 1),
  again: fc.option(fc.nat(3)),
  leaving: fc.nat(5).map(chance => chance === 0),
  isForged: fc.nat(9).map(chance => chance === 0),
  passedMs: fc.constantFrom(0, 1, 20_000)
})

test('a book on a shared shelf knows nobody who is no machine, and takes in none', async t => {
  const book = new AddressBook(BOUNDS, new SharedShelf(SUBJECTS))
  book.apply(new Issuer(SUBJECTS[0]!).sign(announcementOf('peer-0'), 0), 0)
  t.equal(book.get('a stranger'), undefined)
  t.throws(
    () => book.apply(signedAnnouncement(announcementOf('a stranger'), new Uint8Array(1), 1), 0),
    /a stranger is no/
  )
})

test('books on a shared shelf are what they would be alone, whoever comes, changes, forges, leaves and expires', async () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(1), anyStep), { maxLength: 200 }), steps => {
      const shelf = new SharedShelf(SUBJECTS)
      const books = [0, 1].map(() => ({ shared: new AddressBook(BOUNDS, shelf), alone: new AddressBook(BOUNDS) }))
      const issuers = SUBJECTS.map(subject => new Issuer(subject))
      const issued: IssuedRecord[][] = SUBJECTS.map(() => [])
      let nowMs = 0
      for (const [at, { subject, again, leaving, isForged, passedMs }] of steps) {
        nowMs += passedMs
        const of = SUBJECTS[isForged ? (subject + 1) % SUBJECTS.length : subject]!.peer
        const former = issued[subject]![again ?? -1]
        // A first announcement is the oldest there is: nobody forges what looks as old.
        const seq = issued[subject]!.length + (isForged ? 1 : 0)
        const record = former ?? issuers[subject]!.sign(announcementOf(of, seq, leaving), nowMs)
        if (former === undefined) issued[subject]!.push(record)
        const { shared, alone } = books[at]!
        assert.equal(shared.newsAmong([{ record }]).length, alone.newsAmong([{ record }]).length)
        assert.equal(shared.apply(record, nowMs), alone.apply(record, nowMs))
        assert.deepEqual(peersOf(shared.expire(nowMs)), peersOf(alone.expire(nowMs)))
        for (const { shared, alone } of books) assert.deepEqual(contentOf(shared, nowMs), contentOf(alone, nowMs))
      }
    })
  )
})

function announcementOf(peer: string, seq = 1, leaving = false) {
  return { peer, epoch: 1, seq, name: '', addrs: [], metadata: new Map(), ttlMs: 30_000, leaving }
}

/** All that a book holds, and by what it is found. */
function contentOf(book: AddressBook, nowMs: number): unknown {
  return {
    entries: [...book.values()],
    found: SUBJECTS.map(({ peer }) => book.get(peer)),
    digest: book.digest(),
    buckets: Array.from({ length: BUCKETS }, (_, bucket) => peersOf(book.recordsIn(bucket, nowMs)))
  }
}

function peersOf(
  records: readonly { readonly record: { readonly announcement: { readonly peer: string } } }[]
): string[] {
  return records.map(({ record }) => record.announcement.peer).sort()
}
