/** What the page of a sweep draws, as plain JSON: texts are made here, so that page and terminal say the same. */
import { FIGURES } from '../../reports/words/figures/figures.ts'
import type { Sweep } from '../document.ts'
import { SWEPT_FIGURES, SWEPT_NAMES, type SweptName } from '../figures.ts'
import { cellSummaries, growths } from '../summary.ts'
import { figureText, growthText } from './text.ts'

export interface SweepPageData {
  readonly charts: readonly FigureChart[]
}

export interface FigureChart {
  readonly name: SweptName
  readonly title: string
  readonly about: string
  readonly unit: 'ms' | 'bytes' | 'bytes/s'
  /** One for each loss. */
  readonly lines: readonly FigureLine[]
}

export interface FigureLine {
  /** Such as `5 % loss`. */
  readonly label: string
  /** How it grows, in words; empty if nothing can be said. */
  readonly growth: string
  readonly points: readonly FigurePoint[]
}

export interface FigurePoint {
  readonly nodes: number
  /** Null: it mostly did not come to that. */
  readonly median: number | null
  /** Between which values the true median lies; null is beyond all. */
  readonly low: number | null
  readonly high: number | null
  /** Median and interval in words. */
  readonly text: string
}

export function sweepPageData({ plan, runs }: Sweep): SweepPageData {
  const cells = cellSummaries(plan, runs)
  const told = growths(plan, runs)
  const charts = SWEPT_NAMES.map(name => ({
    name,
    title: FIGURES[name].label,
    about: FIGURES[name].about,
    unit: SWEPT_FIGURES[name].unit,
    lines: (plan.lossPercent ?? [undefined]).map(loss => {
      const growth = told.find(({ figure, lossPercent }) => figure === name && lossPercent === loss)
      const points = cells.flatMap(({ nodes, lossPercent, figures }) => {
        const interval = figures[name]
        if (lossPercent !== loss || interval === undefined) return []
        const { median, low, high } = interval
        const [value, from, to] = [median, low, high].map(each => figureText(name, each))
        const text = low === high ? value! : `${value} [${from}, ${to}]`
        return [{ nodes, median: finite(median), low: finite(low), high: finite(high), text }]
      })
      return {
        label: loss === undefined ? 'all runs' : `${loss} % loss`,
        growth: growth === undefined ? '' : growthText(growth),
        points
      }
    })
  }))
  return { charts: charts.filter(({ lines }) => lines.some(({ points }) => points.length > 0)) }
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null
}
