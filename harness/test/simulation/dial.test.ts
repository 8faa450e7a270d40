import { test } from 'tap'
import { oneWay } from '../../src/simulation/net/cuts.ts'
import { IdleNetwork } from './idle.ts'

const LATENCY_MS = 50
const ROUND_TRIP_MS = 2 * LATENCY_MS

/** Both sides of a handshake. */
const HANDSHAKE_MS = 15

test('a dial opens the listener’s side after 3.5 round trips, the dialler’s after 4', async t => {
  const network = new IdleNetwork(2, LATENCY_MS)
  network.dial(0, 1)
  network.runUntil(1_000)
  const openedMs = [0, 1].map(node => network.told[node]!.find(({ input }) => input.type === 'partner-opened')!.atMs)
  t.same(openedMs, [4 * ROUND_TRIP_MS + HANDSHAKE_MS, 3.5 * ROUND_TRIP_MS + HANDSHAKE_MS])
  t.match(network.dialled(0), [{ outcome: 'reached' }])
  t.same([network.process(0).isConnected(1), network.process(1).isConnected(0)], [true, true])
})

test('who is connected is reached at once, over the connection that there is', async t => {
  const network = new IdleNetwork(2, LATENCY_MS)
  network.dial(0, 1)
  network.runUntil(1_000)
  network.dial(1, 0)
  network.runUntil(1_001)
  t.match(network.dialled(1), [{ outcome: 'reached' }])
  t.equal(network.process(0).connections, 1)
})

test('where no process listens, the host refuses after one round trip', async t => {
  const network = new IdleNetwork(2, LATENCY_MS)
  network.simulation.nodes.end('n2', 'kill')
  network.dial(0, 1)
  network.runUntil(1_000)
  t.same(network.dialled(0), [{ outcome: 'refused', atMs: ROUND_TRIP_MS }])
})

test('a machine without power keeps silent until the dial times out', async t => {
  const network = new IdleNetwork(2, LATENCY_MS)
  network.simulation.nodes.end('n2', 'power-off')
  network.dial(0, 1, 4_000)
  network.runUntil(5_000)
  t.same(network.dialled(0), [{ outcome: 'failed', atMs: 4_000 }])
})

test('a paused process accepts when it goes on, and too late is too late', async t => {
  const network = new IdleNetwork(3, LATENCY_MS)
  const paused = network.process(2)
  network.simulation.nodes.pause(paused)
  network.dial(0, 2, 10_000)
  network.dial(1, 2, 1_000)
  network.runUntil(2_000)
  t.match([network.dialled(0), network.dialled(1)], [[], [{ outcome: 'failed', atMs: 1_000 }]])
  network.simulation.nodes.resume(paused)
  network.runUntil(3_000)
  t.match(network.dialled(0), [{ outcome: 'reached' }])
  t.same([paused.isConnected(0), paused.isConnected(1)], [true, false])
})

test('behind a cut a dial is tried again, and gets through once the cut has healed', async t => {
  const network = new IdleNetwork(2, LATENCY_MS)
  const cut = oneWay([0], 'inbound')
  network.simulation.world.network.addCut(cut)
  network.dial(0, 1)
  network.runUntil(1_500)
  t.same(network.dialled(0), [])
  network.simulation.world.network.heal(cut)
  network.runUntil(5_000)
  t.match(network.dialled(0), [{ outcome: 'reached' }])
  t.ok(network.dialled(0)[0]!.atMs > 3_000, 'at the third SYN, after 1 s and 2 s more')
})

test('more than ten handshakes at once are turned away', async t => {
  const network = new IdleNetwork(16, LATENCY_MS)
  for (let node = 1; node < 16; node++) network.dial(node, 0)
  network.runUntil(5_000)
  const outcomes = Array.from({ length: 15 }, (_, node) => network.dialled(node + 1)[0]!)
  t.equal(outcomes.filter(({ outcome }) => outcome === 'reached').length, 10)
  t.ok(outcomes.every(({ outcome }) => outcome !== 'refused'))
  network.dial(15, 0)
  network.runUntil(10_000)
  t.match(network.dialled(15)[1], { outcome: 'reached' }, 'later there is room again')
})

test('a host is busy with one handshake after the other', async t => {
  const network = new IdleNetwork(6, LATENCY_MS)
  for (let node = 1; node < 6; node++) network.dial(node, 0)
  network.runUntil(5_000)
  const reachedMs = [1, 2, 3, 4, 5].map(node => network.dialled(node)[0]!.atMs)
  t.same(
    reachedMs,
    [1, 2, 3, 4, 5].map(turn => 4 * ROUND_TRIP_MS + turn * HANDSHAKE_MS)
  )
})

test('a connection whose other end does not answer ends within two pings, and not before', async t => {
  const network = new IdleNetwork(2, LATENCY_MS)
  network.dial(0, 1)
  network.runUntil(9_000)
  network.simulation.nodes.end('n2', 'power-off')
  network.runUntil(14_900)
  t.equal(network.process(0).isConnected(1), true)
  network.runUntil(15_100)
  t.equal(network.process(0).isConnected(1), false)
  t.match(network.told[0]!.at(-1)!.input, { type: 'partner-closed', peer: 'peer-2' })
})

test('a connection that answers stays', async t => {
  const network = new IdleNetwork(2, LATENCY_MS)
  network.dial(0, 1)
  network.runUntil(120_000)
  t.equal(network.process(0).isConnected(1), true)
})

test('a machine that is back answers to an old connection that it knows nothing of it', async t => {
  const network = new IdleNetwork(2, LATENCY_MS)
  network.dial(0, 1)
  network.runUntil(1_000)
  network.simulation.nodes.end('n2', 'power-off')
  network.simulation.nodes.start('n2')
  network.runUntil(2_000)
  t.equal(network.process(0).isConnected(1), true, 'nobody has asked')
  network.process(0).send('peer-2', { type: 'ping' })
  network.runUntil(2_200)
  t.equal(network.process(0).isConnected(1), false)
})

test('both can publish to each other once identify and gossipsub’s streams are done', async t => {
  const network = new IdleNetwork(2, LATENCY_MS)
  network.dial(0, 1)
  const subscribedMs: number[] = []
  for (const node of [0, 1]) {
    const { gossip } = network.process(node)
    const receive = gossip.receiveControl.bind(gossip)
    gossip.receiveControl = (control, from) => {
      if (control.type === 'subscribe') subscribedMs[node] = network.nowMs
      receive(control, from)
    }
  }
  network.runUntil(2_000)
  t.same(subscribedMs, [6 * ROUND_TRIP_MS + HANDSHAKE_MS, 5.5 * ROUND_TRIP_MS + HANDSHAKE_MS])
})
