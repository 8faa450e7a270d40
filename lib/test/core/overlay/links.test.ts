/** Links that a node chooses for itself, whatever strangers do. */
import { test } from 'tap'
import type { AddressBook } from '../../../src/core/book/address-book.ts'
import type { Output } from '../../../src/core/effects.ts'
import type { Overlay } from '../../../src/core/overlay/overlay.ts'
import { seededRandom } from '../../../src/core/random.ts'
import { bookOf, chosen, dialsOf, hangUpsOf, inbound, newOverlay, releasesOf, target } from '../overlays.ts'

const MINUTE_MS = 60_000
const LONG_AGO_MS = 1_000_000

test('a node with any number of inbound partners chooses two of its own; one, where one is the target', async t => {
  for (const [targetConnections, expected] of [
    [1, 1],
    [2, 2],
    [3, 2],
    [8, 2]
  ] as const) {
    const overlay = newOverlay({ targetConnections })
    for (let i = 0; i < 20; i++) inbound(overlay, `stranger-${i}`)
    const dialled = reachAll(overlay, bookOf('a', 'b', 'c', 'd', 'e'), LONG_AGO_MS, MINUTE_MS)
    t.equal(dialled.length, expected, `${targetConnections}`)
    t.equal(chosenOf(overlay).length, expected)
  }
})

test('a draw that falls on an inbound partner makes that link a chosen one, without a dial', async t => {
  const overlay = newOverlay()
  for (const peer of ['a', 'b', 'c']) inbound(overlay, peer)
  const dialled = reachAll(overlay, bookOf('a', 'b', 'c'), LONG_AGO_MS, MINUTE_MS)
  t.same(dialled, [])
  t.equal(chosenOf(overlay).length, 2)
})

test('a link of the application, and a probe of a stranger that broke off, are no choice of this node', async t => {
  const overlay = newOverlay()
  overlay.opened('a', { initiator: true, addr: '/a' }, 0)
  inbound(overlay, 'b')
  overlay.closed('b', 0)
  overlay.dial(target('b'), 'probe', 0)
  overlay.opened('b', { initiator: true, addr: '/b' }, 0)
  overlay.dialled('b', true, 0)
  t.same(chosenOf(overlay), [])
})

test('a peer that was lost or fell silent, so that others dial it, is no choice of this node', async t => {
  const overlay = newOverlay()
  for (const peer of ['a', 'b']) {
    overlay.dial(target(peer), 'heal', 0)
    overlay.opened(peer, { initiator: true, addr: `/${peer}` }, 0)
    overlay.dialled(peer, true, 0)
  }
  t.same(chosenOf(overlay), [])
})

test('a peer that the application named is chosen, though it dialled', async t => {
  const overlay = newOverlay()
  overlay.addNamed(target('a'))
  inbound(overlay, 'a')
  t.same(chosenOf(overlay), ['a'])
})

test('a chosen link that broke is chosen again when a probe reaches the peer', async t => {
  const overlay = newOverlay()
  chosen(overlay, 'a')
  overlay.closed('a', 1_000)
  overlay.dial(target('a'), 'probe', 1_000)
  overlay.opened('a', { initiator: true, addr: '/a' }, 1_100)
  overlay.dialled('a', true, 1_100)
  t.same(chosenOf(overlay), ['a'])
})

test('a peer that was known by its address alone is chosen under the name that it answers with', async t => {
  const overlay = newOverlay()
  overlay.addNamed({ id: '/host/1', addrs: ['/host/1'] })
  t.same(dialsOf(overlay.shape(bookOf(), 0)), ['/host/1'])
  overlay.opened('a', { initiator: true, addr: '/host/1' }, 0)
  overlay.dialled('/host/1', true, 0, 'a')
  t.same(chosenOf(overlay), ['a'])
})

test('three hundred peers of one group are drawn no more often than one of another', async t => {
  let liars = 0
  const draws = 300
  const book = bookOf(
    ...Array.from({ length: 300 }, (_, i) => `liar-${i}`),
    ...Array.from({ length: 50 }, (_, i) => `${i}`)
  )
  for (let seed = 1; seed <= draws; seed++) {
    const groupOf = (addr: string) => (addr.startsWith('/liar') ? 'liars' : addr)
    const overlay = newOverlay({}, { random: seededRandom(seed), groupOf })
    if (dialsOf(overlay.shape(book, LONG_AGO_MS))[0]!.startsWith('liar')) liars++
  }
  t.ok(liars < draws / 10, `${liars} of ${draws}`)
})

