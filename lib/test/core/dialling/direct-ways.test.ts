/** A node whose links go through relays looks for direct ones, in good time. */
import { test } from 'tap'
import { AddressBook } from '../../../src/core/book/address-book.ts'
import { endpointOfItsOwn } from '../../../src/core/bounds/endpoint.ts'
import type { Overlay } from '../../../src/core/overlay/overlay.ts'
import { type Dial, dials, newOverlay } from '../overlays.ts'
import { record } from '../records.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

/** A first dial or two: after a crowd, and the spread of dials. */
const SOON_MS = 20_000

test('a node whose links are circuits dials their peers without the relay, until as many are direct as it chooses', async t => {
  for (const [targetConnections, expected] of [
    [1, 1],
    [2, 2],
    [3, 2]
  ] as const) {
    const overlay = behindRelay(['a', 'b', 'c'], [], targetConnections)
    const made = seek(overlay, bookOf(['a', 'b', 'c']), { untilMs: HOUR_MS })
    t.equal(made.length, expected)
    for (const { target } of made) t.same(target.addrs, [`/${target.id}`], 'not the circuit')
  }
})

test('it does so within seconds', async t => {
  t.equal(seek(behindRelay(['a', 'b', 'c']), bookOf(['a', 'b', 'c']), { untilMs: SOON_MS }).length, 2)
})

test('partners that this node chose are dialled before others, who cost a link more', async t => {
  const strangers = Array.from({ length: 20 }, (_, n) => `stranger-${n}`)
  const made = seek(behindRelay(['a', 'b'], ['c']), bookOf(['a', 'b', 'c', ...strangers]), { untilMs: MINUTE_MS })
  t.same(made.map(({ target }) => target.id).sort(), ['a', 'b'])
})

test('strangers that came by a circuit become no choice of this node more often than others of the book', async t => {
  const honest = Array.from({ length: 50 }, (_, n) => `honest-${n}`)
  const book = bookOf(['c', 'd', ...honest], ['a', 'b'])
  const [first] = seek(behindRelay(['a', 'b'], ['c', 'd']), book, { untilMs: SOON_MS })
  t.match(first?.target.id, /honest/)
})

test('partners without a direct address are passed over for a peer that has one, which is a choice of this node', async t => {
  const overlay = behindRelay(['a', 'b', 'c'])
  const made = seek(overlay, bookOf(['d'], ['a', 'b', 'c']), { untilMs: SOON_MS })
  t.same(
    made.map(({ target }) => target.id),
    ['d']
  )
  t.ok(overlay.isChosen('d'))
})

test('a node that has direct links enough, or no circuit, seeks none', async t => {
  const book = bookOf(['a', 'b', 'c'])
  const withBoth = behindRelay(['a'])
  for (const peer of ['b', 'c']) withBoth.opened(peer, { initiator: false, addr: `/${peer}` }, 0)
  t.same(seek(withBoth, book, { untilMs: HOUR_MS }), [])
  const direct = behindRelay([])
  direct.opened('b', { initiator: false, addr: '/b' }, 0)
  t.same(seek(direct, bookOf(['b', 'c'], ['a']), { untilMs: HOUR_MS }), [])
})

test('where nobody has a direct address nobody is dialled, and somebody who joins with one is, soon', async t => {
  const overlay = behindRelay(['a', 'b', 'c'])
  t.same(seek(overlay, bookOf([], ['a', 'b', 'c']), { untilMs: HOUR_MS }), [])
  const book = bookOf(['d'], ['a', 'b', 'c'])
  t.equal(seek(overlay, book, { fromMs: HOUR_MS, untilMs: HOUR_MS + SOON_MS }).length, 1)
})

test('where every direct dial fails they become ever fewer', async t => {
  const overlay = behindRelay(['a', 'b', 'c'])
  const made = [0, 1, 2].map(hour => {
    const time = { fromMs: hour * HOUR_MS, untilMs: (hour + 1) * HOUR_MS }
    return seek(overlay, bookOf(['a', 'b', 'c']), { ...time, outcome: 'failed' }).length
  })
  t.ok(made[0]! >= 6 && made[0]! <= 20, made.join())
  for (const later of made.slice(1)) t.ok(later >= 3 && later <= 12, made.join())
})

test('peers that are full and let go at once are not sought again and again', async t => {
  const full = Array.from({ length: 50 }, (_, n) => `full-${n}`)
  const book = bookOf(full, ['a', 'b', 'c'])
  const made = seek(behindRelay(['a', 'b', 'c']), book, { untilMs: HOUR_MS, outcome: 'let go' })
  t.ok(made.length >= 6 && made.length <= 20, `${made.length}`)
})

