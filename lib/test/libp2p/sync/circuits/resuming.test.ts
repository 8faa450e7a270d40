/** Two cores at the ends of circuits that are cut anywhere: each circuit goes on where the one before was cut. */
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { test } from 'tap'
import { Transfer } from '../transfer.ts'

const KIB = 1024
const WINDOW_BYTES = 16 * KIB

/** Bytes that a circuit carries before it is cut; the handshake and a digest always pass. */
const anyCuts = fc.array(fc.integer({ min: 2 * KIB, max: 120 * KIB }), { maxLength: 12 })

test('wherever circuits are cut, a newcomer gets each record once, and a cut costs no more than 16 KiB', async () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 700 }), anyCuts, (size, cuts) => {
      const transfer = new Transfer(size)
      for (const carriedBytes of cuts) transfer.over(128 * KIB, carriedBytes)
      for (let circuits = 0; !transfer.isDone; circuits++) {
        assert.ok(circuits < 20, 'the book is full in the end')
        transfer.over(128 * KIB)
      }
      assert.equal(transfer.repeatedRecords, 0)
      assert.ok(transfer.lostBytes <= cuts.length * WINDOW_BYTES)
    }),
    { numRuns: 30 }
  )
})

test('a book goes over circuits of any limit, as few as their bytes allow', async t => {
  for (const [size, limitBytes, circuits] of [
    [300, 128 * KIB, 1],
    [600, 128 * KIB, 2],
    [2_000, 128 * KIB, 6],
    [600, 32 * KIB, 9],
    [100, 16 * KIB, 4]
  ] as const) {
    const transfer = new Transfer(size)
    let used = 0
    for (; !transfer.isDone && used < 100; used++) transfer.over(limitBytes)
    t.ok(used <= circuits, `${size} records over ${limitBytes} bytes each: ${used} circuits`)
  }
})
