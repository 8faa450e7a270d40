/** What the runs of a sweep come to: each cell's medians with their intervals, and how figures grow with the network. */
import { growthOf } from '../statistics/growth.ts'
import { type MedianInterval, medianInterval } from '../statistics/median.ts'
import { lastTries } from './carry-out.ts'
import { SWEPT_FIGURES, SWEPT_NAMES, type SweptName } from './figures.ts'
import { cellsOf, type Grid, isOfCell, type SweepCell } from './grid.ts'
import type { MeasuredRun } from './measured.ts'

export interface CellSummary extends SweepCell {
  readonly passed: number
  readonly failed: number
  /** Tried as often as may be, and never judged. */
  readonly unknown: number
  /** Of the runs that were judged. */
  readonly figures: Readonly<Partial<Record<SweptName, MedianInterval>>>
}

export interface Growth {
  readonly figure: SweptName
  readonly lossPercent?: number | undefined
  /** The figure grows as the number of nodes to the power of it. */
  readonly exponent: MedianInterval
}

export function cellSummaries(grid: Grid, runs: readonly MeasuredRun[]): CellSummary[] {
  const counted = lastTries(runs)
  return cellsOf(grid).map(cell => {
    const ofCell = counted.filter(run => isOfCell(run, cell))
    const amount = (outcome: MeasuredRun['outcome']) => ofCell.filter(run => run.outcome === outcome).length
    const figures = SWEPT_NAMES.flatMap(name => {
      const values = valuesOf(ofCell, name)
      return values === undefined ? [] : [[name, medianInterval(values)] as const]
    })
    return {
      ...cell,
      passed: amount('pass'),
      failed: amount('fail'),
      unknown: amount('unknown'),
      figures: Object.fromEntries(figures)
    }
  })
}

/**
 * One figure of the runs that were judged. A run that failed before it came to what others came to counts as never.
 *
 * @returns undefined if no run tells it
 */
export function valuesOf(runs: readonly MeasuredRun[], figure: SweptName): number[] | undefined {
  const judged = runs.filter(({ outcome }) => outcome !== 'unknown')
  if (judged.every(({ figures }) => figures[figure] === undefined)) return undefined
  const { isOwed } = SWEPT_FIGURES[figure]
  return judged.flatMap(({ outcome, figures }) => {
    return figures[figure] ?? (isOwed && outcome === 'fail' ? Number.POSITIVE_INFINITY : [])
  })
}

/** For each figure and loss, where at least one round measured every size. */
export function growths(grid: Grid, runs: readonly MeasuredRun[]): Growth[] {
  const judged = lastTries(runs).filter(({ outcome }) => outcome !== 'unknown')
  return SWEPT_NAMES.flatMap(figure =>
    (grid.lossPercent ?? [undefined]).flatMap(lossPercent => {
      const atLoss = judged.filter(run => run.lossPercent === lossPercent)
      const rounds = [...Map.groupBy(atLoss, ({ round }) => round).values()].map(runs =>
        runs.map(({ nodes, figures }) => ({ x: nodes, y: figures[figure] ?? 0 }))
      )
      const exponent = growthOf(grid.nodes.length, rounds)
      return exponent === undefined ? [] : [{ figure, lossPercent, exponent }]
    })
  )
}