test('a peer whose group is connected already is drawn last, so that patient strangers are not drawn at all', async t => {
  for (let seed = 1; seed <= 50; seed++) {
    const overlay = newOverlay({}, seededRandom(seed))
    for (let i = 0; i < 3; i++) inbound(overlay, `stranger-${i}`)
    const peers = reachAll(overlay, bookOf('stranger-0', 'stranger-1', 'stranger-2', 'a', 'b'), LONG_AGO_MS, MINUTE_MS)
    t.same(new Set(peers), new Set(['a', 'b']))
  }
})

test('the second chosen link is of another group, where there is one', async t => {
  for (let seed = 1; seed <= 50; seed++) {
    const groupOf = (addr: string) => addr.slice(0, 2)
    const overlay = newOverlay({ targetConnections: 2 }, { random: seededRandom(seed), groupOf })
    const peers = reachAll(overlay, bookOf('a1', 'a2', 'a3', 'a4', 'a5', 'b1'), LONG_AGO_MS, MINUTE_MS)
    t.same(new Set(peers.map(peer => peer[0])), new Set(['a', 'b']))
  }
})

test('where all share one group, everybody is dialled as without groups', async t => {
  const seen = new Set<string>()
  for (let seed = 1; seed <= 60; seed++) {
    const overlay = newOverlay({ targetConnections: 3 }, { random: seededRandom(seed), groupOf: () => 'one' })
    for (const peer of reachAll(overlay, bookOf('a', 'b', 'c', 'd', 'e'), LONG_AGO_MS, MINUTE_MS)) seen.add(peer)
    t.equal(overlay.size, 3)
  }
  t.equal(seen.size, 5)
})

test('a chosen link is renewed now and then: the new one opens before the former one ends', async t => {
  const overlay = newOverlay({ targetConnections: 2 })
  for (const peer of ['a', 'b']) chosen(overlay, peer)
  const book = bookOf('a', 'b', 'c', 'd', 'e')
  const outputs: Output[] = []
  for (let nowMs = 0; nowMs < 60 * MINUTE_MS; nowMs += 1_000) {
    for (const output of overlay.shape(book, nowMs)) {
      outputs.push(output)
      if (output.type === 'dial') {
        t.equal(overlay.size, 2)
        chosen(overlay, output.target.id, nowMs)
        t.equal(overlay.size, 3, 'one more for a moment')
      }
      if (output.type === 'hang-up') {
        t.equal(overlay.closed(output.peer, nowMs), false)
        t.equal(overlay.size, 2)
      }
    }
  }
  const renewals = hangUpsOf(outputs).length
  t.ok(renewals >= 3 && renewals <= 12, `${renewals} in an hour`)
  t.same(releasesOf(outputs), hangUpsOf(outputs), 'with a word')
})

test('a link that was chosen among few is renewed within two minutes after there are twice as many to choose from', async t => {
  for (const [known, isOutgrown] of [
    [10, false],
    [30, true]
  ] as const) {
    const overlay = newOverlay({ targetConnections: 2 })
    for (const peer of ['a', 'b']) chosen(overlay, peer)
    const peers = Array.from({ length: known }, (_, at) => `peer${at}`)
    const renewals = (book: AddressBook, fromMs: number, untilMs: number): number => {
      let count = 0
      for (let nowMs = fromMs; nowMs < untilMs; nowMs += 1_000) {
        for (const output of overlay.shape(book, nowMs)) {
          if (output.type === 'dial') chosen(overlay, output.target.id, nowMs)
          if (output.type === 'hang-up') count += Number(!overlay.closed(output.peer, nowMs))
        }
      }
      return count
    }
    t.equal(renewals(bookOf('a', 'b', ...peers.slice(0, 10)), 0, 2 * MINUTE_MS), 1, 'twelve are more than few')
    const count = renewals(bookOf('a', 'b', ...peers), 2 * MINUTE_MS, 4 * MINUTE_MS)
    t.equal(count, Number(isOutgrown), `${known} are known`)
  }
})

test('a renewal that finds nobody new changes nothing', async t => {
  const overlay = newOverlay({ targetConnections: 2 })
  for (const peer of ['a', 'b']) chosen(overlay, peer)
  for (let nowMs = 0; nowMs < 60 * MINUTE_MS; nowMs += 1_000) {
    const outputs = overlay.shape(bookOf('a', 'b'), nowMs)
    t.notOk(outputs.some(({ type }) => type === 'dial' || type === 'hang-up' || type === 'send'))
  }
  t.equal(chosenOf(overlay).length, 2)
})

