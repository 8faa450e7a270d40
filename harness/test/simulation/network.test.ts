import { seededRandom } from '@gossip-discovery/libp2p/core'
import fc from 'fast-check'
import { test } from 'tap'
import { EventQueue } from '../../src/simulation/host/event-queue.ts'
import { type Cut, type LinkModel, Network } from '../../src/simulation/net/network.ts'
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
      t.ok(Math.abs(network.transitMs(deviation, 100) - baseMs) <= jitterMs)
    })
  )
})

test('links differ', async t => {
  const network = networkOf({ spreadMs: 20 })
  t.equal(new Set([1, 2, 3, 4].map(other => network.deviation(0, other))).size, 4)
})

test('loss delays a share of the messages by at least one retransmission, and none is faster for it', async t => {
  const network = networkOf({ lossRatio: 0.05 })
  const transits = Array.from({ length: 10_000 }, () => network.transitMs(0, 100))
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
    return Array.from({ length: 1_000 }, () => network.transitMs(0, bytes)).filter(transitMs => transitMs > 50).length
  }
  t.ok(delayed(50_000) > 5 * delayed(100))
})

test('a cut stops what it says, until it heals', async t => {
  const pairs = { both: [true, true], outbound: [true, false], inbound: [false, true] } as const
  for (const [direction, [out, back]] of Object.entries(pairs)) {
    const network = networkOf()
    const cut: Cut = { members: new Set([1, 2]), direction: direction as Cut['direction'], stopped: 0 }
    network.addCut(cut)
    t.same([network.isCut(1, 5), network.isCut(5, 1)], [out, back], direction)
    t.same([network.isCut(1, 2), network.isCut(5, 6)], [false, false], 'neither within nor beyond')
    t.equal(cut.stopped, Number(out) + Number(back))
    network.heal(cut)
    t.same([network.isCut(1, 5), network.isCut(5, 1)], [false, false], 'healed')
  }
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
  const cut: Cut = { members: new Set([sender!.index]), direction: 'outbound', stopped: 0 }
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

function networkOf(link: Partial<LinkModel> = {}, seed = 1): Network {
  return new Network(new EventQueue(), { ...STILL, ...link }, seededRandom(seed), seed)
}
