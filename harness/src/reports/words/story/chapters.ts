/** The run as a story of phases, each with its figure and its bound. */
import type { FaultTime, Network } from '../../../history/observed.ts'
import type { Phase } from '../../../judge/judgement.ts'
import { nameList, seconds } from '../../../judge/wording.ts'
import { printable } from '../../../printable.ts'
import { describeAction } from '../../../scenario/describe.ts'
import type { Judged } from '../../judged.ts'
import { type Figure, figureKey, figureOf, figuresOf } from '../figures/figures.ts'
import { END_WORDS } from './event-words.ts'

/** `broken` and `healed` are moments of a fault, `step` one of anything else that the scenario does. */
export type ChapterKind = Phase['name'] | 'broken' | 'healed' | 'step' | 'end'

export interface Chapter {
  readonly kind: ChapterKind
  readonly fromMs: number
  /** Equal to `fromMs` for a moment; undefined if it did not come to an end. */
  readonly toMs?: number
  /** Of `figuresOf`, if it has one. */
  readonly figure?: Figure
  /** `late`: over its bound, or not over when the bound was; `open`: not over when the run ended. */
  readonly state: 'done' | 'late' | 'open'
  /** A few words: `found each other`, `split (s1)`. */
  readonly title: string
  /** A sentence with figure and bound. */
  readonly text: string
}

/** In the order of time; the end of the run is the last. */
export function chaptersOf(judged: Judged): Chapter[] {
  const { network, judgement } = judged
  const figures = figuresOf(judged)
  const times = new Map<string, number>()
  const phases = judgement.phases.map(phase => {
    const key = figureKey(phase.name, phase.fault)
    const time = (times.get(key) ?? 0) + 1
    times.set(key, time)
    return phaseChapter(phase, figureOf(figures, time === 1 ? key : `${key} (${time})`), endMsOf(network))
  })
  const chapters = [...phases, ...network.faultTimes.flatMap(faultChapters), ...stepChapters(network)]
  return [...chapters.toSorted((a, b) => placeOf(a) - placeOf(b)), endChapter(network)]
}

/** A phase is told when it ends: what did not end is told after what did. */
function placeOf({ kind, fromMs, toMs }: Chapter): number {
  return kind === 'broken' || kind === 'healed' || kind === 'step' ? fromMs : (toMs ?? Number.MAX_SAFE_INTEGER)
}

function endMsOf({ ended, nowMs }: Network): number {
  return ended?.atMs ?? nowMs
}

function phaseChapter(phase: Phase, figure: Figure | undefined, endMs: number): Chapter {
  const { name, fault, fromMs, toMs, boundMs } = phase
  const state = stateOf(phase, endMs)
  const of = fault === undefined ? '' : ` (${printable(fault, 120)})`
  const title = `${PHASE_TITLES[name]}${of}`
  const bound = boundMs === undefined ? '' : BOUND_WORDS[state](seconds(boundMs))
  const text = figure?.value === undefined ? PHASE_OPEN[name](fault) : PHASE_DONE[name](figure.text, fault)
  return {
    kind: name,
    fromMs,
    ...(toMs !== undefined && { toMs }),
    ...(figure !== undefined && { figure }),
    state,
    title,
    text: `${text}${bound}`
  }
}

const BOUND_WORDS: Readonly<Record<Chapter['state'], (bound: string) => string>> = {
  done: bound => ` (at most ${bound})`,
  late: bound => `, and ${bound} is asked for`,
  open: bound => `; the run ended before the ${bound} that are asked for`
}

function stateOf({ fromMs, toMs, boundMs = Number.POSITIVE_INFINITY }: Phase, endMs: number): Chapter['state'] {
  if ((toMs ?? endMs) - fromMs > boundMs) return 'late'
  return toMs === undefined ? 'open' : 'done'
}

const PHASE_TITLES = { start: 'started', full: 'found each other', noticed: 'noticed', whole: 'whole again' } as const

const shown = (fault: string | undefined) => (fault === undefined ? 'the fault' : `fault ${printable(fault, 120)}`)

const PHASE_DONE: Readonly<Record<Phase['name'], (took: string, fault: string | undefined) => string>> = {
  start: took => `Every node that starts at once was ready after ${took}`,
  full: took => `Every book was right for the first time after ${took}`,
  noticed: (took, fault) => `No healthy node listed what ${shown(fault)} took away, ${took} after it began`,
  whole: (took, fault) => `Every book was right again ${took} after the end of ${shown(fault)}`
}

const PHASE_OPEN: Readonly<Record<Phase['name'], (fault: string | undefined) => string>> = {
  start: () => 'Not every node that starts at once was ever ready',
  full: () => 'At no moment was every book right',
  noticed: fault => `Some healthy nodes never dropped what ${shown(fault)} took away`,
  whole: fault => `The books were never right again after the end of ${shown(fault)}`
}

function faultChapters({ id, nodes, fault, fromMs, healedAtMs }: FaultTime): Chapter[] {
  const what = fault === undefined ? `it hits ${nameList(nodes)}` : describeAction({ type: 'fault', fault })
  const name = printable(id, 120)
  const moment = (kind: 'broken' | 'healed', atMs: number, title: string, text: string): Chapter => {
    return { kind, fromMs: atMs, toMs: atMs, state: 'done', title, text }
  }
  const began = `Fault ${name} began at ${seconds(fromMs)}: ${printable(what, 200)}`
  return [
    moment('broken', fromMs, `${titleOf(fault?.type)} (${name})`, began),
    ...(healedAtMs === undefined
      ? []
      : [moment('healed', healedAtMs, `healed (${name})`, `Fault ${name} was healed at ${seconds(healedAtMs)}`)])
  ]
}

function titleOf(type: NonNullable<FaultTime['fault']>['type'] | undefined): string {
  return type === undefined ? 'broken' : FAULT_TITLES[type]
}

const FAULT_TITLES = {
  kill: 'killed',
  'power-off': 'powered off',
  pause: 'paused',
  starve: 'starved',
  partition: 'split',
  'one-way': 'cut one way',
  links: 'links made worse',
  clock: 'clock set',
  'nat-changes': 'public address changed'
} as const

/** Faults have chapters of their own, and a wait is told by the phase that it waits for unless it was in vain. */
function stepChapters({ plannedSteps, steps }: Network): Chapter[] {
  return [...steps.values()].flatMap(({ step, state, begunAtMs, atMs, why }) => {
    const action = plannedSteps.get(step)?.action
    if (action === undefined || action.type === 'fault' || (action.type === 'wait' && state !== 'missed')) return []
    const failed = state === 'missed' || state === 'failed'
    const reason = failed ? `, ${state === 'missed' ? 'in vain' : 'which could not be done'}` : ''
    const cause = state === 'failed' && why !== undefined ? `: ${printable(why, 200)}` : ''
    const what = printable(describeAction(action), 200)
    const text = `At ${seconds(begunAtMs)}, step ${printable(step, 120)}: ${what}${reason}${cause}`
    return [
      {
        kind: 'step' as const,
        fromMs: begunAtMs,
        toMs: atMs,
        state: failed ? ('late' as const) : ('done' as const),
        title: `${action.type} (${printable(step, 120)})`,
        text
      }
    ]
  })
}

function endChapter({ ended, nowMs }: Network): Chapter {
  const atMs = ended?.atMs ?? nowMs
  const how = ended === undefined ? 'the history breaks off' : END_WORDS[ended.reason]
  const text = `After ${seconds(atMs)} ${how}`
  return { kind: 'end', fromMs: atMs, toMs: atMs, state: ended === undefined ? 'open' : 'done', title: 'ended', text }
}
