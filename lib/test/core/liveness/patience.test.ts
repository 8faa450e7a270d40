/** Peers that fall silent and come back are borne with for longer; all others, and whatever befalls many at once, as before. */
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { test } from 'tap'
import { Patience } from '../../../src/core/liveness/evidence/patience.ts'
import { record } from '../records.ts'

const MIN_MS = 20_000
const MAX_MS = 120_000
const REMEMBERED_MS = 600_000
const BOOK = 1_000

const run = { epoch: 1, seq: 1 }

test('a peer that was dropped and comes back has four times its absence, within bounds, for ten minutes', async t => {
  const patienceAfter = (absenceMs: number) => away(absenceMs).of('a', run, absenceMs)
  t.equal(patienceAfter(1_000), MIN_MS)
  t.equal(patienceAfter(20_000), 80_000)
  t.equal(patienceAfter(3_600_000), MAX_MS)
  const patience = away(20_000)
  t.equal(patience.of('a', run, 20_000 + REMEMBERED_MS - 1), 80_000)
  t.equal(patience.of('a', run, 20_000 + REMEMBERED_MS), 0)
  t.equal(patience.of('b', run, 20_000), 0, 'nobody else has')
})

test('a peer that was not dropped, or is not back, has no patience', async t => {
  const patience = new Patience()
  patience.heard(record(), undefined, BOOK, 0)
  patience.heard(record({ seq: 2 }), 0, BOOK, 5_000)
  t.equal(patience.of('a', run, 5_000), 0, 'it answered in time: nothing was wrong')
  patience.dropped('a', run, 0, 5_000)
  t.equal(patience.of('a', run, 6_000), 0)
})

test('another run of the peer is another process: it has ended, and was rightly dropped', async t => {
  const patience = new Patience()
  patience.dropped('a', run, 0, 5_000)
  patience.heard(record({ epoch: 2 }), undefined, BOOK, 20_000)
  for (const epoch of [1, 2]) t.equal(patience.of('a', { epoch, seq: 1 }, 20_000), 0)
  t.equal(away(20_000).of('a', { epoch: 2, seq: 1 }, 20_000), 0)
})

test('a silence that patience has saved the peer from renews it', async t => {
  const patience = away(20_000)
  patience.heard(record({ seq: 3 }), 500_000, BOOK, 510_000)
  t.equal(patience.of('a', run, 510_000 + REMEMBERED_MS - 1), 80_000, 'it is never less than before')
  patience.heard(record({ seq: 4 }), 520_000, BOOK, 545_000)
  t.equal(patience.of('a', run, 545_000), 100_000)
})

test('where a large share of the book is gone at a time, that tells nothing of its peers', async t => {
  const granted = (peers: number, apartMs: number, bookSize: number) => {
    const patience = new Patience()
    const names = Array.from({ length: peers }, (_, i) => `p${i}`)
    for (const [i, peer] of names.entries()) patience.dropped(peer, run, 0, i * apartMs)
    for (const peer of names) patience.heard(record({ peer, seq: 2 }), undefined, bookSize, peers * apartMs)
    return names.filter(peer => patience.of(peer, run, peers * apartMs) > 0).length
  }
  t.equal(granted(500, 1, 500), 0)
  t.equal(granted(100, 1, 900), 100)
  t.equal(granted(3, 1, 2), 3, 'of a few peers one cannot tell')
  t.equal(granted(50, 11_000, 100), 50, 'one after the other, each has a cause of its own')
})

test('patience never exceeds its bounds, and a peer that is not heard of has none', async () => {
  const deed = fc.record({
    type: fc.constantFrom('drop', 'hear'),
    waitMs: fc.nat(300_000),
    peer: fc.constantFrom('a', 'b')
  })
  fc.assert(
    fc.property(fc.array(deed), deeds => {
      const patience = new Patience()
      const returned = new Set<string>()
      const gone = new Set<string>()
      let nowMs = 0
      for (const { type, waitMs, peer } of deeds) {
        const sinceMs = nowMs
        nowMs += waitMs
        if (type === 'drop') {
          patience.dropped(peer, run, sinceMs, nowMs)
          gone.add(peer)
        } else {
          if (gone.delete(peer)) returned.add(peer)
          patience.heard(record({ peer, seq: 9 }), undefined, BOOK, nowMs)
        }
        const ms = patience.of(peer, run, nowMs)
        assert.ok(ms === 0 || (ms >= MIN_MS && ms <= MAX_MS))
        assert.ok(ms === 0 || returned.has(peer))
      }
    })
  )
})

/** After a peer was silent and gone for so long. */
function away(absenceMs: number): Patience {
  const patience = new Patience()
  patience.dropped('a', run, 0, 1_000)
  patience.heard(record({ seq: 2 }), undefined, BOOK, absenceMs)
  return patience
}
