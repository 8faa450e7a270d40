import fc from 'fast-check'
import t from 'tap'
import type { History } from '../../src/history/history.ts'
import { createNetwork, holds, isBookFull, liveRuns, networkOf, observe, progress } from '../../src/history/network.ts'
import type { Network } from '../../src/history/observed.ts'
import { anyHistory } from '../toolkit/any-history.ts'
import { converged, historyOf, peerOf } from '../toolkit/history-builder.ts'

t.test('the events of a node, replayed, give its book', async t => {
  const { events } = historyOf(['a', 'b', 'c', 'd'])
    .started('a', 'b', 'c', 'd')
    .joined('a', 'b')
    .joined('a', 'c')
    .joined('a', 'd')
    .updated('a', 'b', { name: 'bee', seq: 7 })
    .left('a', 'c')
    .expired('a', 'd')
  const [a] = liveRuns(networkOf(events))
  t.same([...a!.book.keys()], [peerOf('b')])
  t.match(a!.book.get(peerOf('b')), { name: 'bee', epoch: 1_000, seq: 7, agrees: false })
  t.same(
    [...a!.departed].map(([peerId, { how }]) => [peerId, how]),
    [
      [peerOf('c'), 'left'],
      [peerOf('d'), 'expired']
    ]
  )
})

t.test('a restarted node begins with an empty book', async t => {
  const { events } = converged(['a', 'b']).stopRequested('a').exited('a').started('a')
  const network = networkOf(events)
  t.equal(network.nodes.get('a')?.length, 2)
  t.equal(network.nodes.get('a')?.at(-1)?.book.size, 0)
  t.equal(network.owners.get(peerOf('a'))?.run, 2)
  t.notOk(holds(network), 'and the others list its earlier run')
})

t.test('the checks hold from the moment at which the last book is full', async t => {
  const history = historyOf(['a', 'b']).started('a', 'b').joined('a', 'b')
  t.notOk(holds(networkOf(history.events)))
  const network = networkOf(history.at(700).joined('b', 'a').events)
  t.ok(holds(network))
  t.equal(network.fullSinceMs, 700)
})

t.test('a heartbeat does not restart the settle time', async t => {
  const network = networkOf(converged(['a', 'b']).at(5_000).updated('a', 'b', { seq: 9 }).events)
  t.equal(network.fullSinceMs, 999)
})

t.test('another name, another address or another epoch does', async t => {
  for (const said of [{ name: 'x' }, { addrs: ['/ip4/127.0.0.9/tcp/1'] }, { epoch: 1_001 }]) {
    const network = networkOf(converged(['a', 'b']).updated('a', 'b', { seq: 9, ...said }).events)
    t.equal(network.fullSinceMs, undefined)
  }
})

t.test('the order of addresses says nothing', async t => {
  const addrs = ['/ip4/127.0.0.1/tcp/1', '/ip4/127.0.0.1/tcp/2']
  const history = historyOf(['a', 'b']).spawned('a', 'b').ready('a', { addrs }).ready('b')
  t.ok(holds(networkOf(history.joined('b', 'a', { addrs: addrs.toReversed() }).joined('a', 'b').events)))
})

t.test('a book may be full before the ready line of its last node is read', async t => {
  const history = historyOf(['a', 'b']).started('a').spawned('b').joined('a', 'b').joined('b', 'a')
  t.notOk(holds(networkOf(history.events)))
  t.ok(holds(networkOf(history.ready('b').events)))
})

t.test('nothing holds while a node is awaited, or after a breach', async t => {
  t.notOk(holds(networkOf(historyOf(['a', 'b', 'c']).started('a', 'b').meet('a', 'b').events)), 'not started')
  t.notOk(
    holds(networkOf(historyOf(['a', 'b', 'c']).started('a', 'b').spawned('c').meet('a', 'b').events)),
    'not ready'
  )
  t.notOk(holds(networkOf(converged(['a', 'b']).found('a', 'line is not JSON').events)))
})

t.test('a network of one node, or of none, never holds', async t => {
  t.notOk(holds(networkOf([])))
  t.notOk(holds(networkOf(historyOf(['a']).started('a').dumped('a').events)))
})

t.test('a node that was told to end is not missed', async t => {
  const history = converged(['a', 'b', 'c']).stopRequested('c').left('a', 'c')
  t.notOk(holds(networkOf(history.events)), 'b still lists c')
  t.ok(holds(networkOf(history.left('b', 'c').exited('c').events)))
})

t.test('to list an ended node, or oneself, does not make up for a node that is missed', async t => {
  const ghost = historyOf(['a', 'b', 'c']).started('a', 'b', 'c').joined('a', 'c').joined('b', 'a').stopRequested('c')
  t.notOk(holds(networkOf(ghost.events)))
  const self = historyOf(['a', 'b']).spawned('a').joined('a', 'a').ready('a').started('b').joined('b', 'a')
  t.notOk(holds(networkOf(self.events)))
})

