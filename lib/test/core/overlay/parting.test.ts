/** What two partners that part tell each other, and what a link that breaks leads to. */
import { test } from 'tap'
import { Discovery, type Output, resolveConfig } from '../../../src/core/index.ts'
import { testHost } from '../network.ts'
import { bookOf, chosen, dialsOf, hangUpsOf, inbound, newOverlay, releasesOf, target } from '../overlays.ts'
import { record } from '../records.ts'

const MINUTE_MS = 60_000

test('a peer that says it goes is answered once, so that it knows whether this node needs the connection', async t => {
  for (const [others, isNeeded] of [
    [['b'], undefined],
    [[], true]
  ] as const) {
    const overlay = newOverlay()
    for (const peer of ['a', ...others]) inbound(overlay, peer)
    const word = isNeeded === undefined ? { type: 'release' } : { type: 'release', isNeeded }
    t.same(overlay.release('a', 0), [{ type: 'send', to: 'a', message: word }])
    t.same(overlay.release('a', 0), [], 'once')
  }
})

test('a peer that was asked to go is not answered, nor is one that asks, before this node goes itself', async t => {
  const overlay = newOverlay({ targetConnections: 1 })
  for (const peer of ['a', 'b', 'c', 'd', 'e']) inbound(overlay, peer)
  const [asked] = releasesOf(overlay.shape(bookOf(), 0))
  t.same(overlay.release(asked!, 0), [], 'it answers')
  const dialler = newOverlay({ targetConnections: 1 })
  for (const peer of ['a', 'b']) chosen(dialler, peer)
  t.same(dialler.release('a', 0), [])
  t.same(releasesOf(dialler.shape(bookOf(), 0)), ['a'], 'the answer comes with the end')
})

test('a peer whose link has ended while its connection stays is left alone, and no surplus again', async t => {
  const overlay = newOverlay({ targetConnections: 2 })
  for (let i = 0; i < 8; i++) chosen(overlay, `${i}`)
  const ended = Array.from({ length: 10 }, () => hangUpsOf(overlay.shape(bookOf(), 0))).flat()
  for (const peer of ended) t.equal(overlay.closed(peer, 0), false)
  for (let nowMs = 0; nowMs < 60 * MINUTE_MS; nowMs += 10_000) {
    const outputs = overlay.shape(bookOf(), nowMs)
    t.same([...releasesOf(outputs), ...hangUpsOf(outputs)], [])
  }
})

test('where one link is chosen, a node also wants one to an earlier peer, and has it if there is any', async t => {
  const overlay = newOverlay({ targetConnections: 1 })
  chosen(overlay, 'x')
  const dialled: string[] = []
  for (let nowMs = 0; nowMs < MINUTE_MS; nowMs += 500) {
    for (const peer of dialsOf(overlay.shape(bookOf('a', 'y', 'z'), nowMs))) {
      dialled.push(peer)
      overlay.opened(peer, { initiator: true, addr: `/${peer}` }, nowMs)
      overlay.dialled(peer, true, nowMs)
    }
  }
  t.same(dialled, ['a'])
  t.notOk(overlay.isChosen('a'), 'whoever has a small key is no choice of this node for that')
})

test('the only link to an earlier peer is not ended, whatever that peer asks, until there is another one', async t => {
  const overlay = newOverlay({ targetConnections: 1 })
  for (const peer of ['x', 'a']) chosen(overlay, peer)
  overlay.release('a', 0)
  for (let nowMs = 0; nowMs < MINUTE_MS; nowMs += 1_000) t.same(hangUpsOf(overlay.shape(bookOf('a'), nowMs)), [])
  inbound(overlay, 'b', MINUTE_MS)
  t.same(hangUpsOf(overlay.shape(bookOf('a', 'b'), MINUTE_MS)), ['a'])
})

