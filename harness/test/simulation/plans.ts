/** Plans of a test's own. */
import type { Fault, Flapping, Links } from '../../src/faults/fault.ts'
import type { Judgement } from '../../src/judge/judgement.ts'
import type { Action, Bounds, Plan, PlannedNode, PlannedStep } from '../../src/scenario/plan.ts'
import { chanceFor, sample } from '../../src/simulation/chance.ts'
import { Simulation, type SimulationOptions } from '../../src/simulation/simulation.ts'
import { runSimulation, type SimulationResult } from '../../src/simulation/summary.ts'

/** The cold start of a small network is over by then. */
export const BREAK_AT_MS = 10_000

/** Each node is told of two of the first three, or of the first fiftieth. */
const NODES_PER_BOOTSTRAP = 50
const MIN_BOOTSTRAP = 3
const KNOWN_BOOTSTRAP = 2

export interface PlanInit {
  readonly nodes?: number
  readonly seed?: number
  readonly deadlineMs?: number
  readonly settleMs?: number
  readonly links?: Links
  /** Nodes that are there, but for a step that says `join`. */
  readonly absent?: number
  /** In the order in which they are to be; each gets an id and 30 s. */
  readonly steps?: readonly Omit<PlannedStep, 'id' | 'withinMs'>[]
  /** The run goes on at least until then. */
  readonly lastsMs?: number
  readonly bounds?: Bounds
  /** By node: whom it is told of. Default: some of the first ones. */
  readonly bootstrap?: (node: number) => readonly number[]
}

/** A cold start, and what else a test asks for. */
export function planOf(init: PlanInit = {}): Plan {
  const { nodes = 10, seed = 1, deadlineMs = 120_000, settleMs = 1_000, links = {}, absent = 0, lastsMs } = init
  const steps = [
    ...(init.steps ?? []),
    ...(lastsMs === undefined ? [] : [at(lastsMs, { type: 'wait', until: 'full' })])
  ]
  return {
    scenario: 'test',
    seed,
    nodes: nodesOf(nodes, seed, absent, init.bootstrap),
    links,
    steps: steps.map((step, index) => ({ id: `s${index + 1}`, withinMs: 30_000, ...step })),
    bounds: init.bounds ?? {},
    deadlineMs,
    settleMs
  }
}

/** What a run shows that went well, beside {@link shown}. */
export const PASS = { outcome: 'pass', findings: [] }

export function shown({ outcome, findings }: Judgement): Pick<Judgement, 'outcome' | 'findings'> {
  return { outcome, findings }
}

export function name(node: number): string {
  return `n${node + 1}`
}

export function at(
  atMs: number,
  action: Action,
  from: 'start' | 'full' = 'start'
): Omit<PlannedStep, 'id' | 'withinMs'> {
  return { begins: { type: 'at', atMs, from }, action }
}

export function next(action: Action): Omit<PlannedStep, 'id' | 'withinMs'> {
  return { begins: { type: 'next' }, action }
}

export function fault(fault: Fault, forMs?: number, flapping?: Flapping): Action {
  return { type: 'fault', fault, ...(forMs !== undefined && { forMs }), ...(flapping !== undefined && { flapping }) }
}

/** A fault once the network is up. */
export function broken(what: Fault, forMs?: number, atMs = BREAK_AT_MS): Omit<PlannedStep, 'id' | 'withinMs'> {
  return at(atMs, fault(what, forMs))
}

export function simulate(init: PlanInit = {}, options: Omit<SimulationOptions, 'plan'> = {}): SimulationResult {
  return runSimulation({ plan: planOf(init), ...options })
}

/** A network that is up, and stays as it is; stopped at `untilMs`, to be looked at. */
export function simulationAt(untilMs: number, init: PlanInit = {}): Simulation {
  const simulation = new Simulation({ plan: planOf({ settleMs: untilMs, ...init, deadlineMs: untilMs }) })
  simulation.run()
  return simulation
}

function nodesOf(nodes: number, seed: number, absent: number, bootstrap: PlanInit['bootstrap']): PlannedNode[] {
  const wellKnown = Math.min(nodes, Math.max(MIN_BOOTSTRAP, Math.ceil(nodes / NODES_PER_BOOTSTRAP)))
  const indices = Array.from({ length: wellKnown }, (_, index) => index)
  const random = chanceFor(seed, 'bootstrap')
  return Array.from({ length: nodes }, (_, node) => ({
    name: name(node),
    program: 'ours',
    bootstrap: (bootstrap?.(node) ?? sample(indices.slice(0, Math.min(node, wellKnown)), KNOWN_BOOTSTRAP, random)).map(
      name
    ),
    startsAtOnce: node < nodes - absent
  }))
}
