/** The store of a book against a plain map. */
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { test } from 'tap'
import { BUCKETS, bucketOf } from '../../../src/core/book/digest.ts'
import { agedEntry, type Entry, STANDING } from '../../../src/core/book/entry.ts'
import { MapStore } from '../../../src/core/book/entry-store.ts'
import { record } from '../records.ts'

/** Few peers, so that they come and go. */
const anyStep = fc.record({ peer: fc.nat(40).map(number => `p${number}`), goes: fc.boolean() })

test('a store holds what a map would, whoever comes, changes and goes', async () => {
  fc.assert(
    fc.property(fc.array(anyStep, { maxLength: 200 }), steps => {
      const store = new MapStore()
      const model = new Map<string, Entry>()
      for (const [order, { peer, goes }] of steps.entries()) {
        const entry = entryOf(peer, order)
        const known = model.get(peer)
        assert.equal(store.get(peer), known)
        assert.equal(store.of(entry.record), known)
        if (!goes) {
          store.put(entry)
          model.set(peer, entry)
        } else if (known !== undefined) {
          store.delete(known)
          model.delete(peer)
        }
        assertHolds(store, [...model.values()])
      }
    })
  )
})

test('nothing happens when an entry is taken out that is not there', async t => {
  const store = new MapStore()
  store.put(entryOf('a', 0))
  store.delete(entryOf('b', 1))
  t.equal(store.size, 1)
})

function assertHolds(store: MapStore, expected: readonly Entry[]): void {
  assert.equal(store.size, expected.length)
  assert.deepEqual(byOrder([...store.values()]), byOrder(expected))
  assert.deepEqual(
    byOrder(expected.map((_, index) => store.at(index))),
    byOrder(expected),
    'each has a place of its own'
  )
  for (let bucket = 0; bucket < BUCKETS; bucket++) {
    const inBucket = expected.filter(({ record }) => bucketOf(record.announcement.peer) === bucket)
    const records = inBucket.map(entry => agedEntry(entry, 1_000))
    assert.deepEqual(new Set(store.recordsIn(bucket, 1_000)), new Set(records))
  }
}

function byOrder(entries: readonly Entry[]): Entry[] {
  return [...entries].sort((a, b) => a.order - b.order)
}

function entryOf(peer: string, order: number): Entry {
  const signed = record({ peer, seq: order })
  return {
    record: signed,
    bornAtMs: order,
    expiresAtMs: 30_000 + order,
    arrivedAtMs: order,
    forwarder: 'f',
    group: 'g',
    standing: STANDING.hearsay,
    order
  }
}