test('a node whose direct links lasted seeks others as quickly as at first when they end', async t => {
  const overlay = behindRelay(['a', 'b', 'c'])
  const book = bookOf(['a', 'b', 'c'])
  seek(overlay, book, { untilMs: HOUR_MS, outcome: 'failed' })
  const made = seek(overlay, book, { fromMs: HOUR_MS, untilMs: 3 * HOUR_MS })
  t.equal(made.length, 2)
  for (const { target } of made) overlay.opened(target.id, circuitTo(target.id), 3 * HOUR_MS)
  t.equal(seek(overlay, book, { fromMs: 3 * HOUR_MS, untilMs: 3 * HOUR_MS + SOON_MS }).length, 2)
})

test('a peer that was let go is not sought', async t => {
  const overlay = behindRelay(['a', 'b', 'c'])
  overlay.opened('d', { initiator: false, addr: '/d' }, 0)
  overlay.release('d', 0)
  overlay.closed('d', 0)
  t.same(seek(overlay, bookOf(['d'], ['a', 'b', 'c']), { untilMs: 5 * MINUTE_MS }), [])
})

test('a circuit that is known of a peer takes no part in the dial without one', async t => {
  const overlay = behindRelay(['a', 'b', 'c'])
  const book = bookOf(['a', 'b', 'c'])
  let begun = dials(overlay.shape(book, 0))
  for (let nowMs = 0; begun.length === 0; begun = dials(overlay.shape(book, nowMs)))
    nowMs = overlay.nextAttemptMs(nowMs)
  t.equal(begun.length, 1)
  t.same(dials(overlay.shape(book, SOON_MS)), [])
})

interface Seeking {
  readonly fromMs?: number
  readonly untilMs: number
  readonly outcome?: 'reached' | 'failed' | 'let go'
}

/** The dials without a relay that a node makes when it is due; all others fail. */
function seek(overlay: Overlay, book: AddressBook, { fromMs = 0, untilMs, outcome = 'reached' }: Seeking): Dial[] {
  const made: Dial[] = []
  for (let nowMs = fromMs; nowMs < untilMs; ) {
    const begun = dials(overlay.shape(book, nowMs))
    for (const dial of begun) {
      const { id, addrs } = dial.target
      const isDirect = !addrs.some(isCircuit)
      if (isDirect) made.push(dial)
      end(overlay, id, isDirect ? outcome : 'failed', nowMs)
    }
    if (begun.length === 0) nowMs = overlay.nextAttemptMs(nowMs)
  }
  return made
}

function end(overlay: Overlay, peer: string, outcome: Seeking['outcome'], nowMs: number): void {
  const isReached = outcome !== 'failed'
  if (isReached) overlay.opened(peer, { initiator: true, addr: `/${peer}` }, nowMs)
  overlay.dialled(peer, isReached, nowMs)
  if (outcome !== 'let go') return
  overlay.release(peer, nowMs)
  overlay.closed(peer, nowMs)
}

/** A node with circuits to peers that its application named, and from peers that dialled it. */
function behindRelay(named: string[], strangers: string[] = [], targetConnections = 3): Overlay {
  // The relay is connected.
  const endpointOf = (addr: string) => (isCircuit(addr) ? 'free' : endpointOfItsOwn(addr))
  const overlay = newOverlay({ targetConnections }, { isCircuit, endpointOf })
  for (const peer of named) {
    overlay.addNamed({ id: peer, addrs: [`/relay/${peer}`] })
    overlay.opened(peer, circuitTo(peer), 0)
  }
  for (const peer of strangers) overlay.opened(peer, { ...circuitTo(peer), initiator: false }, 0)
  return overlay
}

function circuitTo(peer: string) {
  return { initiator: true, addr: `/relay/${peer}`, isLimited: true }
}

function isCircuit(addr: string): boolean {
  return addr.startsWith('/relay')
}

/** All are behind the relay, and some have a direct address as well. */
function bookOf(direct: string[], others: string[] = []): AddressBook {
  const book = new AddressBook({ maxEntries: 1_000, maxTombstones: 0 })
  const add = (peer: string, addrs: string[]) => book.apply(record({ peer, addrs, ttlMs: 24 * HOUR_MS }), 0)
  for (const peer of direct) add(peer, [`/relay/${peer}`, `/${peer}`])
  for (const peer of others) add(peer, [`/relay/${peer}`])
  return book
}