t.test('a dumped book is old as soon as an event changes the book or another one is asked for', async t => {
  const dumpOfA = (history: History) => liveRuns(networkOf(history))[0]!.dump
  t.ok(dumpOfA(converged(['a', 'b']).events))
  t.ok(dumpOfA(converged(['a', 'b']).updated('a', 'b', { seq: 9 }).events), 'a heartbeat changes nothing')
  t.equal(dumpOfA(converged(['a', 'b']).expired('a', 'b').events), undefined)
  t.equal(dumpOfA(converged(['a', 'b']).updated('a', 'b', { seq: 9, name: 'x' }).events), undefined)
  t.equal(dumpOfA(converged(['a', 'b']).dumpRequested('a').events), undefined)
})

t.test('what follows the end of the run changes no book; how each process ends is told', async t => {
  const history = converged(['a', 'b'])
  history.ended('settled')
  const before = networkOf([...history.events])
  history
    .left('a', 'b')
    .stopRequested('a')
    .exited('a', { code: 7 })
    .found('b', 'half a line')
    .exited('b', { signal: 'SIGSEGV' })
  const after = networkOf(history.events)
  t.same([after.fullSinceMs, after.agreeing, after.live.size], [before.fullSinceMs, before.agreeing, before.live.size])
  t.equal(after.nowMs, before.nowMs)
  const [a, b] = liveRuns(after)
  t.match(a!.takingDown, { stopRequestedAtMs: Number, exit: { code: 7, expected: true } })
  t.match(b!.takingDown, { exit: { signal: 'SIGSEGV', expected: false } })
  t.match(after.breaches.findings, [{ run: { node: 'b' }, finding: { fault: 'half a line' } }])
})

t.test('events have the numbers of their lines', async t => {
  const { events } = historyOf(['a', 'b']).started('a', 'b').joined('a', 'b')
  const network = networkOf(events)
  t.equal(network.line, 6)
  t.equal(liveRuns(network)[0]!.book.get(peerOf('b'))?.line, 6)
  t.same(liveRuns(network)[1]!.lines, { spawned: 4, ready: 5, last: 5 })
})

t.test('the network is whole again once it agreed after the last fault was healed', async t => {
  const history = converged(['a', 'b']).faultInjected('cut', 'a', 'b').expired('a', 'b')
  t.equal(networkOf(history.faultHealed('cut', 'a', 'b').events).whole, false)
  const network = networkOf(history.joined('a', 'b', { seq: 9 }).events)
  t.equal(network.whole, true)
  t.equal(network.breachCount, 0, 'what the fault did is no violation')
})

t.test('progress counts what a person wants to see', async t => {
  const history = historyOf(['a', 'b', 'c', 'd']).started('a', 'b').meet('a', 'b').spawnFailed('c', 'no such program')
  history.spawned('d').exited('d', { code: 1 }).dumped('a')
  t.same(progress(networkOf(history.events)), { nodes: 4, ready: 2, down: 2, booksFull: 0, dumps: 1, violations: 1 })
})

t.test('a node that breaks a rule with every line does not fill the memory', async t => {
  const history = historyOf(['a', 'b']).started('a', 'b')
  for (let i = 0; i < 1_000; i++) history.found('a', 'line is not JSON')
  const network = networkOf(history.exited('a', { code: 1 }).events)
  t.equal(network.breachCount, 1_001)
  t.equal(network.breaches.findings.length, 100)
  t.equal(network.breaches.deaths.length, 1, 'its death is told all the same')
})

t.test('whatever is observed, the counts agree with counting everything again', async () => {
  fc.assert(
    fc.property(anyHistory, history => {
      const network = createNetwork()
      for (const event of history) {
        observe(network, event)
        assertCounts(network)
      }
    }),
    { numRuns: 500 }
  )
})

t.test('a network that was followed equals one that is made from the whole history', async t => {
  fc.assert(
    fc.property(anyHistory, history => {
      const network = createNetwork()
      for (const event of history) {
        observe(network, event)
        holds(network)
        progress(network)
      }
      t.same(network, networkOf(history))
    }),
    { numRuns: 30 }
  )
})

function assertCounts(network: Network): void {
  const live = liveRuns(network)
  const agrees = (observer: (typeof live)[number]) =>
    [...observer.book].filter(([peerId, listing]) => {
      const said = network.owners.get(peerId)
      return (
        said !== undefined &&
        said !== observer &&
        live.includes(said) &&
        said.ready?.epoch === listing.epoch &&
        said.ready.node === listing.name &&
        said.ready.addrs.toSorted().join() === [...listing.addrs].sort().join()
      )
    }).length
  const expected = {
    live: live.length,
    listings: live.reduce((sum, run) => sum + run.book.size, 0),
    agreeing: live.reduce((sum, run) => sum + agrees(run), 0),
    agreeingEach: live.map(agrees),
    full: live.length >= 2 && network.awaited === 0 && live.every(run => isBookFull(network, run))
  }
  const counted = {
    live: network.live.size,
    listings: network.listings,
    agreeing: network.agreeing,
    agreeingEach: live.map(run => run.agreeing),
    full: network.ended === undefined ? network.fullSinceMs !== undefined : expected.full
  }
  if (JSON.stringify(counted) !== JSON.stringify(expected)) {
    throw new Error(`counted ${JSON.stringify(counted)}, expected ${JSON.stringify(expected)}`)
  }
}
