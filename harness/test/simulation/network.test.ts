import { seededRandom } from '@gossip-discovery/libp2p/core'
import fc from 'fast-check'
import { test } from 'tap'
import type { Links } from '../../src/faults/fault.ts'
import { EventQueue } from '../../src/simulation/host/event-queue.ts'
import { oneWay, partition } from '../../src/simulation/net/cuts.ts'
import { type LinkModel, withLinks, worseLinks } from '../../src/simulation/net/links.ts'
import { Network } from '../../src/simulation/net/network.ts'
import { simulationAt } from './plans.ts'

const STILL: LinkModel = { latencyMs: 50, spreadMs: 0, jitterMs: 0, lossRatio: 0, dialFailureRatio: 0 }

test('a message takes the latency of its link, give or take the jitter', async t => {
  fc.assert(
    fc.property(fc.integer(), fc.nat(40), fc.nat(10), (seed, spreadMs, jitterMs) => {
      const network = networkOf({ spreadMs, jitterMs }, seed)
      const deviation = network.deviation(3, 4)
      t.equal(deviation, network.deviation(4, 3), 'both directions are alike')
      const baseMs = 50 + spreadMs * deviation
      t.ok(Math.abs(baseMs - 50) <= spreadMs)
      t.ok(Math.abs(network.transitMs(deviation, 100, 3, 0) - baseMs) <= jitterMs)
    })
  )
})

test('links differ', async t => {
  const network = networkOf({ spreadMs: 20 })
  t.equal(new Set([1, 2, 3, 4].map(other => network.deviation(0, other))).size, 4)
})

test('loss delays a share of the messages by at least one retransmission, and none is faster for it', async t => {
  const network = networkOf({ lossRatio: 0.05 })
  const transits = Array.from({ length: 10_000 }, () => network.transitMs(0, 100, 0, 0))
  const late = transits.filter(transitMs => transitMs > 50)
  t.ok(late.length > 400 && late.length < 600, `${late.length} of 10,000 are late`)
  t.ok(late.every(transitMs => transitMs >= 50 + 200))
  t.ok(
    late.some(transitMs => transitMs > 50 + 2 * 300),
    'some were lost twice'
  )
})

test('a large message is lost more often: it has more packets', async t => {
  const delayed = (bytes: number) => {
    const network = networkOf({ lossRatio: 0.05 })
    return Array.from({ length: 1_000 }, () => network.transitMs(0, bytes, 0, 0)).filter(transitMs => transitMs > 50)
      .length
  }
  t.ok(delayed(50_000) > 5 * delayed(100))
})

test('a cut stops what it says, until it heals', async t => {
  const cuts = [
    { cut: partition([[1, 2]]), out: true, back: true },
    { cut: oneWay([1, 2], 'outbound'), out: true, back: false },
    { cut: oneWay([1, 2], 'inbound'), out: false, back: true }
  ]
  for (const { cut, out, back } of cuts) {
    const network = networkOf()
    network.addCut(cut)
    t.same([network.isCut(1, 5), network.isCut(5, 1)], [out, back])
    t.same([network.isCut(1, 2), network.isCut(5, 6)], [false, false], 'neither within nor beyond')
    t.equal(cut.stopped, Number(out) + Number(back))
    network.heal(cut)
    t.same([network.isCut(1, 5), network.isCut(5, 1)], [false, false], 'healed')
  }
})

test('a partition into three groups and the rest cuts each from all others', async t => {
  const network = networkOf()
  network.addCut(partition([[1, 2], [3], [4]]))
  const groups = [[1, 2], [3], [4], [5, 6]]
  for (const [group, machines] of groups.entries()) {
    for (const [other, others] of groups.entries()) {
      for (const from of machines) for (const to of others) t.equal(network.isCut(from, to), group !== other)
    }
  }
})

test('a link with a bandwidth sends one message after the other, the headers too', async t => {
  const network = networkOf({ latencyMs: 0 }, 1, { bytesPerSecond: 1_000 })
  t.equal(network.transitMs(0, 448, 1, 0), 500)
  t.equal(network.transitMs(0, 448, 1, 100), 900, 'after the first')
  t.equal(network.transitMs(0, 448, 2, 100), 500, 'another machine has its own')
  t.equal(network.transitMs(0, 448, 1, 1_000), 500, 'the link is free again')
})

