/** The figures of a run that a sweep compares: less is better for all of them. */
import type { Network } from '../history/observed.ts'
import type { Phase } from '../judge/judgement.ts'
import type { Judged } from '../reports/judged.ts'
import { medianOf } from '../statistics/median.ts'
import type { Figures } from './measured.ts'

interface SweptFigure {
  readonly unit: 'ms' | 'bytes' | 'bytes/s'
  readonly about: string
  /** A run that failed and does not tell it did not come to that; without this it was only not measured. */
  readonly isOwed: boolean
}

/** By the names that all reports use. Of several faults the longest time counts. */
export const SWEPT_FIGURES = {
  full: { unit: 'ms', about: 'until every book was right for the first time', isOwed: true },
  noticed: { unit: 'ms', about: 'from a fault until every healthy node had dropped what it took away', isOwed: true },
  whole: { unit: 'ms', about: 'from the end of a fault until every book was right, and stayed so', isOwed: true },
  bytes: { unit: 'bytes/s', about: 'received by a node, on average over all nodes and the whole run', isOwed: false },
  'cpu-p50': { unit: 'ms', about: 'processor time of a node, as it says itself: half of all nodes', isOwed: false },
  'memory-p50': { unit: 'bytes', about: 'memory of a node, as it says itself: half of all nodes', isOwed: false }
} as const satisfies Record<string, SweptFigure>

export type SweptName = keyof typeof SWEPT_FIGURES

export const SWEPT_NAMES = Object.keys(SWEPT_FIGURES) as [SweptName, ...SweptName[]]

/** Those that the run tells; Infinity for what it owed, and did not come to. */
export function figuresOfRun({ network, judgement }: Judged): Figures {
  const all = {
    full: longest(judgement.phases, 'full'),
    noticed: longest(judgement.phases, 'noticed'),
    whole: longest(judgement.phases, 'whole'),
    ...costsOf(network)
  }
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined))
}

function longest(phases: readonly Phase[], name: Phase['name']): number | undefined {
  const tookMs = phases
    .filter(phase => phase.name === name)
    .map(({ fromMs, toMs = Number.POSITIVE_INFINITY }) => toMs - fromMs)
  return tookMs.length === 0 ? undefined : Math.max(...tookMs)
}

function costsOf({ nodes, received, nowMs }: Network) {
  const bytes = [...received.values()].reduce((sum, { bytes }) => sum + bytes, 0)
  const stats = [...nodes.values()].flatMap(runs => runs.at(-1)?.stats ?? [])
  const cpuMs = stats.flatMap(({ cpuMs }) => cpuMs ?? [])
  const rssBytes = stats.flatMap(({ rssBytes }) => rssBytes ?? [])
  return {
    bytes: received.size === 0 || nowMs === 0 ? undefined : bytes / nodes.size / (nowMs / 1_000),
    'cpu-p50': cpuMs.length === 0 ? undefined : medianOf(cpuMs),
    'memory-p50': rssBytes.length === 0 ? undefined : medianOf(rssBytes)
  }
}
