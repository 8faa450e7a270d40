/** A scenario that is made up, with every node named: it can be cut down step by step and node by node, and written as a file. */
import { stringify } from 'yaml'
import { readScenario } from '../scenario/file/read.ts'
import { printDuration } from '../scenario/file/values.ts'
import type { Scenario } from '../scenario/scenario.ts'

/** What a step may do; the word of the scenario file, and two that a file says by other keys. */
export type DraftKind =
  | 'kill'
  | 'power-off'
  | 'pause'
  | 'starve'
  | 'partition'
  | 'flapping'
  | 'isolate'
  | 'one-way'
  | 'links'
  | 'clock'
  | 'join'
  | 'leave'
  | 'restart'

export interface DraftStep {
  readonly kind: DraftKind
  /** Numbers of the nodes, from 1, both ends included. */
  readonly first: number
  readonly last: number
  /** After all books were full for the first time. */
  readonly atMs: number
  /** How long a fault lasts, or a restarted node is away; for good if undefined. */
  readonly forMs?: number
  /** Keys of the step beside those, as the file has them. */
  readonly keys?: Readonly<Record<string, string>>
}

export interface Draft {
  readonly seed: number
  readonly nodes: number
  /** So many first nodes are those that the others are told of. */
  readonly bootstraps: number
  /** By time. */
  readonly steps: readonly DraftStep[]
}

/** A flapping fault is in force for the first part of each turn. */
export const FLAP_ON_MS = 3_000
export const FLAP_TURN_MS = 8_000

/** No fault is made shorter than this: a short one may have no effect that proves it. */
const SHORTEST_MS = 2_000

/**
 * How long everybody has, once all faults are healed: an entry whose peer went along with everybody who could have noticed it stays for its
 * ttl of 30 s, and in the book of a node that was paused for as long as the pause took.
 */
const WHOLE_WITHIN = '45s'

/** The file, which `test-network run` reads. */
export function scenarioText({ seed, nodes, bootstraps, steps }: Draft): string {
  return stringify({
    about: `random faults, made up by test-network explore`,
    nodes,
    seed,
    bootstrap: bootstraps,
    steps: [...steps.map(stepOf), { wait: 'whole', within: WHOLE_WITHIN }],
    bounds: steps.some(({ kind }) => kind === 'flapping') ? {} : { falseDrops: 0 }
  })
}

/** As it is read from its file, so that the file repeats exactly what was run. */
export function scenarioOf(draft: Draft, name: string): Scenario {
  return readScenario(scenarioText(draft), { name, file: `${name}.yaml` })
}

/**
 * The same with fewer nodes: those that no step names go first, from the last on; steps without nodes go with theirs.
 *
 * @returns undefined when nobody is left to be told of
 */
export function withNodes(draft: Draft, nodes: number): Draft | undefined {
  if (nodes <= draft.bootstraps) return undefined
  let smaller = draft
  while (smaller.nodes > nodes) {
    const numbers = Array.from({ length: smaller.nodes - draft.bootstraps }, (_, index) => smaller.nodes - index)
    const unnamed = numbers.find(number => !smaller.steps.some(step => names(step, number)))
    smaller = withoutNode(smaller, unnamed ?? smaller.nodes)
  }
  return smaller
}

/** One node instead of several, one node fewer, half as long: each alone. */
export function simpler(step: DraftStep): DraftStep[] {
  const { kind, first, last, forMs } = step
  const shortestMs = kind === 'flapping' ? FLAP_TURN_MS : SHORTEST_MS
  const halfMs = Math.round((forMs ?? 0) / 2)
  return [
    ...(last > first ? [{ ...step, last: first }] : []),
    ...(last > first + 1 ? [{ ...step, last: last - 1 }] : []),
    ...(kind !== 'restart' && halfMs >= shortestMs ? [{ ...step, forMs: halfMs }] : [])
  ]
}

export function names({ first, last }: DraftStep, node: number): boolean {
  return node >= first && node <= last
}

/** The nodes after it move up. */
function withoutNode(draft: Draft, node: number): Draft {
  const steps = draft.steps.flatMap(step => {
    const first = step.first > node ? step.first - 1 : step.first
    const last = step.last >= node ? step.last - 1 : step.last
    return last < first ? [] : [{ ...step, first, last }]
  })
  return { ...draft, nodes: draft.nodes - 1, steps }
}

function stepOf({ kind, first, last, atMs, forMs, keys }: DraftStep): Record<string, string> {
  return {
    [kind === 'flapping' ? 'partition' : kind]: first === last ? `n${first}` : `n${first}..n${last}`,
    at: printDuration(atMs),
    ...lastingOf(kind, forMs),
    ...keys
  }
}

function lastingOf(kind: DraftKind, forMs: number | undefined): Record<string, string> {
  if (forMs === undefined) return {}
  const duration = printDuration(forMs)
  if (kind === 'restart') return { down: duration }
  if (kind !== 'flapping') return { for: duration }
  return { for: printDuration(FLAP_ON_MS), every: printDuration(FLAP_TURN_MS), until: duration }
}
