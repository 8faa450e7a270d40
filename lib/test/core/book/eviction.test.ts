import fc from 'fast-check'
import { test } from 'tap'
import { AddressBook } from '../../../src/core/book/address-book.ts'
import { from, newest, record } from '../records.ts'

const MAX_ENTRIES = 8
const nobody = (): boolean => false

/** Brings a peer to the book as Discovery does: with room made first. */
function bring(book: AddressBook, peer: string, forwarder: string, isKept: (peer: string) => boolean = nobody): string {
  if (book.get(peer) === undefined) book.evict(from(forwarder), 0, isKept, newest)
  return book.apply(record({ peer }), 0, 0, from(forwarder))
}

function fullBook(forwarders: string[]): AddressBook {
  const book = new AddressBook({ maxEntries: MAX_ENTRIES, maxTombstones: 8 })
  for (let i = 0; i < MAX_ENTRIES; i++) bring(book, `p${i}`, forwarders[i % forwarders.length]!)
  return book
}

test('a flood through one peer displaces itself, and none that others brought', async t => {
  const book = fullBook(['honest', 'sybil'])
  for (let i = 0; i < 100; i++) bring(book, `invented${i}`, 'sybil')
  const honest = [...book.values()].filter(entry => entry.forwarder === 'honest')
  t.equal(honest.length, MAX_ENTRIES / 2)
  t.equal(book.size, MAX_ENTRIES)
})

test('a newcomer that somebody else brings takes the place of one of the flood', async t => {
  const book = fullBook(['sybil'])
  t.equal(bring(book, 'newcomer', 'honest'), 'joined')
  t.equal(book.size, MAX_ENTRIES)
})

test('a book that everybody filled evenly refuses newcomers', async t => {
  t.equal(bring(fullBook(['a', 'b']), 'newcomer', 'a'), 'book-full')
})

test('a connected peer is never evicted, whoever brought it', async t => {
  const book = fullBook(['sybil'])
  const kept = new Set(['p0', 'p1', 'p2'])
  for (let i = 0; i < 100; i++) bring(book, `newcomer${i}`, `f${i}`, peer => kept.has(peer))
  for (const peer of kept) t.ok(book.get(peer), peer)
})

test('whatever is brought by whomever, the bound holds and nobody is evicted while there is room', async t => {
  const brought = fc.array(fc.tuple(fc.nat(30), fc.nat(4)), { maxLength: 200 })
  fc.assert(
    fc.property(brought, items => {
      const book = new AddressBook({ maxEntries: MAX_ENTRIES, maxTombstones: 8 })
      const seen = new Set<number>()
      for (const [peer, forwarder] of items) {
        bring(book, `p${peer}`, `f${forwarder}`)
        seen.add(peer)
        if (book.size > MAX_ENTRIES || book.size < Math.min(seen.size, MAX_ENTRIES)) return false
      }
      return true
    })
  )
  t.pass('for 100 random floods')
})
