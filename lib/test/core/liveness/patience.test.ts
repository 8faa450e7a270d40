/** Peers that fall silent and come back are borne with for longer; all others, and whatever befalls many at once, as before. */
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { test } from 'tap'
import { Patience } from '../../../src/core/liveness/evidence/patience.ts'
import { record } from '../records.ts'

const PATIENCE_MS = 120_000
const REMEMBERED_MS = 600_000
const BOOK = 1_000

const run = { epoch: 1, seq: 1 }

test('the silence of a peer that was dropped and came back is borne for two minutes, for ten minutes', async t => {
  const patience = away(20_000)
  t.equal(patience.of('a', run, 20_000), PATIENCE_MS)
  t.equal(patience.of('a', run, 20_000 + REMEMBERED_MS - 1), PATIENCE_MS)
  t.equal(patience.of('a', run, 20_000 + REMEMBERED_MS), 0)
  t.equal(patience.of('b', run, 20_000), 0, 'nobody else has it')
})

test('a peer that was not dropped, or is not back, has no patience', async t => {
  const patience = new Patience()
  patience.heard(record(), false, BOOK, 0)
  patience.heard(record({ seq: 2 }), true, BOOK, 5_000)
  t.equal(patience.of('a', run, 5_000), 0, 'it answered in time')
  patience.dropped('a', run, 5_000)
  t.equal(patience.of('a', run, 6_000), 0)
})

test('another run of the peer is another process: it has ended, and was rightly dropped', async t => {
  const patience = new Patience()
  patience.dropped('a', run, 5_000)
  patience.heard(record({ epoch: 2 }), false, BOOK, 20_000)
  for (const epoch of [1, 2]) t.equal(patience.of('a', { epoch, seq: 1 }, 20_000), 0)
  t.equal(away(20_000).of('a', { epoch: 2, seq: 1 }, 20_000), 0)
})

test('a silence that patience has saved the peer from renews it; a heartbeat does not', async t => {
  const patience = away(20_000)
  patience.heard(record({ seq: 3 }), false, BOOK, 400_000)
  t.equal(patience.of('a', run, 20_000 + REMEMBERED_MS), 0)
  const renewed = away(20_000)
  renewed.heard(record({ seq: 3 }), true, BOOK, 510_000)
  t.equal(renewed.of('a', run, 510_000 + REMEMBERED_MS - 1), PATIENCE_MS)
})

test('where a large share of the book is gone at a time, that tells nothing of its peers', async t => {
  const granted = (peers: number, apartMs: number, bookSize: number) => {
    const patience = new Patience()
    const names = Array.from({ length: peers }, (_, i) => `p${i}`)
    for (const [i, peer] of names.entries()) patience.dropped(peer, run, i * apartMs)
    for (const peer of names) patience.heard(record({ peer, seq: 2 }), false, bookSize, peers * apartMs)
    return names.filter(peer => patience.of(peer, run, peers * apartMs) > 0).length
  }
  t.equal(granted(500, 1, 500), 0)
  t.equal(granted(100, 1, 900), 100)
  t.equal(granted(3, 1, 2), 3, 'of a few peers one cannot tell')
  t.equal(granted(50, 11_000, 100), 50, 'one after the other, each has a cause of its own')
})

test('whatever happens, only a peer that was dropped and came back is given patience', async () => {
  const deed = fc.record({
    type: fc.constantFrom('drop', 'hear'),
    waitMs: fc.nat(300_000),
    peer: fc.constantFrom('a', 'b'),
    wasSilent: fc.boolean()
  })
  fc.assert(
    fc.property(fc.array(deed), deeds => {
      const patience = new Patience()
      const [gone, returned] = [new Set<string>(), new Set<string>()]
      let nowMs = 0
      for (const { type, waitMs, peer, wasSilent } of deeds) {
        nowMs += waitMs
        if (type === 'drop') {
          patience.dropped(peer, run, nowMs)
          gone.add(peer)
        } else {
          if (gone.delete(peer)) returned.add(peer)
          patience.heard(record({ peer, seq: 9 }), wasSilent, BOOK, nowMs)
        }
        const ms = patience.of(peer, run, nowMs)
        assert.ok(ms === 0 || (ms === PATIENCE_MS && returned.has(peer)))
      }
    })
  )
})

/** After a peer was gone until then. */
function away(untilMs: number): Patience {
  const patience = new Patience()
  patience.dropped('a', run, 1_000)
  patience.heard(record({ seq: 2 }), false, BOOK, untilMs)
  return patience
}
