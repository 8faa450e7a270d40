/** What a step does, with the nodes that it does it to. */
import type { NodeName } from '../../contract.ts'
import type { Fault, Flapping, Links } from '../../faults/fault.ts'
import type { Chance } from '../chance.ts'
import type { ScenarioStep } from '../file/step-schemas.ts'
import type { Action } from '../plan.ts'
import type { Selector } from '../selector.ts'
import { type Population, SelectionError } from './population.ts'

const DEFAULT_DOWN_MS = 1_000

/** Steps that plan one action for all of their nodes, or one for each. */
export type SingleStep = Exclude<ScenarioStep, { churn: unknown }>

/**
 * Chooses the nodes of a step.
 *
 * @param joining - the nodes that were kept for this step, if it is a `join`
 * @throws {SelectionError}
 */
export function actionOf(step: SingleStep, population: Population, chance: Chance, joining: NodeName[]): Action {
  if ('wait' in step) return { type: 'wait', until: step.wait }
  if ('join' in step) return { type: 'join', nodes: joining }
  if ('leave' in step) return { type: 'leave', nodes: population.running(step.leave, chance) }
  if ('restart' in step) {
    const nodes = population.restartable(step.restart, chance)
    return { type: 'restart', nodes, key: step.key ?? 'same', afterMs: step.down ?? DEFAULT_DOWN_MS }
  }
  return { type: 'fault', fault: faultOf(step, population, chance), ...lastingOf(step) }
}

/** Whom an action is done to, apart from partitions, whose groups are nothing without each other. */
export function actedOn(action: Action): readonly NodeName[] {
  if (action.type === 'wait') return []
  if (action.type !== 'fault') return action.nodes
  return action.fault.type === 'partition' ? [] : action.fault.nodes
}

/** One action for each node, in the order in which they were chosen. */
export function oneByOne(action: Action): Action[] {
  return actedOn(action).map(node => {
    if (action.type === 'fault') return { ...action, fault: { ...action.fault, nodes: [node] } as Fault }
    return { ...action, nodes: [node] } as Action
  })
}

/** What becomes of the nodes for the steps that follow. */
export function applyTo(population: Population, action: Action, chance: Chance): void {
  if (action.type === 'join') population.join(action.nodes, chance)
  else if (action.type === 'leave') population.mark(action.nodes, 'gone')
  else if (action.type === 'restart') population.restart(action.nodes)
  else if (action.type === 'fault') applyFault(population, action)
  else if (action.until !== 'noticed') population.recover()
}

type FaultStep = Exclude<SingleStep, { wait: unknown } | { join: unknown } | { leave: unknown } | { restart: unknown }>

function faultOf(step: FaultStep, population: Population, chance: Chance): Fault {
  const choose = (selector: Selector) => population.running(selector, chance)
  if ('kill' in step) return { type: 'kill', nodes: choose(step.kill) }
  if ('power-off' in step) return { type: 'power-off', nodes: choose(step['power-off']) }
  if ('pause' in step) return { type: 'pause', nodes: choose(step.pause) }
  if ('starve' in step) return { type: 'starve', nodes: choose(step.starve), runMs: step.run, stopMs: step.stop }
  if ('one-way' in step) {
    return { type: 'one-way', nodes: choose(step['one-way']), direction: step.direction ?? 'outbound' }
  }
  if ('links' in step) return { type: 'links', nodes: choose(step.links), links: plannedLinks(step) }
  if ('nat-changes' in step) {
    return { type: 'nat-changes', nodes: population.behindRouters(step['nat-changes'], chance) }
  }
  if ('clock' in step) return { type: 'clock', nodes: choose(step.clock), offsetMs: step.by }
  const groups =
    'isolate' in step
      ? choose(step.isolate).map(node => [node])
      : groupsOf(Array.isArray(step.partition) ? step.partition : [step.partition], population, chance)
  return { type: 'partition', groups: requireOthers(groups, population, chance) }
}

function groupsOf(selectors: readonly Selector[], population: Population, chance: Chance): NodeName[][] {
  const taken = new Set<NodeName>()
  return selectors.map(selector => {
    const group = population.running(selector, chance, taken)
    const twice = group.find(node => taken.has(node))
    if (twice !== undefined) throw new SelectionError(`${twice} is in two groups; a node is in one, or in none`)
    for (const node of group) taken.add(node)
    return group
  })
}

/** Nodes that no group names are one more group. */
function requireOthers(groups: NodeName[][], population: Population, chance: Chance): NodeName[][] {
  const running = population.running({ type: 'all' }, chance).length
  if (groups.length === 1 && groups[0]!.length === running) {
    throw new SelectionError('nobody is left to be cut off from; choose fewer nodes, or several groups')
  }
  return groups
}

/** Also of the links at the top of a scenario. */
export function plannedLinks(given: {
  latency?: number | undefined
  jitter?: number | undefined
  loss?: number | undefined
  duplicates?: number | undefined
  reordering?: number | undefined
  bandwidth?: number | undefined
}): Links {
  const { latency, jitter, loss, duplicates, reordering, bandwidth } = given
  return {
    ...(latency !== undefined && { latencyMs: latency }),
    ...(jitter !== undefined && { jitterMs: jitter }),
    ...(loss !== undefined && { lossRatio: loss }),
    ...(duplicates !== undefined && { duplicateRatio: duplicates }),
    ...(reordering !== undefined && { reorderRatio: reordering }),
    ...(bandwidth !== undefined && { bytesPerSecond: bandwidth })
  }
}

function lastingOf(step: FaultStep): { forMs?: number; flapping?: Flapping } {
  if (step.for === undefined) return {}
  if (step.every === undefined || step.until === undefined) return { forMs: step.for }
  return { forMs: step.until, flapping: { onMs: step.for, offMs: step.every - step.for } }
}

const OF_THE_NETWORK: ReadonlySet<Fault['type']> = new Set(['one-way', 'links', 'nat-changes'])

/** Only what a node itself goes through keeps it from being drawn again meanwhile: behind a cut it can still be killed. */
function applyFault(population: Population, { fault, forMs }: Extract<Action, { type: 'fault' }>): void {
  if (fault.type === 'partition' || OF_THE_NETWORK.has(fault.type)) return
  const endsForGood = forMs === undefined && (fault.type === 'kill' || fault.type === 'power-off')
  population.mark(fault.nodes, endsForGood ? 'gone' : 'away')
}
