/** The one table of figures: every report takes them from here, so that a word has one number, and a number one word. */
import type { Steadiness } from '../../../history/history.ts'
import type { Network } from '../../../history/observed.ts'
import type { Phase } from '../../../judge/judgement.ts'
import { metricsOf, receivedPerSecond, steadinessOf } from '../../../judge/metrics.ts'
import { amountText, duration, mebibytes, seconds } from '../../../judge/wording.ts'
import { printable } from '../../../printable.ts'
import { percentilesOf } from '../../../statistics/median.ts'
import type { Judged } from '../../judged.ts'
import { completenessCurve, completenessOf, completenessReached } from '../completeness.ts'

/** What each figure is, in the words of every report. Times count from the first start of a process unless they say so. */
export const FIGURES = {
  start: { label: 'start', about: 'until every node that starts at once was ready' },
  'first-contact': { label: 'first contact', about: 'until some node listed another one' },
  full: { label: 'full', about: 'until every book was right for the first time' },
  noticed: { label: 'noticed', about: 'from the fault until every healthy node had dropped what it took away' },
  whole: { label: 'whole', about: 'from the end of the fault until every book was right, and stayed so' },
  changed: {
    label: 'right again',
    about: 'from the last join or leave that the scenario asks for until every book was right, and stayed so'
  },
  settled: { label: 'settled', about: 'until every node had said that its full book was at rest' },
  settling: { label: 'settling', about: 'in that time, from a change of a book until its node said so, at most' },
  'settled-sizes': { label: 'settled sizes', about: 'in that time, different sizes of the books that were at rest' },
  'changes-of-mind': {
    label: 'changes of mind',
    about: 'how often a healthy node dropped one that ran, or listed it again: the pair with most'
  },
  'drops-of-healthy': { label: 'healthy nodes dropped', about: 'how often anybody dropped a healthy node' },
  'false-drops': { label: 'false drops', about: 'how often a healthy node dropped a healthy one' },
  held: { label: 'held', about: 'how long every book had been right when the run ended' },
  end: { label: 'end', about: 'when the run ended, counted from its beginning' },
  complete: { label: 'complete', about: 'share of the listings that should be there in the end and are' },
  'complete-50': { label: '50 % complete', about: 'until half of all listings were there' },
  'complete-99': { label: '99 % complete', about: 'until 99 % of all listings were there' },
  'complete-100': { label: '100 % complete', about: 'until all listings were there for the first time' },
  'visible-p50': { label: 'visible p50', about: 'from both nodes ready to one listing the other: half of all pairs' },
  'visible-p95': { label: 'visible p95', about: 'the same for 95 % of all pairs' },
  'visible-p99': { label: 'visible p99', about: 'the same for 99 % of all pairs' },
  'visible-max': { label: 'visible max', about: 'the same for all pairs' },
  'visible-pairs': { label: 'visible pairs', about: 'pairs that these figures are of' },
  'cpu-p50': { label: 'CPU p50', about: 'processor time of a node, as it says itself: half of all nodes' },
  'cpu-max': { label: 'CPU max', about: 'processor time of the node that used most' },
  'memory-p50': { label: 'memory p50', about: 'memory of a node, as it says itself: half of all nodes' },
  'memory-max': { label: 'memory max', about: 'memory of the node that used most' },
  bytes: { label: 'bytes', about: 'received by a node in a second, on average over all nodes and the whole run' },
  'harness-late': {
    label: 'harness late',
    about: 'how late the harness was at most: the times are no better than that'
  }
} as const satisfies Record<string, { label: string; about: string }>

export type FigureName = keyof typeof FIGURES

export interface Figure {
  /** Unique in a run and printable: the name, and the fault that it is of (`whole s2`). */
  readonly key: string
  readonly name: FigureName
  /** As people read it, with the fault. */
  readonly label: string
  readonly fault?: string
  /** Undefined if it did not come to that. */
  readonly value: number | undefined
  readonly unit: 'ms' | 'bytes' | 'bytes/s' | 'share' | 'count'
  /** What the scenario asks for, in the same unit. */
  readonly bound?: number
  /** The value as every report prints it; `never` if it did not come to that. */
  readonly text: string
  readonly boundText?: string
}

