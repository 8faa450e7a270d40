import fc from 'fast-check'
import { test } from 'tap'
import { AddressBook } from '../../../src/core/book/address-book.ts'
import { STANDING, type Standing } from '../../../src/core/book/entry.ts'
import { seededRandom } from '../../../src/core/random.ts'
import { from, newest, peersOf, record } from '../records.ts'

const { hearsay, firstHand, confirmed, reached } = STANDING
const MAX = 16
const LONG_MS = 3_600_000

test('what is said gives way to what is proven, from hearsay to a peer that was reached', async t => {
  for (const [lower, higher] of [
    [hearsay, firstHand],
    [firstHand, confirmed],
    [confirmed, reached]
  ] as const) {
    const book = bookOf(MAX, 'group', lower)
    t.equal(bring(book, 'newcomer', 'group', higher), 'joined')
    t.equal(bring(bookOf(MAX, 'group', higher), 'newcomer', 'other', lower), 'book-full', 'and not the other way round')
  }
})

test('among equals the group that brought most gives up one of its newest', async t => {
  const book = bookOf(10, 'flood')
  for (let at = 0; at < 6; at++) bring(book, `h${at}`, 'honest')
  t.equal(bring(book, 'newcomer', 'honest'), 'joined')
  t.notOk(book.has('flood9'))
  t.equal(bring(book, 'another', 'flood'), 'book-full', 'it displaces nobody but itself, and not even that')
})

test('what has been listed for long is not displaced by its equals, and is by better ones', async t => {
  const book = bookOf(MAX, 'group')
  t.equal(bring(book, 'newcomer', 'other', hearsay, LONG_MS), 'book-full')
  t.equal(bring(book, 'newcomer', 'other', confirmed, LONG_MS), 'joined')
})

test('a better source of a peer takes the place of the one that brought it first', async t => {
  const book = bookOf(MAX - 1, 'flood')
  bring(book, 'honest', 'flood')
  book.confirm(book.get('honest')!, from('friend', confirmed))
  t.match(book.get('honest'), { forwarder: 'friend', group: 'friend', standing: confirmed })
  book.confirm(book.get('honest')!, from('stranger'))
  t.match(book.get('honest'), { forwarder: 'friend' }, 'a worse one does not')
  for (let at = 0; at < 100; at++) bring(book, `n${at}`, `group${at}`)
  t.ok(book.has('honest'))
})

test('a newer record by a better source confirms its peer', async t => {
  const book = bookOf(1, 'flood')
  book.apply(record({ peer: 'flood0', seq: 2 }), 0, 0, from('friend', confirmed))
  t.equal(book.get('flood0')?.standing, confirmed)
})

test('whatever comes and goes, the shares of a full book are those of its entries', async t => {
  const anyStep = fc.record({
    peer: fc.nat(30).map(at => `p${at}`),
    group: fc.constantFrom('a', 'b', 'c'),
    standing: fc.constantFrom<Standing>(...Object.values(STANDING)),
    seq: fc.nat(3),
    leaving: fc.nat(5).map(chance => chance === 0)
  })
  fc.assert(
    fc.property(fc.array(anyStep, { maxLength: 200 }), fc.nat(), (steps, seed) => {
      const random = seededRandom(seed)
      const book = new AddressBook({ maxEntries: 8, maxTombstones: 8 })
      for (const { group, standing, ...announced } of steps) {
        const source = from(group, standing)
        const before = [...book.values()]
        const victim = book.has(announced.peer) ? undefined : book.evict(source, 0, () => false, random)
        if (victim !== undefined) {
          const lower = before.filter(entry => entry.standing < victim.standing)
          const alike = before.filter(entry => entry.standing === victim.standing)
          const countOf = (name: string) => alike.filter(entry => entry.group === name).length
          if (victim.standing > standing || lower.length > 0) return false
          if (countOf(victim.group) < Math.max(...['a', 'b', 'c'].map(countOf))) return false
          if (book.has(victim.record.announcement.peer)) return false
        }
        book.apply(record(announced), 0, 0, source)
        if (book.size > 8) return false
      }
      return true
    }),
    { numRuns: 500 }
  )
  t.pass('for 500 histories')
})

function bookOf(count: number, group: string, standing: Standing = hearsay): AddressBook {
  const book = new AddressBook({ maxEntries: MAX, maxTombstones: MAX })
  for (let at = 0; at < count; at++) book.apply(record({ peer: `${group}${at}` }), 0, 0, from(group, standing))
  if (peersOf(book).length !== count) throw new Error('not all are listed')
  return book
}

function bring(book: AddressBook, peer: string, group: string, standing: Standing = hearsay, nowMs = 0): string {
  book.evict(from(group, standing), nowMs, () => false, newest)
  return book.apply(record({ peer, ttlMs: 2 * LONG_MS }), nowMs, 0, from(group, standing))
}
