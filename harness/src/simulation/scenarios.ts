import type { Random } from '@gossip-discovery/libp2p/core'
import { sample } from './chance.ts'
import type { PlannedFault } from './faults.ts'
import type { LinkModel } from './net/network.ts'

/** What is to happen in a simulation: planned as a whole before it begins, so that it can be printed, repeated and cut down. */
export interface Plan {
  readonly link: LinkModel
  /** By machine, in ms: when its node starts. */
  readonly startsMs: readonly number[]
  /** By machine: the machines of the nodes that it knows from the start. */
  readonly bootstrap: readonly (readonly number[])[]
  /** Nodes that are there from the beginning. */
  readonly firstWave: number
  readonly faults: readonly PlannedFault[]
  /** The run goes on at least until then, though all be well. */
  readonly lastsMs: number
}

/** Options of a plan. */
export interface PlanInit {
  readonly nodes: number
  readonly deadlineMs: number
  readonly random: Random
}

/** By its name on the command line. */
export const SCENARIOS = {
  calm: {
    about: 'a cold start over good links of 50 ms, nothing breaks',
    plan: init => coldStart(init)
  },
  steady: {
    about: 'calm, and then nothing for ten minutes: what a network costs that is at rest',
    plan: init => ({ ...coldStart(init), lastsMs: Math.min(600_000, init.deadlineMs / 2) })
  },
  lossy: {
    about: '5 % loss, 50 +- 50 ms, and random nodes paused for 1 s, for an hour',
    plan: init => lossy(init)
  },
  split: {
    about: 'two halves cannot reach each other for 60 s',
    plan: init => broken(init, half(init), { type: 'partition', direction: 'both' }, 60_000)
  },
  'one-way': {
    about: 'for 60 s, what a tenth of the nodes send reaches nobody else',
    plan: init => broken(init, some(init, init.nodes / 10), { type: 'partition', direction: 'outbound' }, 60_000)
  },
  'late-joiner': {
    about: 'one more node comes to a network that is complete',
    plan: init => lateJoiner(init)
  },
  crash: {
    about: 'one process is killed',
    plan: init => broken(init, some(init, 1), { type: 'kill' })
  },
  restart: {
    about: 'one process is killed, and starts again 5 s later under its key',
    plan: init => broken(init, some(init, 1), { type: 'kill' }, 5_000)
  },
  'power-off': {
    about: 'one machine goes dark: no connection is reset',
    plan: init => broken(init, some(init, 1), { type: 'power-off' })
  },
  leave: {
    about: 'one node says farewell',
    plan: init => broken(init, some(init, 1), { type: 'leave' })
  },
  freeze: {
    about: 'one process is stopped for 30 s',
    plan: init => broken(init, some(init, 1), { type: 'pause' }, 30_000)
  }
} satisfies Record<string, { about: string; plan: (init: PlanInit) => Plan }>

export type ScenarioName = keyof typeof SCENARIOS

const GOOD_LINKS: LinkModel = { latencyMs: 50, spreadMs: 20, jitterMs: 5, lossRatio: 0, dialFailureRatio: 0 }
const BAD_LINKS: LinkModel = { latencyMs: 50, spreadMs: 0, jitterMs: 50, lossRatio: 0.05, dialFailureRatio: 0.01 }

/** All nodes start within this time. */
const COLD_START_MS = 1_000

/** The cold start is over by then, whatever the size. */
const BREAK_AT_MS = 20_000

/** Well-known nodes: one in so many, and at least 3 if there are as many. Each node knows 2 of them. */
const NODES_PER_BOOTSTRAP = 50
const MIN_BOOTSTRAP = 3
const KNOWN_BOOTSTRAP = 2

const PAUSE_MS = 1_000

/** Each node is paused once in this time, on average. */
const PAUSE_EVERY_MS = 100_000
const LOSSY_MS = 3_600_000

function coldStart({ nodes, random }: PlanInit): Plan {
  const wellKnown = Math.min(nodes, Math.max(MIN_BOOTSTRAP, Math.ceil(nodes / NODES_PER_BOOTSTRAP)))
  const indices = Array.from({ length: wellKnown }, (_, index) => index)
  return {
    link: GOOD_LINKS,
    startsMs: Array.from({ length: nodes }, (_, index) => (index < wellKnown ? 0 : random() * COLD_START_MS)),
    bootstrap: Array.from({ length: nodes }, (_, index) =>
      sample(indices.slice(0, Math.min(index, wellKnown)), KNOWN_BOOTSTRAP, random)
    ),
    firstWave: nodes,
    faults: [],
    lastsMs: 0
  }
}

function lateJoiner(init: PlanInit): Plan {
  const plan = coldStart(init)
  return { ...plan, startsMs: plan.startsMs.with(-1, BREAK_AT_MS), firstWave: init.nodes - 1 }
}

type NodeFault<T = PlannedFault['fault']> = T extends { nodes: unknown } ? Omit<T, 'nodes'> : never

/** A cold start, and one fault when it is over. */
function broken(init: PlanInit, nodes: readonly number[], fault: NodeFault, forMs?: number): Plan {
  const planned: PlannedFault = {
    fault: { ...fault, nodes } as PlannedFault['fault'],
    atMs: BREAK_AT_MS,
    ...(forMs !== undefined && { untilMs: BREAK_AT_MS + forMs })
  }
  return { ...coldStart(init), faults: [planned] }
}

function lossy(init: PlanInit): Plan {
  const { nodes, deadlineMs, random } = init
  const lastsMs = Math.min(LOSSY_MS, deadlineMs * 0.9)
  const pauses = Math.round(((lastsMs - BREAK_AT_MS) / PAUSE_EVERY_MS) * nodes)
  const faults = Array.from({ length: Math.max(0, pauses) }, () => {
    const atMs = BREAK_AT_MS + Math.round(random() * (lastsMs - BREAK_AT_MS - PAUSE_MS))
    const node = Math.floor(random() * nodes)
    return { fault: { type: 'pause', nodes: [node] }, atMs, untilMs: atMs + PAUSE_MS } satisfies PlannedFault
  })
  return { ...coldStart(init), link: BAD_LINKS, faults: faults.sort((a, b) => a.atMs - b.atMs), lastsMs }
}

function half(init: PlanInit): number[] {
  return some(init, init.nodes / 2)
}

function some({ nodes, random }: PlanInit, count: number): number[] {
  const indices = Array.from({ length: nodes }, (_, index) => index)
  return sample(indices, Math.max(1, Math.floor(count)), random)
}
