/** Waits that nothing but a link that lasts can shorten. */
import { test } from 'tap'
import { bookOf, dials, inbound, newOverlay, target } from '../overlays.ts'

const WITHOUT_JITTER = () => 0.5
const WELL_CONNECTED_MS = 60_000

test('a link that is cut again and again is dialled ever more seldom, whoever opens it in between', async t => {
  for (const opener of ['us', 'them', 'both'] as const) {
    const overlay = newOverlay({ targetConnections: 1 }, WITHOUT_JITTER)
    overlay.addNamed(target('a'))
    const book = bookOf('a')
    let dialled = 0
    for (let nowMs = 20_000; nowMs < 20_000 + 10 * 60_000; nowMs += 25) {
      if (opener !== 'us') {
        // The other side opens forty times a second.
        inbound(overlay, 'a', nowMs)
        overlay.closed('a', nowMs)
      }
      const asked = [...overlay.dial(target('a'), 'probe', nowMs), ...overlay.shape(book, nowMs)]
      for (const { target } of dials(asked)) {
        dialled++
        if (opener !== 'them') overlay.opened(target.id, { initiator: true, addr: '/a' }, nowMs)
        overlay.dialled(target.id, opener !== 'them', nowMs)
        overlay.closed(target.id, nowMs)
      }
    }
    t.ok(dialled >= 10 && dialled <= 40, `${dialled} dials in ten minutes, opened by ${opener}`)
  }
})

test('a link that lasted for a minute clears what was before it, one that did not does not', async t => {
  for (const [lastedMs, waitMs] of [
    [WELL_CONNECTED_MS, 0],
    [WELL_CONNECTED_MS - 1, 16_000]
  ] as const) {
    const overlay = newOverlay({}, WITHOUT_JITTER)
    overlay.addNamed(target('a'))
    let nowMs = 20_000
    for (let failure = 0; failure < 4; failure++) {
      overlay.shape(bookOf(), nowMs)
      overlay.dialled('a', false, nowMs)
      nowMs = overlay.nextAttemptMs(nowMs)
    }
    overlay.shape(bookOf(), nowMs)
    overlay.opened('a', { initiator: true, addr: '/a' }, nowMs)
    overlay.dialled('a', true, nowMs)
    const endMs = nowMs + lastedMs
    overlay.closed('a', endMs)
    if (waitMs > 0) {
      t.same(dials(overlay.shape(bookOf(), endMs + waitMs - 1)), [])
      t.equal(overlay.nextAttemptMs(endMs + waitMs - 1), endMs + waitMs)
    }
    t.equal(dials(overlay.shape(bookOf(), endMs + waitMs)).length, 1)
  }
})

test('a stranger that comes and goes is no history: only peers that this node dialled have one', async t => {
  const overlay = newOverlay({}, WITHOUT_JITTER)
  overlay.addNamed(target('a'))
  overlay.shape(bookOf(), 20_000)
  overlay.dialled('a', false, 20_000)
  for (let i = 0; i < 10_000; i++) {
    inbound(overlay, `stranger-${i}`, 20_000)
    overlay.closed(`stranger-${i}`, 20_000)
  }
  t.same(dials(overlay.shape(bookOf(), 20_999)), [], 'the wait of the former is not displaced')
  t.equal(dials(overlay.shape(bookOf(), 21_000)).length, 1)
})

test('a peer that was let go in good order is not held to have failed', async t => {
  const overlay = newOverlay({ targetConnections: 1 }, WITHOUT_JITTER)
  overlay.addNamed(target('a'))
  overlay.shape(bookOf(), 20_000)
  overlay.opened('a', { initiator: true, addr: '/a' }, 20_000)
  overlay.dialled('a', true, 20_000)
  inbound(overlay, 'a', 20_000)
  overlay.release('a', 22_000)
  t.equal(overlay.closed('a', 22_000), false)
  t.equal(dials(overlay.shape(bookOf(), 22_000)).length, 1, 'a node without partners dials it at once')
})