const known = new WeakMap<Judged, readonly Figure[]>()

/** Every figure of the run, in the order of `FIGURES`; of a digest those that it can tell. Made once for all reports. */
export function figuresOf(judged: Judged): readonly Figure[] {
  const figures = known.get(judged) ?? makeFigures(judged)
  known.set(judged, figures)
  return figures
}

function makeFigures(judged: Judged): Figure[] {
  const isDigest = judged.network.started?.digest !== undefined
  return numbered([
    ...phaseFigures(judged),
    ...steadinessFigures(judged),
    ...endFigures(judged),
    ...(isDigest ? [] : [...completenessFigures(judged), ...metricFigures(judged.network)]),
    ...bytesFigures(judged)
  ])
}

/** A fault that comes and goes has a figure for each time. */
function numbered(figures: readonly Figure[]): Figure[] {
  const times = new Map<string, number>()
  return figures.map(figure => {
    const time = (times.get(figure.key) ?? 0) + 1
    times.set(figure.key, time)
    return time === 1 ? figure : { ...figure, key: `${figure.key} (${time})`, label: `${figure.label} (${time})` }
  })
}

/** Of the first time that the fault was in force. */
export function figureKey(name: FigureName, fault?: string): string {
  return `${name}${ofFault(fault)}`
}

/** The figure of that key, such as `full` or `whole s2`. */
export function figureOf(figures: readonly Figure[], key: string): Figure | undefined {
  return figures.find(figure => figure.key === key)
}

function phaseFigures({ network, judgement: { phases } }: Judged): Figure[] {
  const contacts = [...network.nodes.values()].flat().flatMap(run => run.firstContactAtMs ?? [])
  const firstMs = contacts.length === 0 ? undefined : Math.min(...contacts)
  return phases.flatMap(phase => {
    const own = phaseFigure(phase)
    if (phase.name !== 'start' || network.started?.digest !== undefined) return [own]
    return [own, time('first-contact', firstMs === undefined ? undefined : firstMs - phase.fromMs)]
  })
}

function phaseFigure({ name, fault, fromMs, toMs, boundMs }: Phase): Figure {
  return time(name, toMs === undefined ? undefined : toMs - fromMs, { fault, boundMs })
}

function steadinessFigures({ network, judgement: { phases } }: Judged): Figure[] {
  const { changesOfMind, dropsOfHealthy, falseDrops, settled } = steadinessOf(network)
  const { bounds } = network.started?.plan ?? {}
  const fromMs = phases[0]?.fromMs ?? 0
  return [
    ...(settled === undefined ? [] : settledFigures(settled, fromMs)),
    amount('changes-of-mind', changesOfMind, bounds?.changesOfMind),
    amount('drops-of-healthy', dropsOfHealthy),
    amount('false-drops', falseDrops, bounds?.falseDrops)
  ]
}

function settledFigures({ sizes, longestMs, atMs }: NonNullable<Steadiness['settled']>, fromMs: number): Figure[] {
  return [
    time('settled', atMs === undefined ? undefined : atMs - fromMs),
    time('settling', longestMs),
    amount('settled-sizes', sizes)
  ]
}

function amount(name: FigureName, value: number, bound?: number): Figure {
  const bounded = bound === undefined ? {} : { bound, boundText: amountText(bound) }
  return figure(name, value, 'count', { text: amountText(value), ...bounded })
}

function endFigures({ network }: Judged): Figure[] {
  const { fullSinceMs, nowMs, ended } = network
  const endMs = ended?.atMs ?? nowMs
  const since = (fromMs: number) => (fullSinceMs === undefined ? undefined : Math.max(0, fullSinceMs - fromMs))
  const changedMs = lastChangeMs(network)
  return [
    ...(changedMs === undefined ? [] : [time('changed', since(changedMs))]),
    time('held', fullSinceMs === undefined ? undefined : endMs - fullSinceMs),
    time('end', endMs)
  ]
}

