/** A sweep as text: for a terminal, or a log. */
import { amountText, count, duration, mebibytes } from '../../judge/wording.ts'
import { printable } from '../../printable.ts'
import { FIGURES } from '../../reports/words/figures/figures.ts'
import { type MedianInterval, WANTED_CONFIDENCE } from '../../statistics/median.ts'
import { ALPHA, type FigureChange, LEAST_EFFECT } from '../baseline.ts'
import type { Sweep } from '../document.ts'
import { SWEPT_FIGURES, SWEPT_NAMES, type SweptName } from '../figures.ts'
import { cellText } from '../grid.ts'
import { hostText } from '../host.ts'
import { type CellSummary, cellSummaries, type Growth, growths } from '../summary.ts'
import { alignedTable } from './aligned-table.ts'

/** Characters of the reason of a run. */
const MAX_REASON = 200

/** Reasons of one kind that are listed. */
const MAX_REASONS = 5

/** Ends with a newline. */
export function sweepText(sweep: Sweep): string {
  const { plan, runs, host } = sweep
  const cells = cellSummaries(plan, runs)
  const names = SWEPT_NAMES.filter(name => cells.some(({ figures }) => figures[name] !== undefined))
  const about = names.map(name => `${name}: ${FIGURES[name].about}`)
  return [
    `scenario ${printable(plan.scenario, 100)}, ${count(plan.repeat, 'run')} a cell, seed ${plan.seed}; ${hostText(host)}`,
    '',
    cellTable(cells, names),
    '',
    ...about,
    ...(names.length > 0 ? [methodText(cells)] : []),
    ...growthLines(growths(plan, runs)),
    ...reasons(sweep),
    ''
  ].join('\n')
}

/** What a comparison came to, each figure that changed in a line. Ends with a newline. */
export function changesText(comparisons: readonly FigureChange[]): string {
  const changed = comparisons.filter(({ verdict }) => verdict !== 'same')
  const worse = changed.filter(({ verdict }) => verdict === 'worse').length
  const lines = changed.map(each => `${each.verdict}: ${cellText(each)}: ${changeText(each)}`)
  const asked = `${count(comparisons.length, 'comparison')}: exact Mann-Whitney test, alpha ${ALPHA} after Holm, and a change of at least ${100 * LEAST_EFFECT} %`
  const outcome =
    worse === 0 ? 'no figure is worse than in the baseline' : `${count(worse, 'figure')} worse than in the baseline`
  return [...lines, `${outcome} (${asked})`, ''].join('\n')
}

/** `312 ms`, `1,200 bytes/s`, or `never`. */
export function figureText(name: SweptName, value: number): string {
  if (value === Number.POSITIVE_INFINITY) return 'never'
  const { unit } = SWEPT_FIGURES[name]
  if (unit === 'ms') return duration(value)
  return unit === 'bytes' ? mebibytes(value) : `${amountText(Math.round(value))} bytes/s`
}

/** In words: what an interval is, and how sure. */
export function methodText(cells: readonly CellSummary[]): string {
  const confidences = cells.flatMap(({ figures }) => Object.values(figures).map(({ confidence }) => confidence))
  const least = Math.min(...confidences)
  if (least === 0) return 'single values: how much they vary, only several runs of each cell tell (--repeat)'
  const few = least < WANTED_CONFIDENCE ? '; six runs of each cell would give 95 %' : ''
  return `medians, and in brackets between which values the true median lies: exact, from the order statistics (binomial), with at least ${percentText(least)}${few}`
}

/** `full grows as N^1.02 [0.97, 1.10] at 1 % loss` */
export function growthText({ figure, lossPercent, exponent }: Growth): string {
  const { median, low, high, confidence } = exponent
  const loss = lossPercent === undefined ? '' : ` at ${lossPercent} % loss`
  const range = low === high ? '' : ` [${exponentText(low)}, ${exponentText(high)}] (${percentText(confidence)})`
  return `${figure} grows as N^${exponentText(median)}${range}${loss}`
}

/** Never "-0.00". */
function exponentText(exponent: number): string {
  return (Math.round(100 * exponent) / 100 || 0).toFixed(2)
}

function percentText(share: number): string {
  return `${Math.floor(1_000 * share) / 10} %`
}

function cellTable(cells: readonly CellSummary[], names: readonly SweptName[]): string {
  const hasLoss = cells.some(({ lossPercent }) => lossPercent !== undefined)
  const head = ['nodes', ...(hasLoss ? ['loss'] : []), 'passed', 'failed', 'unknown', ...names]
  const rows = cells.map(({ nodes, lossPercent, passed, failed, unknown, figures }) => [
    amountText(nodes),
    ...(hasLoss ? [`${lossPercent} %`] : []),
    ...[passed, failed, unknown].map(String),
    ...names.map(name => intervalText(name, figures[name]))
  ])
  return alignedTable([head, ...rows], new Array(head.length).fill(true))
}

function intervalText(name: SweptName, interval: MedianInterval | undefined): string {
  if (interval === undefined) return '-'
  const { median, low, high } = interval
  const [value, from, to] = [median, low, high].map(each => figureText(name, each))
  return low === high ? value! : `${value} [${from}, ${to}]`
}

function growthLines(all: readonly Growth[]): string[] {
  return all.length === 0 ? [] : ['', ...all.map(growthText)]
}

function reasons(sweep: Sweep): string[] {
  const lines = reasonLines(sweep)
  return lines.length === 0 ? [] : ['', ...lines]
}

/** Why runs failed or could not be judged, the most frequent reasons first. */
export function reasonLines({ runs }: Sweep): string[] {
  return (['fail', 'unknown'] as const).flatMap(outcome => {
    const reasons = Map.groupBy(
      runs.filter(run => run.outcome === outcome),
      run => `${cellText(run)}: ${printable(run.reason, MAX_REASON)}`
    )
    const sorted = [...reasons].sort(([, a], [, b]) => b.length - a.length)
    const shown = sorted.slice(0, MAX_REASONS).map(([reason, { length, 0: first }]) => {
      const kept = first?.folder === undefined ? '' : ` (${printable(first.folder, MAX_REASON)})`
      return `${outcome === 'fail' ? 'failed' : 'could not be judged'} ${length} x: ${reason}${kept}`
    })
    return sorted.length > MAX_REASONS ? [...shown, `and ${sorted.length - MAX_REASONS} more reasons`] : shown
  })
}

function changeText({ figure, before, after, effect, p }: FigureChange): string {
  if (figure === 'failed')
    return `${percentText(before)} of the runs failed, and now ${percentText(after)} (p ${pText(p)})`
  const by = Number.isFinite(effect) ? `${effect > 0 ? '+' : ''}${Math.round(100 * effect)} %, ` : ''
  return `${figure} ${figureText(figure, before)} -> ${figureText(figure, after)} (${by}p ${pText(p)})`
}

function pText(p: number): string {
  return p < 0.0001 ? '< 0.0001' : p.toFixed(4)
}
