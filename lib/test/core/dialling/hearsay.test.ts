/** Addresses that strangers wrote: a victim is not dialled by everybody, and honest peers are reached all the same. */
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { test } from 'tap'
import { AddressBook } from '../../../src/core/book/address-book.ts'
import type { EndpointOf } from '../../../src/core/bounds/endpoint.ts'
import type { Overlay } from '../../../src/core/overlay/overlay.ts'
import { seededRandom } from '../../../src/core/random.ts'
import { bookOf, dials, newOverlay } from '../overlays.ts'
import { record } from '../records.ts'

const VICTIM = '/victim/80'
const MINUTE_MS = 60_000

/** `/host/port` and `/relay/name/port/peer`. */
const endpointOf: EndpointOf = addr => {
  const [, host = '', port = '', ...rest] = addr.split('/')
  if (host === 'loopback') return 'forbidden'
  return host === 'relay' ? { host: port, port: rest[0]!, relay: port } : { host, port }
}

test('however many records name a victim, a node dials it once a minute at most', async t => {
  const overlay = newOverlay({}, { endpointOf })
  const book = bookAt(Array.from({ length: 900 }, (_, i) => [`liar-${i}`, [VICTIM]]))
  const dialledAtMs: number[] = []
  for (let nowMs = 0; nowMs < 5 * MINUTE_MS; nowMs += 250) {
    for (const { target } of dials(overlay.shape(book, nowMs))) {
      dialledAtMs.push(nowMs)
      overlay.dialled(target.id, false, nowMs)
    }
    const [liar] = [`liar-${nowMs % 900}`]
    for (const purpose of ['probe', 'heal'] as const) {
      for (const { target } of dials(overlay.dial({ id: liar, addrs: [VICTIM] }, purpose, nowMs))) {
        dialledAtMs.push(nowMs)
        overlay.dialled(target.id, false, nowMs)
      }
    }
  }
  t.ok(dialledAtMs.length >= 3 && dialledAtMs.length <= 5, `${dialledAtMs.length} in five minutes`)
  for (const [i, atMs] of dialledAtMs.slice(1).entries()) t.ok(atMs - dialledAtMs[i]! >= MINUTE_MS - 1)
})

test('a victim among the addresses of many peers is dialled with the first of them, and left out afterwards', async t => {
  const overlay = newOverlay({ targetConnections: 3 }, { endpointOf })
  const book = bookAt(Array.from({ length: 20 }, (_, i) => [`${i}`, [`/host-${i}/1`, VICTIM]]))
  const addrs: string[] = []
  for (let nowMs = 0; nowMs < MINUTE_MS / 2; nowMs += 100) {
    for (const { target } of dials(overlay.shape(book, nowMs))) {
      addrs.push(...target.addrs)
      overlay.dialled(target.id, false, nowMs)
    }
  }
  t.equal(addrs.filter(addr => addr === VICTIM).length, 1)
  t.ok(addrs.length > 10)
})

test('the ports of one host are dialled no more than a crowd behind it needs', async t => {
  const overlay = newOverlay({}, { endpointOf })
  const book = bookAt(Array.from({ length: 900 }, (_, i) => [`liar-${i}`, [`/victim/${i}`]]))
  let dialled = 0
  for (let nowMs = 0; nowMs < 5 * MINUTE_MS; nowMs += 250) {
    for (const { target } of dials(overlay.shape(book, nowMs))) {
      dialled++
      overlay.dialled(target.id, false, nowMs)
    }
  }
  t.ok(dialled <= 64 + 5 * 10 + 1, `${dialled} in five minutes`)
})

test('what the host forbids is not dialled, and a peer without another address is not drawn', async t => {
  const overlay = newOverlay({}, { endpointOf })
  const book = bookAt([
    ['a', ['/loopback/22']],
    ['b', ['/loopback/22', '/host/1']]
  ])
  const [dial, ...others] = dials(overlay.shape(book, 0))
  t.same(dial?.target, { id: 'b', addrs: ['/host/1'] })
  t.same(others, [])
  t.same(overlay.dial({ id: 'a', addrs: ['/loopback/22'] }, 'probe', 0), [])
})

test('an address where the peer has answered is free, and another that it claims is not', async t => {
  const overlay = newOverlay({}, { endpointOf })
  const peer = { id: 'a', addrs: ['/host/1', VICTIM] }
  overlay.dial({ id: 'liar', addrs: [VICTIM] }, 'heal', 0)
  overlay.dialled('liar', false, 0)
  overlay.dial(peer, 'heal', 0)
  overlay.opened('a', { initiator: true, addr: '/host/1' }, 0)
  overlay.dialled('a', true, 0)
  overlay.closed('a', 100_000)
  for (const nowMs of [100_000, 101_000, 102_000]) {
    const [dial] = dials(overlay.dial({ id: 'a', addrs: ['/host/1'] }, 'probe', nowMs))
    t.same(dial?.hearsay, [], 'no hearsay')
    overlay.dialled('a', true, nowMs)
  }
})

test('a peer that dialled from a host may be dialled there, whatever the port; elsewhere its word is hearsay', async t => {
  const overlay = newOverlay({}, { endpointOf })
  overlay.opened('a', { initiator: false, addr: '/host/50123' }, 0)
  overlay.closed('a', 0)
  for (const nowMs of [0, 2_000, 6_000]) {
    t.same(
      dials(overlay.dial({ id: 'a', addrs: ['/host/1', VICTIM] }, 'probe', nowMs))[0]?.target.addrs,
      nowMs === 0 ? ['/host/1', VICTIM] : ['/host/1']
    )
    overlay.dialled('a', false, nowMs)
  }
})