test('a renewal has deadlines of its own: who fails is followed by another at once', async t => {
  const overlay = newOverlay({ targetConnections: 2 })
  for (const peer of ['a', 'b']) chosen(overlay, peer)
  const dialledAtMs: number[] = []
  for (let nowMs = 0; nowMs < 15 * MINUTE_MS; nowMs = overlay.nextAttemptMs(nowMs)) {
    for (const peer of dialsOf(overlay.shape(bookOf('a', 'b', 'c', 'd', 'e'), nowMs))) {
      dialledAtMs.push(nowMs)
      overlay.dialled(peer, false, nowMs)
    }
  }
  t.ok(dialledAtMs[2]! <= dialledAtMs[0]! + 10_000, dialledAtMs.join(' '))
})

test('the host is told which links are chosen, once, and when they are no more', async t => {
  const overlay = newOverlay({ targetConnections: 2 })
  chosen(overlay, 'a')
  inbound(overlay, 'b')
  t.same(linksOf(overlay.shape(bookOf(), 0)), [{ type: 'link', peer: 'a', isChosen: true }])
  t.same(linksOf(overlay.shape(bookOf(), 0)), [])
  overlay.closed('a', 0)
  t.same(linksOf(overlay.shape(bookOf(), 0)), [{ type: 'link', peer: 'a', isChosen: false }])
})

test('a node none of whose draws can be reached for a minute says so each minute, and goes back to the peers that it was told', async t => {
  const overlay = newOverlay()
  overlay.addNamed(target('named'))
  overlay.shape(bookOf(), 0)
  chosen(overlay, 'named', 0)
  overlay.closed('named', MINUTE_MS)
  for (let i = 0; i < 4; i++) inbound(overlay, `stranger-${i}`, MINUTE_MS)
  const book = bookOf(...Array.from({ length: 100 }, (_, i) => `${i}`))
  const warnedAtMs: number[] = []
  const namedAtMs: number[] = []
  for (let nowMs = MINUTE_MS; nowMs < 6 * MINUTE_MS; nowMs += 500) {
    for (const output of overlay.shape(book, nowMs)) {
      if (output.type === 'warned') warnedAtMs.push(nowMs)
      if (output.type !== 'dial') continue
      if (output.target.id === 'named') namedAtMs.push(nowMs)
      overlay.dialled(output.target.id, false, nowMs)
    }
  }
  t.ok(warnedAtMs.length >= 3 && warnedAtMs.length <= 4, `${warnedAtMs.length}`)
  t.ok(warnedAtMs[0]! >= 2 * MINUTE_MS, 'not before')
  t.ok(namedAtMs.some(atMs => atMs >= warnedAtMs[0]!))
})

test('a node that reaches those that it draws is not eclipsed, nor is one that has nobody to draw', async t => {
  for (const peers of [[], ['a', 'b', 'c', 'd']]) {
    const overlay = newOverlay()
    for (let i = 0; i < 4; i++) inbound(overlay, `stranger-${i}`)
    for (let nowMs = 0; nowMs < 10 * MINUTE_MS; nowMs += 500) {
      for (const output of overlay.shape(bookOf(...peers), nowMs)) {
        t.not(output.type, 'warned')
        if (output.type !== 'dial') continue
        chosen(overlay, output.target.id, nowMs)
        if (nowMs < 5 * MINUTE_MS) overlay.closed(output.target.id, nowMs)
      }
    }
  }
})

/** Every dial succeeds at once; returns who was dialled. */
function reachAll(overlay: Overlay, book: ReturnType<typeof bookOf>, fromMs: number, forMs: number): string[] {
  const dialled: string[] = []
  for (let nowMs = fromMs; nowMs < fromMs + forMs; nowMs += 500) {
    for (const id of dialsOf(overlay.shape(book, nowMs))) {
      dialled.push(id)
      chosen(overlay, id, nowMs)
    }
  }
  return dialled
}

function chosenOf(overlay: Overlay): string[] {
  return [...overlay.partners].filter(peer => overlay.isChosen(peer))
}

function linksOf(outputs: Output[]): Output[] {
  return outputs.filter(({ type }) => type === 'link')
}
