/** Whether a sweep is worse than an earlier one, beyond noise. */
import { mannWhitney, typicalShift } from '../statistics/mann-whitney.ts'
import { medianOf } from '../statistics/median.ts'
import { holm, smallestP, valuesNeeded } from '../statistics/significance.ts'
import { lastTries } from './carry-out.ts'
import type { Sweep, SweepPlan } from './document.ts'
import { SWEPT_NAMES, type SweptName } from './figures.ts'
import { cellsOf, cellText, isOfCell, type SweepCell } from './grid.ts'
import type { MeasuringHost } from './host.ts'
import type { MeasuredRun } from './measured.ts'
import { valuesOf } from './summary.ts'

/** The probability that anything at all is called worse, or anything better, although nothing changed. */
export const ALPHA = 0.01

/** What is smaller than this share of the baseline's median is no regression, however certain. */
export const LEAST_EFFECT = 0.1

/** One figure of one cell in both sweeps. `failed`: the share of runs that failed. */
export interface FigureChange extends SweepCell {
  readonly figure: SweptName | 'failed'
  /** Medians; of `failed` the shares. Infinity: it mostly did not come to that. */
  readonly before: number
  readonly after: number
  /** By how much of `before` it typically became greater; of `failed` the difference of the shares. */
  readonly effect: number
  /** The probability of such a rise (or fall, where the effect is negative) if nothing changed, after Holm over all comparisons. */
  readonly p: number
  readonly verdict: 'worse' | 'better' | 'same'
}

/** What must be equal, and what it is called. */
const SAME_HOST = { cpu: 'processor', cores: 'cores', memoryGiB: 'GiB of memory' } as const

/** What differs so that nothing can be compared, each in words; empty if nothing does. */
export function differencesOf(baseline: Sweep, now: Pick<Sweep, 'host' | 'plan'>): string[] {
  const differs = (what: string, before: unknown, after: unknown) => {
    const [was, is] = [textOf(before), textOf(after)]
    return was === is ? [] : [`${what} (${was} in the baseline, ${is} here)`]
  }
  const hosts = otherHost(baseline.host, now.host).map(
    ({ what, before, after }) => `${what} (${before} in the baseline, ${after} here)`
  )
  const plans = (['runner', 'scenario', 'nodes', 'lossPercent'] as const).flatMap(key =>
    differs(NAMES[key], baseline.plan[key], now.plan[key])
  )
  const names = new Set([...Object.keys(baseline.plan.options), ...Object.keys(now.plan.options)])
  const options = [...names].flatMap(name => differs(name, baseline.plan.options[name], now.plan.options[name]))
  const known = [...hosts, ...plans, ...options]
  if (known.length > 0 || baseline.plan.digest === now.plan.digest) return known
  return [`what the scenario ${now.plan.scenario} does: it was changed since`]
}

/** What makes figures of two hosts incomparable. */
export function otherHost(
  before: MeasuringHost,
  after: MeasuringHost
): { what: string; before: string; after: string }[] {
  return Object.entries(SAME_HOST).flatMap(([key, what]) => {
    const name = key as keyof typeof SAME_HOST
    const [was, is] = [String(before[name]), String(after[name])]
    return was === is ? [] : [{ what, before: was, after: is }]
  })
}

const NAMES = {
  runner: 'the runner',
  scenario: 'the scenario',
  nodes: 'the numbers of nodes',
  lossPercent: 'the losses'
} as const satisfies Partial<Record<keyof SweepPlan, string>>

function textOf(value: unknown): string {
  return Array.isArray(value) ? value.join(',') : value === undefined ? 'not given' : String(value)
}

