/** From a scenario to a plan: who, what and in which order, for a number of nodes and a seed. */
import type { NodeName } from '../../contract.ts'
import type { RouterKind } from '../../faults/routers.ts'
import type { Path } from '../../yaml/problem.ts'
import { planChance } from '../chance.ts'
import { ScenarioError } from '../file/read.ts'
import { type Action, type Beginning, type Bounds, MAX_NODES, MIN_NODES, type Plan, type PlannedStep } from '../plan.ts'
import type { Scenario } from '../scenario.ts'
import type { Amount, Selector } from '../selector.ts'
import { actionOf, applyTo, oneByOne, plannedLinks } from './actions.ts'
import { mostGoneOf, newcomersOf, planChurn } from './churn.ts'
import { Population, SelectionError } from './population.ts'
import { nodesOfPrograms, plannedPrograms, programsByNode } from './programs.ts'
import { lastsMs, withTimeToHeal } from './timeline.ts'

export interface PlanOptions {
  /** Those of the scenario if undefined, as is the seed. */
  readonly nodes?: number | undefined
  readonly seed?: number | undefined
  /** Chosen from what happens if undefined. */
  readonly deadlineMs?: number | undefined
  readonly settleMs: number
}

/** The deadline does not leave time for what is planned. The message names the seconds that do. */
export class DeadlineError extends Error {
  override name = 'DeadlineError'
}

const DEFAULT_NODES = 12
const DEFAULT_SEED = 1
const DEFAULT_WITHIN_MS = 30_000

/** One in so many nodes is one that the others are told of. */
const BOOTSTRAP: Amount = { type: 'share', ratio: 0.02 }

/** What a deadline leaves for the start and the books, where nobody gave one: some time, and more for each node. */
const START_MS = 30_000
const START_OF_NODE_MS = 300

/**
 * Pure: equal arguments give equal plans.
 *
 * @throws {ScenarioError} when the scenario asks for nodes that are not there
 * @throws {DeadlineError} when the deadline is too short
 */
export function planScenario(scenario: Scenario, options: PlanOptions): Plan {
  const nodes = options.nodes ?? scenario.nodes ?? nodesOfPrograms(scenario) ?? DEFAULT_NODES
  const seed = options.seed ?? scenario.seed ?? DEFAULT_SEED
  const population = populationOf(scenario, nodes, seed)
  putBehind(scenario, population, seed)
  const planned = planSteps(scenario, population, seed)
  const steps = withTimeToHeal(planned)
  return {
    scenario: scenario.name,
    seed,
    nodes: population.nodes,
    programs: plannedPrograms(scenario),
    links: plannedLinks(scenario.links ?? {}),
    steps,
    bounds: boundsOf(scenario),
    deadlineMs: deadlineOf(scenario, lastsMs(steps), Math.max(START_MS, longestWaitMs(planned)), nodes, options),
    settleMs: options.settleMs
  }
}

function populationOf(scenario: Scenario, nodes: number, seed: number): Population {
  const programs = orProblem(scenario, ['programs'], () => programsByNode(scenario, requireSize(nodes)))
  const { bootstrap = BOOTSTRAP } = scenario
  const bootstraps = bootstrap.type === 'count' ? bootstrap.count : Math.max(1, Math.floor(bootstrap.ratio * nodes))
  return orProblem(scenario, ['bootstrap'], () => {
    if (bootstraps <= nodes) return new Population(programs, bootstraps, planChance(seed, 'bootstrap'))
    throw new SelectionError(`${bootstraps} bootstrap nodes do not fit into ${nodes}; give the run more nodes`)
  })
}

/** Nodes that are named have their places before others are drawn. */
function putBehind(scenario: Scenario, population: Population, seed: number): void {
  const isDrawn = ([, { type }]: readonly [string, Selector]) => type === 'count' || type === 'share'
  const wanted = Object.entries(scenario.behind ?? {}) as [RouterKind, Selector][]
  for (const [kind, selector] of [...wanted.filter(each => !isDrawn(each)), ...wanted.filter(isDrawn)]) {
    const chance = planChance(seed, `behind ${kind}`)
    orProblem(scenario, ['behind', kind], () => population.putBehind(kind, selector, chance))
  }
}

function requireSize(nodes: number): number {
  if (nodes >= MIN_NODES && nodes <= MAX_NODES) return nodes
  throw new SelectionError(`a run has ${MIN_NODES} to ${MAX_NODES} nodes, not ${nodes}`)
}

function planSteps(scenario: Scenario, population: Population, seed: number): PlannedStep[] {
  const { steps = [] } = scenario
  // Nodes that come later are set aside first, so that no step before touches them.
  const newcomers = steps.map((step, index): NodeName[] =>
    orProblem(scenario, pathOf(scenario, index), () => {
      if ('join' in step) return population.keepForLater(step.join)
      const count = 'churn' in step ? newcomersOf(step, population.nodes.length) : 0
      return count === 0 ? [] : population.keepForLater({ type: 'count', count })
    })
  )
  return steps.flatMap((_, index) =>
    orProblem(scenario, pathOf(scenario, index), () =>
      planStep({ scenario, index, newcomers: newcomers[index]!, population, seed })
    )
  )
}

