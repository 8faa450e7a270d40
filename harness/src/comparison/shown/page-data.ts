/** What the page of a comparison draws, as plain JSON: texts are made here, so that page, table and terminal say the same. */
import { COMPARED, COMPARED_NAMES, type ComparedName, type ComparedUnit } from '../../reports/words/figures/compared.ts'
import type { Comparison, ComparisonRow } from '../document.ts'
import { figureCell, titleOf } from './tables.ts'

export interface ComparisonPageData {
  readonly charts: readonly ComparedChart[]
}

export interface ComparedChart {
  readonly name: ComparedName
  readonly title: string
  readonly about: string
  readonly unit: ComparedUnit
  /** What has not come within so long is drawn there. */
  readonly limitMs: number
  /** One for each number of nodes. */
  readonly sizes: readonly ComparedSize[]
  /** In the order of the table. */
  readonly systems: readonly string[]
}

export interface ComparedSize {
  readonly nodes: number
  readonly points: readonly ComparedPoint[]
}

export interface ComparedPoint {
  readonly system: string
  /** Null: it mostly did not come to that. */
  readonly median: number | null
  /** Between which values the true median lies; null is beyond all. */
  readonly low: number | null
  readonly high: number | null
  /** Median and interval in words. */
  readonly text: string
}

export function comparisonPageData(comparison: Comparison): ComparisonPageData {
  const { plan, rows, limitMs } = comparison
  const charts = COMPARED_NAMES.map(name => {
    const sizes = plan.nodes.map(nodes => {
      const points = rows.filter(row => row.nodes === nodes).flatMap(row => pointOf(comparison, name, row) ?? [])
      return { nodes, points }
    })
    return {
      name,
      title: COMPARED[name].label,
      about: COMPARED[name].about,
      unit: COMPARED[name].unit,
      limitMs,
      sizes: sizes.filter(({ points }) => points.length > 0),
      systems: plan.systems.map(({ name }) => titleOf(comparison, name))
    }
  })
  return { charts: charts.filter(({ sizes }) => sizes.length > 0) }
}

function pointOf(comparison: Comparison, name: ComparedName, { system, figures }: ComparisonRow) {
  const figure = figures[name]
  if (figure === undefined) return undefined
  const { median, low, high } = figure
  const text = figureCell(name, figure, comparison.limitMs)
  return { system: titleOf(comparison, system), median: finite(median), low: finite(low), high: finite(high), text }
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null
}