test('a message that is sent twice takes twice the bandwidth, and arrives with its first copy', async t => {
  const network = networkOf({ latencyMs: 0 }, 1, { bytesPerSecond: 1_000, duplicateRatio: 1 })
  t.equal(network.transitMs(0, 448, 1, 0), 500)
  t.equal(network.transitMs(0, 448, 1, 0), 1_500)
})

test('a message that overtakes takes no time, and a share of them does', async t => {
  const network = networkOf({}, 1, { reorderRatio: 0.3 })
  const transits = Array.from({ length: 1_000 }, () => network.transitMs(0, 100, 0, 0))
  const overtaking = transits.filter(transitMs => transitMs === 0).length
  t.ok(overtaking > 250 && overtaking < 350, `${overtaking} of 1,000`)
  t.ok(transits.every(transitMs => transitMs === 0 || transitMs === 50))
})

test('worse links hold for what their machines send, until they are taken away, and count what came of it', async t => {
  const network = networkOf()
  const worse = worseLinks([1], { latencyMs: 300, lossRatio: 0.5, duplicateRatio: 1 })
  const later = worseLinks([1, 2], { latencyMs: 400 })
  network.addWorseLinks(worse)
  const transits = Array.from({ length: 20 }, () => network.transitMs(0, 100, 1, 0))
  t.ok(transits.every(transitMs => transitMs >= 300))
  t.equal(network.transitMs(0, 100, 2, 0), 50)
  t.same([worse.sent, worse.duplicated, worse.overtaking, worse.held], [20, 20, 0, 0])
  t.ok(worse.lost > 0)
  network.addWorseLinks(later)
  t.equal(network.transitMs(0, 100, 2, 0), 400)
  t.ok(network.transitMs(0, 100, 1, 0) >= 400, 'what the last one says goes')
  network.removeWorseLinks(worse)
  network.removeWorseLinks(later)
  t.equal(network.transitMs(0, 100, 1, 0), 50)
  t.equal(worse.sent, 21)
})

test('a latency that a plan gives is that of every link; what it leaves out stays as it was', async t => {
  const host = { ...STILL, spreadMs: 20, jitterMs: 5 }
  t.same(withLinks(host, {}), host)
  t.same(withLinks(host, { lossRatio: 0.1 }), { ...host, lossRatio: 0.1 })
  t.same(withLinks(host, { latencyMs: 80 }), { ...STILL, latencyMs: 80 })
  t.same(withLinks(host, { latencyMs: 80, jitterMs: 9 }), { ...STILL, latencyMs: 80, jitterMs: 9 })
})

test('TCP tries again after ever longer waits', async t => {
  const queue = new EventQueue()
  const network = new Network(queue, STILL, seededRandom(1), 1)
  const retryAt = (nowMs: number) => {
    queue.at(nowMs, () => {})
    queue.step()
    return network.nextRetransmissionMs(0)
  }
  t.same([0, 301, 901, 2_101].map(retryAt), [300, 900, 2_100, 4_500])
})

test('what is sent over a connection arrives in order, whatever jitter, loss and cuts do', async t => {
  const simulation = simulationAt(5_000)
  const { world } = simulation
  const [sender] = simulation.world.machines.map(({ process }) => process!)
  const [neighbour] = [...sender!.neighbours]
  const receiver = world.machines[neighbour!]!.process!
  world.network.link = { ...STILL, jitterMs: 50, lossRatio: 0.05 }
  const taken: number[] = []
  receiver.driver.takeMessage = (_, message) => {
    // The nodes have things to say to each other, too.
    if ('number' in message) taken.push(message.number as number)
  }
  const sent = Array.from({ length: 160 }, (_, number) => number)
  const cut = oneWay([sender!.index], 'outbound')
  const { queue } = world
  for (const number of sent) {
    queue.at(queue.nowMs + 10 * number, () => {
      sender!.send(receiver.machine.peer, { type: 'ping', number } as never)
    })
  }
  queue.at(queue.nowMs + 600, () => world.network.addCut(cut))
  queue.at(queue.nowMs + 1_500, () => {
    t.ok(taken.length > 0 && taken.length < 70, 'the cut stops them')
    world.network.heal(cut)
  })
  for (const endMs = queue.nowMs + 10_000; queue.nextMs < endMs; ) queue.step()
  t.same(taken, sent)
  t.ok(cut.stopped > 0)
})

function networkOf(link: Partial<LinkModel> = {}, seed = 1, links: Links = {}): Network {
  return new Network(new EventQueue(), withLinks({ ...STILL, ...link }, links), seededRandom(seed), seed)
}
