/** A figure of several systems as a drawing: a line for each, with the median and its interval at each number of nodes. */
import type { EChartsCoreOption } from 'echarts/core'
import type { ComparedChart, ComparedPoint, ComparedSize } from '../../../../comparison/shown/page-data.ts'
import { comparedText } from '../../../words/figures/compared.ts'
import { lineColour } from '../growth/growth-option.ts'
import type { Palette } from '../palette.ts'

/** Numbers of nodes are told apart by these as well, so that colour is never the only sign. */
export const COMPARED_SIGNS = [
  { symbol: 'circle', text: '●' },
  { symbol: 'rect', text: '■' },
  { symbol: 'triangle', text: '▲' },
  { symbol: 'diamond', text: '◆' }
] as const

const ROW_PX = 38
const AROUND_PX = 60
const NARROW_PX = 560

/** Values of 0 have a place on a logarithmic axis, too: so much of the least one above. */
const BELOW_LEAST = 0.5

export function comparedHeightPx({ systems }: Pick<ComparedChart, 'systems'>): number {
  return AROUND_PX + ROW_PX * systems.length
}

/** In words, for those who do not see it. */
export function comparedTold({ title, sizes }: ComparedChart): string {
  const told = sizes.map(({ nodes, points }) => {
    return `${nodes} nodes: ${points.map(({ system, text }) => `${system} ${text}`).join(', ')}`
  })
  return `${title} of each system. ${told.join('; ')}`
}

export function comparedOption(chart: ComparedChart, widthPx: number, palette: Palette): EChartsCoreOption {
  const { systems, sizes } = chart
  const axis = axisOf(chart)
  return {
    animation: false,
    grid: { left: widthPx < NARROW_PX ? 116 : 210, right: 34, top: 12, bottom: 34 },
    xAxis: {
      type: axis.isLogarithmic ? 'log' : 'value',
      min: axis.min,
      max: axis.max,
      axisLabel: {
        color: palette.soft,
        hideOverlap: true,
        showMaxLabel: false,
        formatter: (value: number) => axisText(chart, value)
      },
      axisLine: { onZero: false, lineStyle: { color: palette.line } },
      splitLine: { lineStyle: { color: palette.line } }
    },
    yAxis: {
      type: 'value',
      inverse: true,
      min: -0.5,
      max: systems.length - 0.5,
      interval: 1,
      axisLine: { show: false },
      axisTick: { show: false },
      axisLabel: { show: false },
      splitLine: { show: false }
    },
    series: [
      nameLabels(systems, axis.min, widthPx < NARROW_PX ? 104 : 198, palette),
      ...sizes.flatMap((size, index) => seriesOf(chart, size, { index, axis, palette }))
    ]
  }
}

interface Axis {
  readonly isLogarithmic: boolean
  readonly min: number
  readonly max: number
  /** Where a value stands; null is at the right edge. */
  placeOf(value: number | null): number
}

function axisOf({ sizes, unit, limitMs }: ComparedChart): Axis {
  const all = sizes.flatMap(({ points }) => points.flatMap(({ median, low, high }) => [median, low, high]))
  const values = all.flatMap(value => value ?? (unit === 'ms' ? limitMs : []))
  const above = values.filter(value => value > 0)
  if (unit === 'count' || above.length === 0) {
    const max = Math.max(1, ...values)
    return { isLogarithmic: false, min: 0, max, placeOf: value => value ?? max }
  }
  const [least, most] = [Math.min(...above), Math.max(...above)]
  const min = values.some(value => value === 0) ? least * BELOW_LEAST : least * 0.8
  const max = most * 1.25
  return { isLogarithmic: true, min, max, placeOf: value => (value === null ? max : Math.max(min, value)) }
}

function axisText({ name, limitMs, unit }: ComparedChart, value: number): string {
  return unit === 'count' && !Number.isInteger(value) ? '' : comparedText(name, value, limitMs)
}

/** The medians, and for each a line over its interval. */
function seriesOf(
  { systems }: ComparedChart,
  { points }: ComparedSize,
  { index, axis, palette }: { index: number; axis: Axis; palette: Palette }
) {
  const color = lineColour(index, palette)
  const heightOf = ({ system }: ComparedPoint) => systems.indexOf(system) + (index % 2 === 0 ? -0.14 : 0.14)
  const intervals = points.filter(({ low, high }) => low !== high)
  return [
    ...intervals.map(point => ({
      type: 'line',
      silent: true,
      symbol: 'rect',
      symbolSize: [2, 8],
      lineStyle: { color, width: 2 },
      itemStyle: { color },
      data: [
        [axis.placeOf(point.low), heightOf(point)],
        [axis.placeOf(point.high), heightOf(point)]
      ]
    })),
    {
      type: 'line',
      silent: true,
      symbol: COMPARED_SIGNS[index % COMPARED_SIGNS.length]!.symbol,
      symbolSize: 9,
      lineStyle: { opacity: 0 },
      itemStyle: { color },
      data: points.map(point => [axis.placeOf(point.median), heightOf(point)])
    }
  ]
}

/** At the left edge, cut where there is no room. */
function nameLabels(systems: readonly string[], left: number, widthPx: number, palette: Palette) {
  return {
    type: 'line',
    silent: true,
    symbol: 'rect',
    symbolSize: [1, 1],
    lineStyle: { opacity: 0 },
    itemStyle: { color: palette.soft },
    label: {
      show: true,
      position: 'left',
      distance: 6,
      width: widthPx,
      overflow: 'truncate',
      color: palette.text,
      formatter: ({ value }: { value: readonly number[] }) => systems[value[1]!] ?? ''
    },
    data: systems.map((_, place) => [left, place])
  }
}
