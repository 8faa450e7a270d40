/** One kind of cost of all nodes over time as a drawing, and in words. */
import type { EChartsCoreOption } from 'echarts/core'
import { seconds } from '../../../../judge/wording.ts'
import type { NodeNumber, ReportData } from '../../data/report-data.ts'
import { faultAreas, type TimeScene, timeAxis } from '../time/time-axis.ts'
import { type CostKind, type CostPoint, costPoints, costText } from './cost-series.ts'

export const COSTS_HEIGHT_PX = 240

/** By node; a node of which nothing was measured has no points. */
export function costsOf({ costs, nodes }: Pick<ReportData, 'costs' | 'nodes'>, kind: CostKind): CostPoint[][] {
  return costs.map((each, node) => {
    const endsMs = nodes[node]?.runs.flatMap(({ exitMs }) => exitMs ?? []) ?? []
    return costPoints(each[kind.of], kind, endsMs)
  })
}

/** Every shown node as a thin line, the highlighted one on top of them. */
export function costOption(
  scene: TimeScene,
  points: readonly (readonly CostPoint[])[],
  { shown, highlighted }: { shown: ReadonlySet<NodeNumber> | undefined; highlighted: NodeNumber | undefined }
): EChartsCoreOption {
  const { data, window, frame, palette } = scene
  const line = (node: NodeNumber) => ({
    type: 'line',
    silent: true,
    showSymbol: points[node]!.length === 1,
    symbolSize: 5,
    z: node === highlighted ? 4 : 2,
    lineStyle:
      node === highlighted ? { color: palette.search, width: 3 } : { color: palette.soft, width: 1, opacity: 0.55 },
    itemStyle: { color: node === highlighted ? palette.search : palette.soft },
    // A point without a value ends the line before it.
    data: inSight(points[node]!, window).flatMap(({ atMs, value, isFirst }) => [
      ...(isFirst ? [[atMs, '-']] : []),
      [atMs, value]
    ])
  })
  const nodes = points.flatMap((each, node) => (each.length > 0 && (shown?.has(node) ?? true) ? [node] : []))
  return {
    animation: false,
    grid: { left: frame.leftPx, right: frame.rightPx, top: 24, bottom: 26 },
    xAxis: timeAxis(scene),
    yAxis: {
      type: 'value',
      min: 0,
      axisLabel: { color: palette.soft, hideOverlap: true },
      splitLine: { lineStyle: { color: palette.line } }
    },
    series: [{ type: 'line', silent: true, data: [], markArea: faultAreas(data.faults, scene) }, ...nodes.map(line)]
  }
}

/** The points within the window, and the nearest on both sides of it, so that no line ends short of the border. */
export function inSight(points: readonly CostPoint[], { fromMs, toMs }: TimeScene['window']): readonly CostPoint[] {
  const first = points.findIndex(({ atMs }) => atMs >= fromMs)
  if (first === -1) return points.slice(-1)
  const beyond = points.findIndex(({ atMs }) => atMs > toMs)
  return points.slice(Math.max(0, first - 1), beyond === -1 ? points.length : beyond + 1)
}

export interface CostRow {
  readonly node: NodeNumber
  readonly mean: number
  readonly most: number
  readonly mostAtMs: number
}

/** The nodes of which something was measured, the greatest mean first. */
export function costRows(points: readonly (readonly CostPoint[])[]): CostRow[] {
  return points
    .flatMap((each, node) => {
      if (each.length === 0) return []
      const most = each.reduce((greatest, point) => (point.value > greatest.value ? point : greatest))
      const mean = each.reduce((sum, { value }) => sum + value, 0) / each.length
      return [{ node, mean, most: most.value, mostAtMs: most.atMs }]
    })
    .sort((a, b) => b.mean - a.mean || a.node - b.node)
}

/** The node at the top of that moment, and the highlighted one. */
export function costTold(
  { nodes }: ReportData,
  points: readonly (readonly CostPoint[])[],
  kind: CostKind,
  { atMs, highlighted }: { atMs: number; highlighted: NodeNumber | undefined }
): string[] {
  const values = points.flatMap((each, node) => {
    const last = each.findLast(point => point.atMs <= atMs)
    return last === undefined ? [] : [{ node, value: last.value }]
  })
  const told = ({ node, value }: { node: NodeNumber; value: number }) =>
    `${nodes[node]!.name}: ${costText(value, kind)}`
  const own = values.find(({ node }) => node === highlighted)
  const most = values.toSorted((a, b) => b.value - a.value)[0]
  return [
    `${kind.title} at ${seconds(atMs)}`,
    ...(own === undefined ? [] : [told(own)]),
    ...(most === undefined || most.node === highlighted ? [] : [`most: ${told(most)}`])
  ]
}
