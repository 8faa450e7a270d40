import type { Announcement } from '@gossip-discovery/libp2p/core'
import type { Plan } from '../../src/scenario/plan.ts'
import type { Core } from '../../src/simulation/host/world.ts'
import { Dial } from '../../src/simulation/net/dial.ts'
import { Simulation } from '../../src/simulation/simulation.ts'
import {
  ANNOUNCEMENTS,
  DRAIN_MS,
  ENVELOPE_BYTES,
  FORMING_MS,
  type Graph,
  LATENCY_MS,
  PUBLISH_INTERVAL_MS,
  type Spread,
  spreadOf
} from './spread.ts'

/** No discovery: connections are made by hand, announcements by the caller. */
const IDLE_CORE = {
  handle: () => [],
  dueMs: Number.POSITIVE_INFINITY,
  interestIn: () => 'news',
  book: { size: 0, tombstones: 0, get: () => undefined, values: () => [] }
} as unknown as Core

const LAST_PUBLISH_MS = FORMING_MS + ANNOUNCEMENTS * PUBLISH_INTERVAL_MS
const END_MS = LAST_PUBLISH_MS + DRAIN_MS

/** Announcements on the model. */
export function modelSpread({ nodes, dials }: Graph, seed: number): Spread {
  const plan: Plan = {
    scenario: 'gossipsub model',
    seed,
    nodes: Array.from({ length: nodes }, (_, node) => {
      return { name: `n${node + 1}`, program: 'model', bootstrap: [], startsAtOnce: true }
    }),
    links: { latencyMs: LATENCY_MS, jitterMs: 1 },
    steps: [],
    bounds: {},
    deadlineMs: END_MS,
    settleMs: END_MS
  }
  const simulation = new Simulation({ plan, createCore: () => IDLE_CORE })
  const { queue, traffic, machines } = simulation.world
  const delaysMs: number[] = []
  const received = { copies: 0, bytes: 0 }
  // All nodes have started by then.
  queue.at(1_000, () => {
    for (const [dialler, listener] of dials) {
      new Dial(machines[dialler]!.process!, machines[listener]!.target).start(10_000)
    }
  })
  queue.at(FORMING_MS, () => {
    received.copies = -copiesOf(traffic)
    received.bytes = -traffic.total().bytes
  })
  for (let number = 0; number < ANNOUNCEMENTS; number++) {
    queue.at(FORMING_MS + number * PUBLISH_INTERVAL_MS, () => publish(simulation, number % nodes, number, delaysMs))
  }
  simulation.run()
  received.copies += copiesOf(traffic)
  received.bytes += traffic.total().bytes
  return spreadOf(nodes, delaysMs, received.copies, received.bytes, END_MS - FORMING_MS)
}

function copiesOf(traffic: Simulation['world']['traffic']): number {
  return traffic.messages.gossip.reduce((sum, count) => sum + count, 0)
}

function publish(simulation: Simulation, author: number, number: number, delaysMs: number[]): void {
  const { queue, machines } = simulation.world
  const publishedMs = queue.nowMs
  for (const { process } of machines) {
    process!.driver.takeGossip = (_, record) => {
      delaysMs.push(process!.nowMs - record.issuedAtMs)
      return true
    }
  }
  const machine = machines[author]!
  const announcement: Announcement = {
    peer: machine.peer,
    epoch: 1,
    seq: number,
    name: 'n1',
    addrs: [machine.addr],
    metadata: new Map(),
    ttlMs: 30_000,
    leaving: false
  }
  const record = machine.issuer.sign(announcement, publishedMs)
  if (record.envelope.byteLength !== ENVELOPE_BYTES)
    throw new Error(`an envelope of ${record.envelope.byteLength} bytes`)
  machine.process!.gossip.publish(record)
}