interface StepOfPlan {
  readonly scenario: Scenario
  readonly index: number
  /** Nodes that were set aside for it. */
  readonly newcomers: NodeName[]
  readonly population: Population
  readonly seed: number
}

/** One planned step, or several after each other. */
function planStep({ scenario, index, newcomers, population, seed }: StepOfPlan): PlannedStep[] {
  const step = scenario.steps![index]!
  const chance = planChance(seed, `step ${index}`)
  const begins = beginningOf(step, index)
  if ('churn' in step) {
    const mostGone = mostGoneOf(step, population.nodes.length)
    const events = planChurn(step, { newcomers, mostGone }, population, chance)
    return series(events, begins, index, step.within)
  }
  const action = actionOf(step, population, chance, newcomers)
  applyTo(population, action, chance)
  const spreadMs = 'spread' in step ? step.spread : undefined
  if (spreadMs === undefined) return [{ id: `s${index + 1}`, begins, action, withinMs: withinOf(action, step.within) }]
  const actions = oneByOne(action)
  const events = actions.map((action, turn) => ({ atMs: Math.round((turn * spreadMs) / actions.length), action }))
  return series(events, begins, index, step.within)
}

function beginningOf(
  {
    at,
    from = 'full',
    after
  }: { at?: number | undefined; from?: 'full' | 'start' | undefined; after?: number | undefined },
  index: number
): Beginning {
  if (at !== undefined) return { type: 'at', atMs: at, from }
  // Nothing can be broken before it is whole.
  if (index === 0) return { type: 'at', atMs: after ?? 0, from: 'full' }
  return { type: 'next', ...(after !== undefined && { afterMs: after }) }
}

/** Steps at times that count from the begin of the first; where that is not known, each counts from the one before. */
function series(
  events: readonly { atMs: number; action: Action }[],
  begins: Beginning,
  index: number,
  within: number | undefined
): PlannedStep[] {
  return events.map(({ atMs, action }, turn) => ({
    id: `s${index + 1}.${turn + 1}`,
    begins: turn === 0 ? begins : later(begins, atMs, atMs - events[turn - 1]!.atMs),
    action,
    withinMs: withinOf(action, within)
  }))
}

function later(begins: Beginning, byMs: number, sinceLastMs: number): Beginning {
  return begins.type === 'at' ? { ...begins, atMs: begins.atMs + byMs } : { type: 'next', afterMs: sinceLastMs }
}

/** The time between end and new start of a node is not counted. */
function withinOf(action: Action, within = DEFAULT_WITHIN_MS): number {
  return action.type === 'restart' ? within + action.afterMs : within
}

function boundsOf({ bounds = {} }: Scenario): Bounds {
  const { convergeWithin, detectWithin, reconvergeWithin, falseDrops, changesOfMind, maxBytesPerSecond } = bounds
  return {
    ...(convergeWithin !== undefined && { convergeWithinMs: convergeWithin }),
    ...(detectWithin !== undefined && { detectWithinMs: detectWithin }),
    ...(reconvergeWithin !== undefined && { reconvergeWithinMs: reconvergeWithin }),
    ...(falseDrops !== undefined && { falseDrops }),
    ...(changesOfMind !== undefined && { changesOfMind }),
    ...(maxBytesPerSecond !== undefined && { maxBytesPerSecond })
  }
}

function longestWaitMs(steps: readonly PlannedStep[]): number {
  return Math.max(0, ...steps.map(({ action, withinMs }) => (action.type === 'wait' ? withinMs : 0)))
}

/** @param spareMs - beyond the plan's own time: a wait is missed when its time is over, not for the end of the run */
function deadlineOf(
  { name }: Scenario,
  planMs: number,
  spareMs: number,
  nodes: number,
  { deadlineMs, settleMs }: PlanOptions
): number {
  const leastMs = planMs + settleMs
  const goodMs = Math.ceil((leastMs + spareMs + START_OF_NODE_MS * nodes) / 1_000) * 1_000
  if (deadlineMs === undefined) return goodMs
  if (deadlineMs > leastMs) return deadlineMs
  const needed = `${name} takes ${planMs / 1_000} s, and ${settleMs / 1_000} s to settle`
  throw new DeadlineError(
    `${needed}: the deadline must be longer than ${leastMs / 1_000} s, not ${deadlineMs / 1_000} s; ${goodMs / 1_000} s leave time for the start`
  )
}

/** Of the key that names the nodes of a step. */
function pathOf({ steps = [] }: Scenario, index: number): Path {
  return ['steps', index, Object.keys(steps[index]!)[0]!]
}

function orProblem<T>(scenario: Scenario, path: Path, make: () => T): T {
  try {
    return make()
  } catch (error) {
    if (!(error instanceof SelectionError)) throw error
    throw new ScenarioError(scenario.source, [{ path, message: error.message }])
  }
}
