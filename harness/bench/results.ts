/** What was measured, and whether it is within the limits: results.json. */

import { medianOf } from '../src/statistics/median.ts'
import type { MeasuringHost } from '../src/sweep/host.ts'
import type { Figure, Limit, Metric, Unit } from './figure.ts'

export interface Machine extends MeasuringHost {
  /** Absent if it was not measured. */
  serf?: string
  /** Processes that ran or waited for a processor in the minute before. */
  loadAverage: number
}

/** All values of one metric at one number of nodes. */
export interface Row {
  figure: string
  metric: string
  what: string
  unit: Unit
  /** Absent where the figure does not depend on it. */
  nodes?: number
  values: number[]
  serf?: number[]
  limit?: Limit
}

export interface Results {
  /** ISO 8601. */
  startedAt: string
  /** How many times each figure was measured. */
  runs: number
  quick: boolean
  machine: Machine
  rows: Row[]
  /** What should have been measured and was not. */
  problems: string[]
  /** What the reader should know besides. */
  notes: string[]
}

export interface Summary {
  median: number
  /** The value farthest on the wrong side. */
  worst: number
  serfMedian: number | undefined
  /** The median divided by serf's. */
  ratio: number | undefined
  /** Undefined where there is no limit. */
  holds: boolean | undefined
}

export function summaryOf({ values, serf, limit, unit }: Row): Summary {
  const median = medianOf(values)
  const isMoreBetter = unit === '/s' || limit?.atLeast !== undefined
  const worst = isMoreBetter ? Math.min(...values) : Math.max(...values)
  const serfMedian = serf === undefined ? undefined : medianOf(serf)
  return {
    median,
    worst,
    serfMedian,
    ratio: serfMedian === undefined || serfMedian === 0 ? undefined : median / serfMedian,
    holds: limit && isWithin(limit, median, worst)
  }
}

export interface Collector {
  take(metricId: string, program: 'ours' | 'serf', value: number, nodes?: number): void
  /** In the order of the figures, then by nodes; metrics without a value of ours are left out. */
  rows(): Row[]
}

export function createCollector(figures: readonly Figure[]): Collector {
  const metrics = new Map(figures.flatMap(({ name, metrics }) => metrics.map(metric => [metric.id, { name, metric }])))
  const order = [...metrics.keys()]
  const rows = new Map<string, Row>()
  return {
    take(metricId, program, value, nodes) {
      const { name, metric } = metrics.get(metricId)!
      const key = `${metricId} ${nodes ?? ''}`
      const row = rows.get(key) ?? newRow(name, metric, nodes)
      rows.set(key, row)
      if (program === 'ours') row.values.push(value)
      else row.serf = [...(row.serf ?? []), value]
    },
    rows: () =>
      [...rows.values()]
        .filter(({ values }) => values.length > 0)
        .sort((a, b) => order.indexOf(a.metric) - order.indexOf(b.metric) || (a.nodes ?? 0) - (b.nodes ?? 0))
  }
}

function newRow(figure: string, { id, what, unit, limit }: Metric, nodes: number | undefined): Row {
  const bound = limit?.(nodes ?? 0)
  return {
    figure,
    metric: id,
    what,
    unit,
    ...(nodes !== undefined && { nodes }),
    values: [],
    ...(bound !== undefined && { limit: bound })
  }
}

function isWithin({ median, worst, atLeast }: Limit, foundMedian: number, foundWorst: number): boolean {
  return (
    (median === undefined || foundMedian <= median) &&
    (worst === undefined || foundWorst <= worst) &&
    (atLeast === undefined || foundMedian >= atLeast)
  )
}
