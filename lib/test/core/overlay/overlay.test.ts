import { test } from 'tap'
import { bookOf, chosen, dialsOf, inbound, newOverlay, SELF, target } from '../overlays.ts'
import { record } from '../records.ts'

const WITHOUT_JITTER = () => 0.5
const LONG_AGO_MS = 1_000_000
const CROWD_MS = 10_000

test('one connection is sought at a time', async t => {
  const overlay = newOverlay()
  const book = bookOf('a', 'b', 'c')
  const [first] = dialsOf(overlay.shape(book, LONG_AGO_MS))
  t.same(dialsOf(overlay.shape(book, LONG_AGO_MS)), [])
  overlay.dialled(first!, false, LONG_AGO_MS)
  const [second] = dialsOf(overlay.shape(book, LONG_AGO_MS))
  t.not(second, undefined)
  t.not(second, first, 'the one that failed waits')
})

test('nobody of the book is dialled once there are enough partners', async t => {
  const overlay = newOverlay({ targetConnections: 2 })
  chosen(overlay, 'a')
  const [second] = dialsOf(overlay.shape(bookOf('a', 'b', 'c'), LONG_AGO_MS))
  chosen(overlay, second!, LONG_AGO_MS)
  const laterMs = LONG_AGO_MS + 60_000
  t.same(dialsOf(overlay.shape(bookOf('a', 'b', 'c'), laterMs)), [])
  overlay.closed('a', laterMs)
  t.equal(dialsOf(overlay.shape(bookOf('a', 'b', 'c'), laterMs)).length, 1)
})

test('peers without addresses, partners and the node itself are never dialled', async t => {
  const overlay = newOverlay()
  const book = bookOf()
  book.apply(record({ peer: 'silent', addrs: [] }), 0)
  book.apply(record({ peer: 'partner', addrs: ['/partner'] }), 0)
  inbound(overlay, 'partner')
  overlay.addNamed(target(SELF))
  overlay.addFound(target(SELF))
  t.same(dialsOf(overlay.shape(book, LONG_AGO_MS)), [])
  t.same(overlay.dial(target(SELF), 'heal', LONG_AGO_MS), [])
})

test('the wait after a failed dial doubles each time, up to a minute', async t => {
  const overlay = newOverlay({}, WITHOUT_JITTER)
  overlay.addNamed(target('a'))
  const waits: number[] = []
  let nowMs = CROWD_MS
  for (let i = 0; i < 9; i++) {
    t.same(dialsOf(overlay.shape(bookOf(), nowMs)), ['a'])
    overlay.dialled('a', false, nowMs)
    const nextMs = overlay.nextAttemptMs(nowMs)
    t.same(dialsOf(overlay.shape(bookOf(), nextMs - 1)), [])
    waits.push(nextMs - nowMs)
    nowMs = nextMs
  }
  t.same(waits, [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000])
})

test('in a crowd, a node that is alone tries again and again; one that has a partner takes its time', async t => {
  for (const [partners, expected] of [
    [[], [1_000, 1_000, 1_000, 1_000]],
    [['b'], [1_000, 2_000, 4_000]]
  ] as const) {
    const overlay = newOverlay({}, WITHOUT_JITTER)
    for (const partner of partners) inbound(overlay, partner)
    overlay.addNamed(target('a'))
    const waits = expected.map((waitMs, i) => {
      const nowMs = expected.slice(0, i).reduce<number>((sumMs, formerMs) => sumMs + formerMs, 0)
      t.same(dialsOf(overlay.shape(bookOf(), nowMs)), ['a'])
      overlay.dialled('a', false, nowMs)
      t.same(dialsOf(overlay.shape(bookOf(), nowMs + waitMs - 1)), [])
      return overlay.nextAttemptMs(nowMs) - nowMs
    })
    t.same(waits, expected)
  }
})

test('a named peer that is lost is dialled again, but not the moment after it was reached', async t => {
  for (const [lostAtMs, dialled] of [
    [10_100, []],
    [11_100, ['a']]
  ] as const) {
    const overlay = newOverlay({}, WITHOUT_JITTER)
    overlay.addNamed(target('a'))
    overlay.shape(bookOf(), 10_000)
    chosen(overlay, 'a', 10_000)
    overlay.closed('a', 10_000)
    t.same(dialsOf(overlay.shape(bookOf(), lostAtMs)), dialled)
    t.equal(overlay.nextAttemptMs(lostAtMs), dialled.length === 0 ? 11_000 : lostAtMs + 1_000)
  }
})

