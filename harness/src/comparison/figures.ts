/** What a run of a comparison shows in figures. */
import type { Network } from '../history/observed.ts'
import type { Phase } from '../judge/judgement.ts'
import { falseDropsIn, liveDropsIn } from '../judge/metrics.ts'
import type { Judged } from '../reports/judged.ts'
import type { ComparedName } from '../reports/words/figures/compared.ts'
import { comparedCosts } from './costs.ts'
import { type ComparedScenarioName, STEPS } from './names.ts'

/** By name; Infinity for what the run did not come to, though it was waited for. */
export type ComparedFigures = Readonly<Partial<Record<ComparedName, number>>>

/** Undefined values are of what this run did not ask for, or could not measure. */
type Found = Readonly<Partial<Record<ComparedName, number | undefined>>>

const NEVER = Number.POSITIVE_INFINITY

/** Each figure comes from one scenario. */
export function comparedFigures(scenario: ComparedScenarioName, judged: Judged): ComparedFigures {
  const found = FIGURES_OF[scenario](judged)
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined))
}

const FIGURES_OF: Readonly<Record<ComparedScenarioName, (judged: Judged) => Found>> = {
  life: lifeFigures,
  strain: ({ network }) =>
    // Only faults make it a strain: without full books it did not come to them.
    network.faultTimes.length === 0
      ? {}
      : { 'false-drops': falseDropsIn(network).length, 'live-drops': liveDropsIn(network).length },
  split: ({ network, judgement: { phases } }) => {
    const whole = phases.find(({ name, fault }) => name === 'whole' && fault === STEPS.split.partition)
    return isPlanned(network, STEPS.split.partition) ? { healed: lastedMs(whole) } : {}
  }
}

function lifeFigures(judged: Judged): Found {
  const { network, judgement } = judged
  const [start, full] = (['start', 'full'] as const).map(name => judgement.phases.find(phase => phase.name === name))
  const { joiner, crash } = STEPS.life
  return {
    start: lastedMs(start),
    full: start?.toMs === undefined || full?.toMs === undefined ? NEVER : Math.max(0, full.toMs - start.toMs),
    joined: joinedMs(network, joiner),
    ...(isPlanned(network, crash) && {
      noticed: lastedMs(judgement.phases.find(({ name, fault }) => name === 'noticed' && fault === crash)),
      ghost: ghostMs(network)
    }),
    ...comparedCosts(judged, joiner)
  }
}

function isPlanned({ plannedSteps }: Network, step: string): boolean {
  return plannedSteps.has(step)
}

function lastedMs(phase: Phase | undefined): number {
  return phase?.toMs === undefined ? NEVER : phase.toMs - phase.fromMs
}

/** The one node that a step starts, if it has begun. */
function newcomerOf({ plannedSteps, nodes }: Network, step: string) {
  const action = plannedSteps.get(step)?.action
  const [name] = action?.type === 'join' ? action.nodes : []
  return name === undefined ? undefined : nodes.get(name)?.at(-1)
}

function joinedMs(network: Network, step: string): number {
  const readyMs = newcomerOf(network, step)?.readyAtMs ?? NEVER
  const span = network.fullSpans.find(({ fromMs }) => fromMs >= readyMs)
  return span === undefined ? NEVER : span.fromMs - readyMs
}

/** Undefined if no newcomer came to tell. */
function ghostMs(network: Network): number | undefined {
  const newcomer = newcomerOf(network, STEPS.life.newcomer)
  const crash = network.plannedSteps.get(STEPS.life.crash)?.action
  const killed = crash?.type === 'fault' && crash.fault.type === 'kill' ? crash.fault.nodes : []
  if (newcomer?.readyAtMs === undefined) return undefined
  const { book, departed, firstListings, readyAtMs } = newcomer
  const ghosts = killed
    .flatMap(name => network.nodes.get(name)?.at(-1)?.ready?.peerId ?? [])
    .filter(peerId => firstListings.has(peerId))
  if (ghosts.some(peerId => book.has(peerId))) return NEVER
  return Math.max(0, ...ghosts.map(peerId => (departed.get(peerId)?.atMs ?? readyAtMs) - readyAtMs))
}
