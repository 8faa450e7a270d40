/** Whether a comparison that was made again comes to the same: how many of its medians lie in the intervals of the first one. */
import type { ComparedName } from '../reports/words/figures/compared.ts'
import { roundedFigure } from '../reports/words/figures/compared.ts'
import type { Comparison } from './document.ts'

/** Of the medians that both have, so many must lie in the intervals of the first one. */
export const LEAST_REPEATED = 0.9

export interface ComparedMedian {
  readonly system: string
  readonly nodes: number
  readonly figure: ComparedName
  /** Of the first comparison, as tables show them. */
  readonly low: number
  readonly high: number
  /** Of the second one. */
  readonly median: number
}

export interface Repeatability {
  /** Medians that both have. */
  readonly compared: number
  readonly outside: readonly ComparedMedian[]
  /** 0 to 1. */
  readonly share: number
  readonly isRepeated: boolean
  /** Cells of one comparison that the other one has not: such as `serf with 50 nodes: detection`. */
  readonly missing: number
}

/** Values are compared as tables show them: what rounds alike is alike. */
export function repeatabilityOf(first: Comparison, second: Comparison): Repeatability {
  const medians = mediansOf(first, second)
  const outside = medians.filter(({ low, high, median }) => median < low || median > high)
  const share = medians.length === 0 ? 0 : 1 - outside.length / medians.length
  const missing = cellsOf(first) + cellsOf(second) - 2 * medians.length
  return { compared: medians.length, outside, share, isRepeated: share >= LEAST_REPEATED, missing }
}

function mediansOf(first: Comparison, second: Comparison): ComparedMedian[] {
  return first.rows.flatMap(({ system, nodes, figures }) => {
    const again = second.rows.find(row => row.system === system && row.nodes === nodes)
    return (Object.keys(figures) as ComparedName[]).flatMap(figure => {
      const [before, after] = [figures[figure], again?.figures[figure]]
      if (before === undefined || after === undefined) return []
      const [low, high, median] = [before.low, before.high, after.median].map(value => roundedFigure(figure, value))
      return [{ system, nodes, figure, low: low!, high: high!, median: median! }]
    })
  })
}

function cellsOf({ rows }: Comparison): number {
  return rows.reduce((sum, { figures }) => sum + Object.keys(figures).length, 0)
}