test('where thirty peers are behind one relay, and liars beside them, a node has its chosen links in five seconds', async t => {
  for (let seed = 1; seed <= 30; seed++) {
    const overlay = newOverlay({}, { endpointOf, random: seededRandom(seed) })
    const book = bookAt([
      ...Array.from({ length: 30 }, (_, i): [string, string[]] => [`honest-${i}`, [`/relay/r/1/honest-${i}`]]),
      ...Array.from({ length: 30 }, (_, i): [string, string[]] => [`liar-${i}`, [VICTIM]])
    ])
    let victimDials = 0
    let nowMs = 0
    for (; nowMs < 5_000 && !isComplete(overlay); nowMs += 50) {
      for (const { target } of dials(overlay.shape(book, nowMs))) {
        const [addr] = target.addrs
        const isReached = addr !== VICTIM
        if (isReached) overlay.opened(target.id, { initiator: true, addr: addr! }, nowMs)
        else victimDials++
        overlay.dialled(target.id, isReached, nowMs)
      }
    }
    t.ok(isComplete(overlay), `${nowMs} ms, seed ${seed}`)
    t.ok(victimDials <= 1)
  }
})

test('named peers and those of the snapshot are dialled as often as their failures allow', async t => {
  for (const source of ['named', 'snapshot', 'found'] as const) {
    const overlay = newOverlay({}, { endpointOf })
    const dialledAtMs: number[] = []
    for (let nowMs = 20_000; nowMs < 40_000; nowMs += 100) {
      if (source !== 'named') overlay.addFound({ id: 'a', addrs: [VICTIM] }, source)
      else if (nowMs === 20_000) overlay.addNamed({ id: 'a', addrs: [VICTIM] })
      for (const { target } of dials(overlay.shape(bookOf(), nowMs))) {
        dialledAtMs.push(nowMs)
        overlay.dialled(target.id, false, nowMs)
      }
    }
    t.equal(dialledAtMs.length, source === 'found' ? 1 : 5, source)
  }
})

test('the addresses of one peer are put together, from whichever source they come, at most sixteen', async t => {
  const overlay = newOverlay({}, { endpointOf })
  const book = bookAt([['a', ['/record/1', '/named/1']]])
  overlay.addNamed({ id: 'a', addrs: ['/named/1'] })
  overlay.addNamed({ id: 'a', addrs: ['/named/2'] })
  const [dial] = dials(overlay.shape(book, 0))
  t.same(dial?.target.addrs, ['/named/2', '/named/1', '/record/1'])
  t.same(dial?.trusted, ['/named/2', '/named/1'])
  t.same(dial?.hearsay, ['/record/1'])
  const found = newOverlay({}, { endpointOf })
  for (let i = 0; i < 40; i++) found.addFound({ id: 'a', addrs: [`/found/${i}`] })
  const [second] = dials(found.shape(bookOf(), 0))
  t.equal(second?.target.addrs.length, 16)
  t.equal(second?.target.addrs[0], '/found/39', 'the newest first')
})

test('whatever strangers write and do, an endpoint that has not answered is dialled once a minute at most', async () => {
  const anyStep = fc.record({
    kind: fc.constantFrom('shape', 'probe', 'heal', 'inbound', 'closed', 'found', 'failed'),
    peer: fc.nat(9).map(String),
    waitMs: fc.nat(5_000)
  })
  fc.assert(
    fc.property(fc.array(anyStep, { maxLength: 150 }), fc.integer(), (steps, seed) => {
      const overlay = newOverlay({}, { endpointOf, random: seededRandom(seed) })
      const book = bookAt(Array.from({ length: 10 }, (_, i) => [`${i}`, [VICTIM]]))
      let nowMs = 0
      let lastMs = Number.NEGATIVE_INFINITY
      for (const { kind, peer, waitMs } of steps) {
        nowMs += waitMs
        const liar = { id: peer, addrs: [VICTIM] }
        if (kind === 'inbound') overlay.opened(peer, { initiator: false, addr: `/attacker/${waitMs}` }, nowMs)
        if (kind === 'closed') overlay.closed(peer, nowMs)
        if (kind === 'found') overlay.addFound(liar)
        if (kind === 'failed') overlay.dialled(peer, false, nowMs)
        const asked = kind === 'probe' || kind === 'heal' ? overlay.dial(liar, kind, nowMs) : []
        for (const dial of dials([...asked, ...overlay.shape(book, nowMs)])) {
          assert.deepEqual(dial.target.addrs, [VICTIM])
          assert.ok(nowMs - lastMs >= MINUTE_MS - 1, `after ${nowMs - lastMs} ms`)
          lastMs = nowMs
        }
      }
    }),
    { numRuns: 100 }
  )
})

function isComplete(overlay: Overlay): boolean {
  return [...overlay.partners].filter(peer => overlay.isChosen(peer)).length >= 2
}

function bookAt(peers: readonly (readonly [peer: string, addrs: string[]])[]): AddressBook {
  const book = new AddressBook({ maxEntries: 1_000, maxTombstones: 0 })
  for (const [peer, addrs] of peers) book.apply(record({ peer, addrs, ttlMs: 24 * 3_600_000 }), 0)
  return book
}
