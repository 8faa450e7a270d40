/** Churn: random nodes leave, crash, join, restart or pause, one event after the other. */
import type { NodeName } from '../../contract.ts'
import { type Chance, sample } from '../chance.ts'
import type { CHURN_KINDS, ScenarioStep } from '../file/step-schemas.ts'
import type { Action } from '../plan.ts'
import { actedOn, applyTo } from './actions.ts'
import type { Population } from './population.ts'

export type ChurnStep = Extract<ScenarioStep, { churn: unknown }>
export type ChurnKind = (typeof CHURN_KINDS)[number]

export interface ChurnEvent {
  /** From the begin of the churn. */
  readonly atMs: number
  readonly action: Action
}

const DEFAULT_KINDS: readonly ChurnKind[] = ['leave', 'crash', 'join', 'restart']
const PAUSE_MS = 1_000

/** The time between two events is up to so much of itself longer or shorter. */
const SPREAD_RATIO = 0.5

/** How many nodes may be gone at a time, of so many. */
export function mostGoneOf({ churn }: ChurnStep, nodes: number): number {
  return churn.type === 'count' ? churn.count : Math.max(1, Math.floor(churn.ratio * nodes))
}

/** How many nodes are kept to join: as many as may be gone, but no more than are likely to get their turn. */
export function newcomersOf(step: ChurnStep, nodes: number): number {
  const kinds = kindsOf(step)
  if (!kinds.includes('join')) return 0
  return Math.min(mostGoneOf(step, nodes), Math.ceil(step.until / step.every / kinds.length))
}

/**
 * The nodes that others are told of when they start take no part. What cannot happen at a time (nobody is left to join, too
 * many are gone) is not among the choices then.
 *
 * @param newcomers - kept for this step: they can join
 * @param mostGone - nodes at a time
 */
export function planChurn(
  step: ChurnStep,
  { newcomers, mostGone }: { newcomers: readonly NodeName[]; mostGone: number },
  population: Population,
  chance: Chance
): ChurnEvent[] {
  const { for: pauseMs = PAUSE_MS } = step
  const waiting = [...newcomers]
  const gone: NodeName[] = []
  const pausedUntilMs = new Map<NodeName, number>()
  const events: ChurnEvent[] = []
  for (const atMs of timesOf(step, chance)) {
    const up = population.ordinary('up').filter(node => (pausedUntilMs.get(node) ?? 0) <= atMs)
    const possible = kindsOf(step).filter(kind => {
      if (kind === 'join') return waiting.length > 0
      if (kind === 'restart') return gone.length > 0 || up.length > 0
      return up.length > 0 && (kind === 'pause' || gone.length < mostGone)
    })
    const [kind] = sample(possible, 1, chance)
    if (kind === undefined) continue
    const action = eventOf(kind, { up, gone, waiting, pauseMs }, chance)
    if (kind === 'pause') for (const node of actedOn(action)) pausedUntilMs.set(node, atMs + pauseMs)
    else applyTo(population, action, chance)
    events.push({ atMs, action })
  }
  return events
}

function eventOf(
  kind: ChurnKind,
  { up, gone, waiting, pauseMs }: { up: NodeName[]; gone: NodeName[]; waiting: NodeName[]; pauseMs: number },
  chance: Chance
): Action {
  const nodes = sample(up, 1, chance)
  switch (kind) {
    case 'join':
      return { type: 'join', nodes: waiting.splice(0, 1) }
    case 'leave':
      gone.push(...nodes)
      return { type: 'leave', nodes }
    case 'crash':
      gone.push(...nodes)
      return { type: 'fault', fault: { type: 'kill', nodes } }
    case 'pause':
      return { type: 'fault', fault: { type: 'pause', nodes }, forMs: pauseMs }
    case 'restart': {
      const key = chance() < 0.5 ? 'same' : 'new'
      return { type: 'restart', nodes: gone.length > 0 ? gone.splice(0, 1) : nodes, key, afterMs: 0 }
    }
  }
}

/** The first event comes at once. */
function timesOf({ every, until }: ChurnStep, chance: Chance): number[] {
  const times: number[] = []
  for (let atMs = 0; atMs < until; ) {
    times.push(atMs)
    atMs += Math.max(1, Math.round(every * (1 + SPREAD_RATIO * (2 * chance() - 1))))
  }
  return times
}

function kindsOf({ of }: ChurnStep): readonly ChurnKind[] {
  return of ?? DEFAULT_KINDS
}
