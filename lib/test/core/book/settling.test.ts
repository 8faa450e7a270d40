/** When a book has settled: after all changes, soon after the last, and once. */
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { test } from 'tap'
import { ALONE_MS, QUIET_MS, Settling } from '../../../src/core/book/settling.ts'
import type { Output } from '../../../src/core/effects.ts'
import { record } from '../records.ts'
import { Solo } from '../solo.ts'

const CHANGE_TYPES = ['joined', 'updated', 'left', 'expired', 'evicted'] as const

test('the bound that applications are promised holds: a second after the last change', async t => {
  t.ok(QUIET_MS <= 1_000)
})

test('a book settles once after each series of changes, never while they are under way, and within a second of the last', async () => {
  const gaps = fc.array(fc.oneof(fc.nat(QUIET_MS - 1), fc.integer({ min: QUIET_MS, max: 10 * QUIET_MS })), {
    minLength: 1
  })
  fc.assert(
    fc.property(gaps, fc.constantFrom(...CHANGE_TYPES), (waits, type) => {
      const settling = new Settling(0)
      settling.begin(0)
      const changes: number[] = []
      const settled: number[] = []
      let nowMs = 0
      const look = (done: Output[]) => {
        if (settling.after(done, nowMs).length > 0) settled.push(nowMs)
      }
      for (const waitMs of waits) {
        const atMs = nowMs + waitMs
        while (settling.nextMs < atMs) {
          nowMs = settling.nextMs
          look([])
        }
        nowMs = atMs
        look([{ type } as Output])
        changes.push(nowMs)
      }
      nowMs = settling.nextMs
      look([])
      assert.equal(settling.nextMs, Number.POSITIVE_INFINITY)
      const due = changes.filter((atMs, index) => (changes[index + 1] ?? Number.POSITIVE_INFINITY) > atMs + QUIET_MS)
      const ofStart = (changes[0] ?? 0) > ALONE_MS ? [ALONE_MS] : []
      assert.deepEqual(settled, [...ofStart, ...due.map(atMs => atMs + QUIET_MS)])
    })
  )
})

test('what changes nothing in the book does not put it off', async t => {
  const settling = new Settling(0)
  settling.after([{ type: 'joined' } as Output], 0)
  const others: Output[] = [
    { type: 'refuted', peer: 'a' },
    { type: 'suspected', peer: 'a', timeoutMs: 1 },
    { type: 'settled' }
  ]
  t.same(settling.after(others, QUIET_MS - 1), [])
  t.same(settling.after([], QUIET_MS), [{ type: 'settled' }])
  t.same(settling.after([], 2 * QUIET_MS), [], 'told once')
})

test('a node tells when its book has settled, and that of a node that finds nobody after its start', async t => {
  const alone = new Solo()
  alone.take({ type: 'tick' })
  alone.pass(2 * ALONE_MS)
  t.same(settledAt(alone), [ALONE_MS])
  alone.core.restart(2, alone.nowMs)
  alone.take({ type: 'tick' })
  alone.pass(2 * ALONE_MS)
  t.same(settledAt(alone), [ALONE_MS, 3 * ALONE_MS], 'a run that begins is told of as well')
  const listing = new Solo()
  listing.pass(100)
  listing.take({ type: 'gossip', from: 'b', record: record({ peer: 'b' }) })
  listing.pass(300)
  listing.take({ type: 'gossip', from: 'b', record: record({ peer: 'c' }) })
  listing.pass(2_000)
  t.same(settledAt(listing), [400 + QUIET_MS])
  listing.take({ type: 'gossip', from: 'b', record: record({ peer: 'c', seq: 2 }) })
  listing.pass(2_000)
  t.equal(settledAt(listing).length, 1, 'a heartbeat is no change')
})

test('time in which the node was late is no rest: changes may wait to be read', async t => {
  const late = new Solo()
  late.take({ type: 'gossip', from: 'b', record: record({ peer: 'b' }) })
  late.pass(QUIET_MS - 1)
  late.nowMs = late.core.dueMs + 5_000
  late.take({ type: 'tick' })
  t.same(settledAt(late), [])
  late.take({ type: 'gossip', from: 'b', record: record({ peer: 'c' }) })
  late.pass(2 * QUIET_MS)
  t.same(settledAt(late), [5_000 + 2 * QUIET_MS], 'the change that waited is one of those before')
})

test('lateness does not make a settled book settle again', async t => {
  const late = new Solo()
  late.take({ type: 'gossip', from: 'b', record: record({ peer: 'b' }) })
  late.pass(2_000)
  late.nowMs += 5_000
  late.take({ type: 'tick' })
  late.pass(2_000)
  t.same(settledAt(late), [QUIET_MS])
})

function settledAt({ out }: Solo): number[] {
  return out.filter(({ type }) => type === 'settled').map(({ atMs }) => atMs)
}