/** Why so few runs could never show a regression, and how many could; undefined if they can. */
export function tooFewRuns(baseline: Sweep, runs: number): string | undefined {
  const cells = cellsOf(baseline.plan).map(cell => lastTries(baseline.runs).filter(run => isOfCell(run, cell)))
  const tests = cells.reduce((sum, ofCell) => sum + namesOf(ofCell).length + 1, 0)
  const counts = cells.map(ofCell => ofCell.filter(({ outcome }) => outcome !== 'unknown').length)
  const fewest = Math.min(...counts)
  if (fewest > 0 && smallestP(fewest, runs) <= ALPHA / tests) return undefined
  const needed = valuesNeeded(ALPHA / tests)
  return `too few runs to tell a regression from noise: the baseline has ${fewest} of a cell and this sweep ${runs}; ${tests} comparisons at ${ALPHA} need ${needed} of each (--repeat ${needed}), or fewer cells`
}

/** Every figure that both tell, cell by cell. One-sided: a rise is asked for with `ALPHA`, and a fall as well. */
export function compareSweeps(baseline: Sweep, now: Sweep): FigureChange[] {
  const pairs = cellsOf(now.plan).flatMap(cell => {
    const [before, after] = [baseline, now].map(({ runs }) => {
      return lastTries(runs).filter(run => run.outcome !== 'unknown' && isOfCell(run, cell))
    })
    return pairsOf(before!, after!).map(pair => ({ ...cell, ...pair }))
  })
  const tests = pairs.map(({ before, after }) => mannWhitney(before, after))
  const [greater, less] = [holm(tests.map(({ greater }) => greater)), holm(tests.map(({ less }) => less))]
  return pairs.map(({ before, after, ...rest }, index) => {
    const medians = rest.figure === 'failed' ? [before, after].map(shareOf) : [before, after].map(medianOf)
    const effect = rest.figure === 'failed' ? medians[1]! - medians[0]! : effectOf(before, after)
    const p = effect < 0 ? less[index]! : greater[index]!
    return { ...rest, before: medians[0]!, after: medians[1]!, effect, p, verdict: verdictOf(effect, p) }
  })
}

/** Cells that were not judged once, in one of the two. */
export function uncomparable(baseline: Sweep, now: Sweep): string[] {
  return cellsOf(now.plan)
    .filter(cell =>
      [baseline, now].some(({ runs }) => !runs.some(run => run.outcome !== 'unknown' && isOfCell(run, cell)))
    )
    .map(cellText)
}

interface Pair {
  readonly figure: FigureChange['figure']
  readonly before: readonly number[]
  readonly after: readonly number[]
}

function pairsOf(before: readonly MeasuredRun[], after: readonly MeasuredRun[]): Pair[] {
  if (before.length === 0 || after.length === 0) return []
  const failures = (runs: readonly MeasuredRun[]) => runs.map(({ outcome }) => (outcome === 'fail' ? 1 : 0))
  const figures = namesOf(before).flatMap(figure => {
    const values = valuesOf(after, figure)
    return values === undefined ? [] : [{ figure, before: valuesOf(before, figure)!, after: values }]
  })
  return [{ figure: 'failed', before: failures(before), after: failures(after) }, ...figures]
}

function namesOf(runs: readonly MeasuredRun[]): SweptName[] {
  return SWEPT_NAMES.filter(name => valuesOf(runs, name) !== undefined)
}

function shareOf(failures: readonly number[]): number {
  return failures.reduce((sum, each) => sum + each, 0) / failures.length
}

/** Above what was 0, or beyond what never happened, a share says nothing: any shift is as large as can be. */
function effectOf(before: readonly number[], after: readonly number[]): number {
  const shift = typicalShift(before, after)
  const median = medianOf(before)
  if (shift === 0) return 0
  if (median === 0) return Math.sign(shift) * Number.POSITIVE_INFINITY
  return Number.isFinite(median) ? shift / median : Math.sign(shift)
}

function verdictOf(effect: number, p: number): FigureChange['verdict'] {
  if (p > ALPHA || Math.abs(effect) < LEAST_EFFECT) return 'same'
  return effect > 0 ? 'worse' : 'better'
}
