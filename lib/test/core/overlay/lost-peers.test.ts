/** Peers that vanished are dialled so often, and so seldom, that a split heals and a network of any size stays calm. */
import fc from 'fast-check'
import { test } from 'tap'
import { LostPeers } from '../../../src/core/overlay/lost-peers.ts'
import { bookOf, target } from '../overlays.ts'
import { entriesOf } from '../records.ts'

const HEAL_INTERVAL_MS = 1_000
const MAX_LOST = 1_024
const DIALS_PER_SECOND = 4
const FULL_RATE_MS = 120_000

test('the first dial comes after an interval, and so does each further one', async t => {
  const lost = lostOf(['a'], 0, () => 0)
  t.equal(lost.nextMs, HEAL_INTERVAL_MS)
  t.equal(lost.next(1, HEAL_INTERVAL_MS - 1), undefined)
  t.same(lost.next(1, HEAL_INTERVAL_MS), target('a'))
  t.equal(lost.nextMs, 2 * HEAL_INTERVAL_MS)
  t.equal(lost.next(1, 2 * HEAL_INTERVAL_MS - 1), undefined)
  t.same(lost.next(1, 2 * HEAL_INTERVAL_MS), target('a'))
})

test('nothing is due while nobody is lost, or once the last one was found', async t => {
  const lost = lostOf([], 0, () => 0)
  t.equal(lost.nextMs, Number.POSITIVE_INFINITY)
  t.equal(lost.next(1, HEAL_INTERVAL_MS), undefined)
  for (const entry of entriesOf(bookOf('a'))) lost.add(entry, 0)
  t.ok(lost.nextMs < Number.POSITIVE_INFINITY)
  lost.delete('a')
  t.equal(lost.nextMs, Number.POSITIVE_INFINITY)
})

test('all nodes together dial four times a second, and ever more seldom once two minutes are over', async t => {
  fc.assert(
    fc.property(
      fc.integer({ min: 4, max: 10_000 }),
      fc.integer({ min: HEAL_INTERVAL_MS, max: 100 * FULL_RATE_MS }),
      fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
      (size, sinceMs, chance) => {
        // The first number draws one of one.
        const numbers = [0, chance]
        const isDialled = lostOf(['a'], 0, () => numbers.shift()!).next(size, sinceMs) !== undefined
        return isDialled === chance < (DIALS_PER_SECOND / size) * Math.min(1, FULL_RATE_MS / sinceMs)
      }
    )
  )
  t.pass()
})

test('each of those that are lost may be drawn', async t => {
  const drawn = [0, 0.4, 0.9].map(chance => {
    const numbers = [chance, 0]
    return lostOf(['a', 'b', 'c'], 0, () => numbers.shift()!).next(1, HEAL_INTERVAL_MS)?.id
  })
  t.strictSame(drawn, ['a', 'b', 'c'])
})

test('beyond the bound the one that was lost first makes room; to be lost again is to be lost anew', async t => {
  const names = Array.from({ length: MAX_LOST }, (_, i) => `p${i}`)
  const lost = lostOf(names, 0, () => 0)
  t.equal(lost.size, MAX_LOST)
  const [again, another] = ['p0', 'another'].map(name => entriesOf(bookOf(name))[0]!)
  lost.add(again!, 1)
  lost.add(another!, 1)
  t.equal(lost.size, MAX_LOST)
  t.equal(lost.next(1, HEAL_INTERVAL_MS)?.id, 'p2', 'p0 went to the end, and p1 made room')
})

function lostOf(peers: readonly string[], nowMs: number, random: () => number): LostPeers {
  const lost = new LostPeers(random, 0)
  for (const peer of peers) lost.add(entriesOf(bookOf(peer))[0]!, nowMs)
  return lost
}