/** When the last step began that lets nodes join or leave. */
function lastChangeMs({ plannedSteps, steps }: Network): number | undefined {
  const begunMs = [...plannedSteps.values()].flatMap(({ id, action }) => {
    return action.type === 'join' || action.type === 'leave' ? (steps.get(id)?.begunAtMs ?? []) : []
  })
  return begunMs.length === 0 ? undefined : Math.max(...begunMs)
}

const PERCENTS = [50, 99, 100] as const

function completenessFigures({ history, network, judgement: { phases } }: Judged): Figure[] {
  const curve = completenessCurve(history)
  const fromMs = phases[0]?.fromMs ?? 0
  const { share } = completenessOf(network)
  return [
    figure('complete', share, 'share', { text: shareText(share) }),
    ...PERCENTS.map(percent => {
      const atMs = completenessReached(curve, percent / 100)
      return time(`complete-${percent}`, atMs === undefined ? undefined : atMs - fromMs)
    })
  ]
}

function metricFigures(network: Network): Figure[] {
  const { joinVisibilityMs, nodes } = metricsOf(network)
  const cpuMs = nodes.flatMap(node => node.cpuMs ?? [])
  const rssBytes = nodes.flatMap(node => node.rssBytes ?? [])
  const lagMs = Math.max(0, ...network.lags.map(lag => lag.lagMs))
  return [
    ...(joinVisibilityMs === undefined ? [] : visibilityFigures(joinVisibilityMs)),
    ...spread(cpuMs).map(([rank, ms]) => figure(`cpu-${rank}`, ms, 'ms', { text: duration(ms) })),
    ...spread(rssBytes).map(([rank, bytes]) => figure(`memory-${rank}`, bytes, 'bytes', { text: mebibytes(bytes) })),
    ...(lagMs === 0 ? [] : [figure('harness-late', lagMs, 'ms', { text: duration(lagMs) })])
  ]
}

type Visibility = NonNullable<ReturnType<typeof metricsOf>['joinVisibilityMs']>

function visibilityFigures({ pairs, ...ranks }: Visibility): Figure[] {
  const names = ['p50', 'p95', 'p99', 'max'] as const
  return [
    ...names.map(rank => figure(`visible-${rank}`, ranks[rank], 'ms', { text: duration(ranks[rank]) })),
    figure('visible-pairs', pairs, 'count', { text: amountText(pairs) })
  ]
}

function bytesFigures({ network }: Judged): Figure[] {
  const perSecond = receivedPerSecond(network)
  if (perSecond === undefined) return []
  return [figure('bytes', perSecond, 'bytes/s', { text: `${amountText(Math.round(perSecond))} bytes/s` })]
}

function spread(values: readonly number[]): ['p50' | 'max', number][] {
  if (values.length === 0) return []
  const { p50, max } = percentilesOf(values)
  return [
    ['p50', p50],
    ['max', max]
  ]
}

/** `full 1.05 s (at most 10.00 s)` */
export function figurePhrase({ label, text, boundText }: Figure): string {
  return `${label} ${text}${boundText === undefined ? '' : ` (at most ${boundText})`}`
}

/** Never rounded up to the whole: `100 %` means that nothing is missing. */
export function shareText(share: number): string {
  return `${Math.floor(1_000 * share) / 10} %`
}

function time(
  name: FigureName,
  ms: number | undefined,
  { fault, boundMs }: { fault?: string | undefined; boundMs?: number | undefined } = {}
): Figure {
  const bound = boundMs === undefined ? {} : { bound: boundMs, boundText: seconds(boundMs) }
  return figure(name, ms, 'ms', { text: ms === undefined ? 'never' : seconds(ms), fault, ...bound })
}

function figure(
  name: FigureName,
  value: number | undefined,
  unit: Figure['unit'],
  { fault, ...rest }: { text: string; fault?: string | undefined; bound?: number; boundText?: string }
): Figure {
  const about = fault === undefined ? {} : { fault }
  return {
    key: figureKey(name, fault),
    name,
    label: `${FIGURES[name].label}${ofFault(fault)}`,
    ...about,
    value,
    unit,
    ...rest
  }
}

function ofFault(fault: string | undefined): string {
  return fault === undefined ? '' : ` ${printable(fault, 120)}`
}