test('a partner that breaks off is probed at once, however lately it was reached, and not again for a while', async t => {
  const overlay = newOverlay({}, WITHOUT_JITTER)
  overlay.addNamed(target('a'))
  overlay.shape(bookOf(), 10_000)
  chosen(overlay, 'a', 10_000)
  overlay.closed('a', 10_000)
  t.same(dialsOf(overlay.dial(target('a'), 'probe', 10_100)), ['a'])
  overlay.dialled('a', true, 10_110)
  t.same(dialsOf(overlay.dial(target('a'), 'probe', 10_200)), [], 'not again and again')
  t.same(dialsOf(overlay.dial(target('a'), 'probe', 11_100)), ['a'])
})

test('every named peer is dialled until it was reached once, even when there are partners enough', async t => {
  const overlay = newOverlay({ targetConnections: 1 })
  for (const peer of ['x', 'y']) chosen(overlay, peer)
  overlay.addNamed(target('a'))
  overlay.addNamed(target('b'))
  t.same(dialsOf(overlay.shape(bookOf(), 0)), ['a', 'b'])
  overlay.dialled('a', false, 0)
  overlay.dialled('b', true, 0)
  t.same(dialsOf(overlay.shape(bookOf(), 60_000)), ['a'], 'the one that failed is tried again')
  overlay.dialled('a', true, 60_000)
  t.same(dialsOf(overlay.shape(bookOf(), 120_000)), [], 'those that were reached are let be')
})

test('two named peers are dialled at once, and a third when one of them has answered or failed', async t => {
  const overlay = newOverlay()
  for (const peer of ['a', 'b', 'c']) overlay.addNamed(target(peer))
  t.same(dialsOf(overlay.shape(bookOf(), 0)), ['a', 'b'])
  t.same(dialsOf(overlay.shape(bookOf(), 0)), [])
  overlay.dialled('b', false, 0)
  t.same(dialsOf(overlay.shape(bookOf(), 0)), ['c'])
})

test('a node that has a partner leaves its other named peers to the crowd that has none', async t => {
  const overlay = newOverlay({}, () => 0.5)
  for (const peer of ['a', 'b']) overlay.addNamed(target(peer))
  inbound(overlay, 'x')
  overlay.newcomer(1_000)
  t.same(dialsOf(overlay.shape(bookOf(), 1_000)), [])
  const quietMs = overlay.nextAttemptMs(1_000)
  t.equal(quietMs, 3_500, '500 ms after the last newcomer, and half of 4 s')
  t.same(dialsOf(overlay.shape(bookOf(), quietMs)), ['a', 'b'])
})

test('a node that is alone goes back to its named peers', async t => {
  const overlay = newOverlay()
  overlay.addNamed(target('a'))
  overlay.shape(bookOf(), 0)
  chosen(overlay, 'a', 0)
  inbound(overlay, 'b')
  overlay.closed('a', 60_000)
  t.same(dialsOf(overlay.shape(bookOf(), 0)), [])
  overlay.closed('b', 60_000)
  t.same(dialsOf(overlay.shape(bookOf(), 60_000)), ['a'])
})

test('whom another discovery finds is dialled once, and only while connections are wanted', async t => {
  const overlay = newOverlay({ targetConnections: 1 })
  chosen(overlay, 'x')
  overlay.addFound(target('a'))
  t.same(dialsOf(overlay.shape(bookOf(), 0)), [])
  overlay.closed('x', 0)
  t.same(dialsOf(overlay.shape(bookOf(), 0)), ['a'])
  overlay.dialled('a', false, 0)
  t.notOk(dialsOf(overlay.shape(bookOf(), LONG_AGO_MS)).includes('a'))
})

test('whoever has a partner dials the next one in good time, once no newcomer comes', async t => {
  const overlay = newOverlay({}, WITHOUT_JITTER)
  const book = bookOf('a', 'b', 'c')
  inbound(overlay, 'a')
  overlay.newcomer(1_000)
  overlay.newcomer(3_000)
  const dueMs = overlay.nextAttemptMs(3_000)
  t.ok(dueMs > 3_500, `${dueMs} ms`)
  t.same(dialsOf(overlay.shape(book, dueMs - 1)), [])
  const [second] = dialsOf(overlay.shape(book, dueMs))
  chosen(overlay, second!, dueMs)
  t.ok(overlay.nextAttemptMs(dueMs) > dueMs, 'and the one after it later still')
})