test('the first of all peers, and a node that wants two links, seek no earlier one', async t => {
  for (const [targetConnections, peers] of [
    [1, ['y', 'z']],
    [2, ['a', 'b']]
  ] as const) {
    const overlay = newOverlay({ targetConnections })
    for (const peer of ['w', 'x']) chosen(overlay, peer)
    for (let nowMs = 0; nowMs < MINUTE_MS; nowMs += 500) t.same(dialsOf(overlay.shape(bookOf(...peers), nowMs)), [])
    overlay.release('w', MINUTE_MS)
    t.same(hangUpsOf(overlay.shape(bookOf(), MINUTE_MS)), targetConnections === 1 ? ['w'] : [])
  }
})

test('a link that breaks is dialled again by the side that dialled it, and by the other one only half a second later', async t => {
  for (const [initiator, redialsAtMs] of [
    [true, 1_000],
    [false, 1_500]
  ] as const) {
    const node = partners({ initiator })
    const outputs = dialled(node.handle({ type: 'partner-closed', peer: 'b' }, 1_000))
    t.same(outputs, redialsAtMs === 1_000 ? ['b'] : [])
    t.same(dialled(node.handle({ type: 'tick' }, 1_499)), [])
    t.same(dialled(node.handle({ type: 'tick' }, 1_500)), redialsAtMs === 1_500 ? ['b'] : [])
  }
})

test('a side that waits does not dial once the other one has', async t => {
  const node = partners({ initiator: false })
  node.handle({ type: 'partner-closed', peer: 'b' }, 1_000)
  node.handle({ type: 'partner-opened', peer: 'b', initiator: false, addr: '/b' }, 1_400)
  t.same(dialled(node.handle({ type: 'tick' }, 2_000)), [])
})

test('a dial that was not made is no failure: nobody is eclipsed by it, and the wait does not double', async t => {
  const overlay = newOverlay({}, { random: () => 0.5, endpointOf: () => 'free' })
  inbound(overlay, 'stranger')
  const waits: number[] = []
  let endedAtMs = 0
  for (let nowMs = 0; nowMs < 5 * MINUTE_MS; nowMs += 100) {
    for (const output of overlay.shape(bookOf('a'), nowMs)) {
      t.not(output.type, 'warned')
      if (output.type !== 'dial') continue
      if (endedAtMs > 0) waits.push(nowMs - endedAtMs)
      overlay.ended('a', 'withheld', nowMs)
      endedAtMs = nowMs
    }
  }
  t.ok(Math.max(...waits) <= 5_000, `${Math.max(...waits)} ms`)
  t.ok(Math.min(...waits) >= 1_000, `${Math.min(...waits)} ms`)
})

test('the end of an eclipse is told, once', async t => {
  const overlay = newOverlay()
  for (let i = 0; i < 4; i++) inbound(overlay, `stranger-${i}`)
  const book = bookOf(...Array.from({ length: 100 }, (_, i) => `${i}`))
  const told: string[] = []
  for (let nowMs = 0; nowMs < 4 * MINUTE_MS; nowMs += 500) {
    for (const output of overlay.shape(book, nowMs)) {
      if (output.type === 'warned') told.push(output.warning.code)
      if (output.type !== 'dial') continue
      if (nowMs < 1.8 * MINUTE_MS) overlay.dialled(output.target.id, false, nowMs)
      else chosen(overlay, output.target.id, nowMs)
    }
  }
  t.same(told, ['eclipsed', 'eclipse-over'])
})

/** A node with two partners in its book; `initiator` says who dialled the one named b. */
function partners({ initiator }: { initiator: boolean }): Discovery {
  const node = new Discovery(resolveConfig({ listenOnly: true }), { peer: 'm', epoch: 1 }, testHost(1), 0)
  for (const peer of ['b', 'c']) {
    node.handle({ type: 'partner-opened', peer, initiator, addr: `/${peer}` }, 10)
    const records = [{ record: record({ peer, addrs: [`/${peer}`] }), ageMs: 0 }]
    node.handle({ type: 'message', from: peer, message: { type: 'records', records } }, 20)
  }
  return node
}

function dialled(outputs: Output[]): string[] {
  return dialsOf(outputs).filter(peer => peer === target('b').id)
}
