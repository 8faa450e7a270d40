/** The columns of a book against plain maps. */
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { test } from 'tap'
import { EntriesBySender } from '../../../src/core/book/entries-by-sender.ts'
import { EntryTable } from '../../../src/core/book/entry-table.ts'
import { BUCKETS, OwnShelf, type SignedAnnouncement } from '../../../src/core/index.ts'
import { record } from '../records.ts'

/** Few peers, so that they come and go; few hashes, so that they collide, also across the end of the places. */
const anyStep = fc.record({
  peer: fc.nat(40).map(number => `p${number}`),
  goes: fc.boolean(),
  bringer: fc.nat(5)
})
const HASHES = [0, 1, 13, 14, 15, -1]

for (const maxEntries of [100, 100_000]) {
  test(`a table of at most ${maxEntries} entries holds what a map would, whoever comes, changes and goes`, async () => {
    fc.assert(
      fc.property(fc.array(anyStep, { maxLength: 200 }), steps => {
        const table = new EntryTable(maxEntries)
        const model = new Map<string, { record: SignedAnnouncement; bornAtMs: number; bringer: number }>()
        for (const [bornAtMs, { peer, goes, bringer }] of steps.entries()) {
          const known = colliding(peer, bornAtMs)
          const slot = table.findSubject(known)
          assert.equal(slot >= 0, model.has(peer))
          if (table.isClearOf([{ record: known }])) assert.ok(slot < 0)
          if (goes) {
            if (slot >= 0) table.remove(slot)
            model.delete(peer)
          } else if (slot >= 0) {
            table.replace(slot, known, bornAtMs)
            model.set(peer, { ...model.get(peer)!, record: known, bornAtMs })
          } else {
            table.add(known, bornAtMs, bringer)
            model.set(peer, { record: known, bornAtMs, bringer })
          }
          assert.deepEqual(contentOf(table), model)
        }
      })
    )
  })
}

test('a table finds every peer by its name alone, and no other', async t => {
  const table = new EntryTable(1_000)
  for (let i = 0; i < 1_000; i++) table.add(record({ peer: `p${i}` }), i, 0)
  for (let i = 0; i < 1_000; i++) if (table.find(`p${i}`) !== i) t.fail(`p${i}`)
  t.ok(table.find('p1000') < 0)
})

test('a table that has grown over many pages gives up any of its entries, and all of them', async t => {
  fc.assert(
    fc.property(fc.infiniteStream(fc.nat(599)), picks => {
      const table = new EntryTable(1_000)
      const listed = new Set(Array.from({ length: 600 }, (_, i) => `p${i}`))
      for (const peer of listed) table.add(record({ peer }), 0, 0)
      for (const pick of picks) {
        if (table.size === 0) return
        const slot = pick % table.size
        listed.delete(table.record(slot).announcement.peer)
        table.remove(slot)
        if (table.size % 100 === 0) assert.deepEqual(new Set(contentOf(table).keys()), listed)
      }
    }),
    { numRuns: 10 }
  )
  t.pass('as ten random orders of removal show')
})

test('a shelf gives each record a number of its own, and those that were dropped to others', async () => {
  fc.assert(
    fc.property(fc.array(fc.option(fc.nat(9))), steps => {
      const shelf = new OwnShelf()
      const standing = new Map<number, SignedAnnouncement>()
      for (const [seq, dropped] of steps.entries()) {
        const number = [...standing.keys()][dropped ?? -1]
        if (number !== undefined) {
          shelf.drop(number)
          standing.delete(number)
        } else {
          const taken = record({ seq })
          const unused = shelf.put(taken)
          assert.ok(!standing.has(unused) && unused <= steps.length)
          standing.set(unused, taken)
        }
        for (const [number, known] of standing) assert.equal(shelf.at(number), known)
      }
    })
  )
})

test('shares count what each peer brought, and forget who has nothing left', async () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.constantFrom('x', 'y', 'z', undefined), fc.boolean())), steps => {
      const shares = new EntriesBySender()
      const held: { bringer: string | undefined; number: number }[] = []
      for (const [bringer, goes] of steps) {
        const [gone] = goes ? held.splice(0, 1) : []
        if (gone !== undefined) shares.remove(gone.number)
        else if (!goes) held.push({ bringer, number: shares.add(bringer) })
        for (const { bringer, number } of held) assert.equal(shares.bringer(number), bringer)
        const counts = ['x', 'y', 'z', undefined].map(who => held.filter(({ bringer }) => bringer === who).length)
        assert.deepEqual(
          ['x', 'y', 'z', undefined].map(who => shares.of(who)),
          counts
        )
        if (held.length > 0) assert.equal(shares.greediest().count, Math.max(...counts))
        assert.ok(
          held.every(({ number }) => number < 4 + 1),
          'numbers are used again'
        )
      }
    })
  )
})

function ascending(a: number, b: number): number {
  return a - b
}

function colliding(peer: string, seq: number): SignedAnnouncement {
  return { ...record({ peer, seq }), peerHash: HASHES[Number(peer.slice(1)) % HASHES.length]! }
}

function contentOf(table: EntryTable): Map<string, unknown> {
  const content = new Map<string, unknown>()
  for (let slot = 0; slot < table.size; slot++) {
    const record = table.record(slot)
    content.set(record.announcement.peer, { record, bornAtMs: table.bornAtMs(slot), bringer: table.bringer(slot) })
    assert.equal(table.findSubject(record), slot)
  }
  const buckets = Array.from({ length: BUCKETS }, (_, bucket) => table.inBucket(bucket))
  assert.deepEqual(
    buckets.flat().sort(ascending),
    [...content.keys()].map((_, slot) => slot)
  )
  buckets.forEach((slots, bucket) => {
    for (const slot of slots) assert.equal(table.record(slot).peerHash & (BUCKETS - 1), bucket)
  })
  return content
}
