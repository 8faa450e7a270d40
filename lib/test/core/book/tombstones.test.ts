import fc from 'fast-check'
import { test } from 'tap'
import { AddressBook } from '../../../src/core/book/address-book.ts'
import { farewell, from, record, TTL_MS } from '../records.ts'

const MAX = 100

test('farewells of peers that nobody knew displace each other, and no peer that was listed comes back by them', async t => {
  const book = newBook()
  for (const peer of peers('left', 50)) {
    book.apply(record({ peer }), 0)
    book.apply(farewell({ peer, seq: 2 }), 0)
  }
  for (const peer of peers('expired', 50)) book.apply(record({ peer }), 0)
  book.expire(TTL_MS)
  for (const peer of peers('invented', 16_384)) book.apply(farewell({ peer }), TTL_MS, 0, from('attacker'))
  for (const peer of [...peers('left', 50), ...peers('expired', 50)])
    t.equal(book.apply(record({ peer }), TTL_MS), 'stale')
  t.equal(book.tombstones, MAX)
})

test('a flood of farewells displaces its own, and not the few that others brought', async t => {
  const book = newBook()
  for (const peer of peers('honest', 30)) book.apply(farewell({ peer, seq: 2 }), 0, 0, from('friend'))
  for (const peer of peers('invented', 1_000)) book.apply(farewell({ peer }), 0, 0, from('attacker'))
  for (const peer of peers('honest', 30)) t.equal(book.apply(record({ peer }), 0), 'stale')
  t.equal(book.apply(record({ peer: 'invented0', seq: 0 }), 0), 'joined', 'the oldest of the flood is forgotten')
  t.equal(book.apply(record({ peer: 'invented999', seq: 0 }), 0), 'stale')
})

test('listed peers of one group displace tombstones of that group, once there is nothing else', async t => {
  const book = newBook()
  const list = (peer: string, group: string) => {
    book.apply(record({ peer }), 0, 0, from(group))
    book.apply(farewell({ peer, seq: 2 }), 0, 0, from(group))
  }
  for (const peer of peers('honest', 30)) list(peer, 'friend')
  for (const peer of peers('sybil', 1_000)) list(peer, 'attacker')
  for (const peer of peers('honest', 30)) t.equal(book.apply(record({ peer }), 0), 'stale')
})

test('a farewell is remembered for a day and longer, whatever its own ttl: what it ended may last as long', async t => {
  const book = newBook()
  book.apply(farewell({ seq: 2, ttlMs: 1_000 }), 0)
  const dayMs = 86_400_000
  book.expire(dayMs)
  t.equal(book.apply(record({ seq: 1, ttlMs: dayMs }), dayMs), 'stale')
})

test('of entries that expire together, the one whose time was over first has the oldest tombstone', async t => {
  const book = new AddressBook({ maxEntries: 3, maxTombstones: 2 })
  for (const [peer, ageMs] of [
    ['a', 0],
    ['b', 20_000],
    ['c', 10_000]
  ] as const)
    book.apply(record({ peer }), 0, ageMs)
  book.expire(TTL_MS)
  t.same(
    ['a', 'b', 'c'].filter(peer => book.tombstoneOf(peer) === undefined),
    ['b']
  )
})

test('whoever is buried and by whom, there are never more tombstones than the bound, and none of a peer that is listed', async t => {
  const anyStep = fc.record({
    peer: fc.nat(20).map(number => `p${number}`),
    seq: fc.nat(5),
    leaving: fc.boolean(),
    group: fc.constantFrom('a', 'b', 'c')
  })
  fc.assert(
    fc.property(fc.array(anyStep, { maxLength: 100 }), fc.nat(5), (steps, maxTombstones) => {
      const book = new AddressBook({ maxEntries: 10, maxTombstones })
      for (const { group, ...announced } of steps) {
        book.apply(record(announced), 0, 0, from(group))
        if (book.tombstones > maxTombstones) return false
        for (const { record } of book.values())
          if (book.tombstoneOf(record.announcement.peer) !== undefined) return false
      }
      return true
    })
  )
  t.pass('for 100 histories')
})

function newBook(): AddressBook {
  return new AddressBook({ maxEntries: 20_000, maxTombstones: MAX })
}

function peers(name: string, count: number): string[] {
  return Array.from({ length: count }, (_, at) => `${name}${at}`)
}