test('whoever is alone does not wait for a crowd to arrive', async t => {
  const overlay = newOverlay()
  overlay.newcomer(1_000)
  t.equal(dialsOf(overlay.shape(bookOf('a', 'b'), 1_000)).length, 1)
})

test('a node that is alone tries others, a few, while its named peer keeps silent', async t => {
  const overlay = newOverlay()
  overlay.addNamed(target('x'))
  const book = bookOf('a', 'b', 'c', 'd', 'e')
  t.same(dialsOf(overlay.shape(book, 10_000)), ['x'])
  t.same(dialsOf(overlay.shape(book, 10_000)), [])
  const begun: number[] = []
  for (let nowMs = 10_000; nowMs < 60_000; nowMs = overlay.nextAttemptMs(nowMs)) {
    begun.push(...dialsOf(overlay.shape(book, nowMs)).map(() => nowMs))
  }
  t.same(begun, [11_000, 12_000, 13_000, 14_000, 15_000], 'each has a second to answer')
})

test('a crowd without end does not keep a node from its partners', async t => {
  const overlay = newOverlay({}, WITHOUT_JITTER)
  inbound(overlay, 'a')
  let nowMs = 0
  for (; nowMs < 60_000; nowMs += 100) {
    overlay.newcomer(nowMs)
    if (dialsOf(overlay.shape(bookOf('a', 'b', 'c'), nowMs)).length > 0) break
  }
  t.ok(nowMs > 5_000 && nowMs < 15_000, `${nowMs} ms`)
})

test('probes are bounded, and a probe does not wait for a connection that is sought', async t => {
  const overlay = newOverlay()
  overlay.shape(bookOf('z'), LONG_AGO_MS)
  const peers = ['a', ...Array.from({ length: 63 }, (_, i) => `p${i}`)]
  const probed = [...peers, 'e'].flatMap(peer => dialsOf(overlay.dial(target(peer), 'probe', LONG_AGO_MS)))
  t.same(probed, peers)
  t.same(dialsOf(overlay.dial(target('a'), 'heal', LONG_AGO_MS)), [], 'whom one dial seeks no other does')
  t.equal(overlay.dialled('a', false, LONG_AGO_MS), 'probe')
  t.same(dialsOf(overlay.dial(target('e'), 'probe', LONG_AGO_MS)), ['e'])
})

test('a book full of dead ends costs a few dials at once, then about one a second', async t => {
  const overlay = newOverlay()
  const book = bookOf(...Array.from({ length: 1_000 }, (_, i) => `dead-${i}`))
  const dialsIn = (fromMs: number, untilMs: number) => {
    let dials = 0
    for (let nowMs = fromMs; nowMs < untilMs; nowMs = Math.min(untilMs, overlay.nextAttemptMs(nowMs))) {
      for (
        let [id] = dialsOf(overlay.shape(book, nowMs));
        id !== undefined;
        [id] = dialsOf(overlay.shape(book, nowMs))
      ) {
        dials++
        overlay.dialled(id, false, nowMs)
      }
    }
    return dials
  }
  const first = dialsIn(LONG_AGO_MS, LONG_AGO_MS + 1_000)
  t.ok(first >= 4 && first <= 10, `${first} in the first second`)
  dialsIn(LONG_AGO_MS + 1_000, LONG_AGO_MS + 10_000)
  const later = dialsIn(LONG_AGO_MS + 10_000, LONG_AGO_MS + 20_000)
  t.ok(later >= 8 && later <= 12, `${later} in ten seconds`)
})

test('lists of addresses are bounded: the oldest makes room, and a repeated one takes none', async t => {
  const overlay = newOverlay({ targetConnections: 1 })
  for (let i = 0; i < 257; i++) overlay.addNamed(target(`named-${i}`))
  overlay.addNamed(target('named-256'))
  const dialled = new Set<string>()
  for (let i = 0; i < 300; i++) {
    for (const id of dialsOf(overlay.shape(bookOf(), 0))) {
      dialled.add(id)
      chosen(overlay, id)
    }
  }
  t.equal(dialled.size, 256)
  t.notOk(dialled.has('named-0'))
  t.ok(dialled.has('named-1'))
})
