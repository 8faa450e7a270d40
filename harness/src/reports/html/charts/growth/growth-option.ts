/** How a figure grows with the network as a drawing: both axes logarithmic, so that a power of N is a straight line. */
import type { EChartsCoreOption } from 'echarts/core'
import { amountText, duration, mebibytes } from '../../../../judge/wording.ts'
import type { FigureChart, FigureLine, FigurePoint } from '../../../../sweep/shown/page-data.ts'
import type { Palette } from '../palette.ts'

export const GROWTH_HEIGHT_PX = 280

/** Lines are told apart by these as well, so that colour is never the only sign. */
const SIGNS = ['circle', 'rect', 'triangle', 'diamond'] as const
const STROKES = ['solid', 'dashed', 'dotted'] as const

export function growthOption({ lines, unit }: FigureChart, palette: Palette): EChartsCoreOption {
  const points = lines.flatMap(({ points }) => points)
  const values = points.flatMap(({ median, low, high }) => [median, low, high]).filter(value => value !== null)
  const isLogarithmic = values.every(value => value > 0)
  const sizes = [...new Set(points.map(({ nodes }) => nodes))]
  return {
    animation: false,
    grid: { left: 84, right: 24, top: 20, bottom: 44 },
    xAxis: {
      type: sizes.length > 1 ? 'log' : 'value',
      name: 'nodes',
      nameLocation: 'middle',
      nameGap: 26,
      nameTextStyle: { color: palette.soft },
      ...(sizes.length > 1 && { min: Math.min(...sizes) * 0.8, max: Math.max(...sizes) * 1.25 }),
      axisLabel: { show: false },
      axisTick: { show: false },
      axisLine: { lineStyle: { color: palette.line } },
      splitLine: { show: false }
    },
    yAxis: {
      type: isLogarithmic ? 'log' : 'value',
      ...(isLogarithmic && values.length > 0 && { min: Math.min(...values) * 0.8, max: Math.max(...values) * 1.25 }),
      axisLabel: { color: palette.soft, hideOverlap: true, formatter: (value: number) => axisText(value, unit) },
      splitLine: { lineStyle: { color: palette.line } }
    },
    series: [...lines.flatMap((line, index) => seriesOf(line, index, palette)), sizeLabels(sizes, values, palette)]
  }
}

/** In words, for those who do not see it. */
export function growthTold({ title, lines }: FigureChart): string {
  const told = lines.map(({ label, points }) => {
    return `${label}: ${points.map(({ nodes, text }) => `${nodes} nodes ${text}`).join(', ')}`
  })
  return `${title} by the number of nodes. ${told.join('; ')}`
}

export function axisText(value: number, unit: FigureChart['unit']): string {
  if (unit === 'ms') return duration(value)
  return unit === 'bytes' ? mebibytes(value) : `${amountText(Math.round(value))} B/s`
}

/** The colour of a line, by its place in the list. */
export function lineColour(index: number, palette: Palette): string {
  return [palette.search, palette.fault, palette.fail, palette.full, palette.soft][index % 5]!
}

/** The medians, and for each an upright line over its interval. What never happened is not drawn. */
function seriesOf({ label, points }: FigureLine, index: number, palette: Palette) {
  const color = lineColour(index, palette)
  const intervals = points.filter(({ low, high }) => low !== null && high !== null)
  return [
    {
      type: 'line',
      name: label,
      silent: true,
      symbol: SIGNS[index % SIGNS.length],
      symbolSize: 8,
      lineStyle: { color, width: 2, type: STROKES[index % STROKES.length] },
      itemStyle: { color },
      data: points.map(({ nodes, median }) => [nodes, median ?? '-'])
    },
    ...intervals.map(({ nodes, low, high }: FigurePoint) => ({
      type: 'line',
      silent: true,
      symbol: 'rect',
      symbolSize: [8, 2],
      lineStyle: { color, width: 1 },
      itemStyle: { color },
      data: [
        [nodes, low],
        [nodes, high]
      ]
    }))
  ]
}

/** A logarithmic axis has its own places for numbers: those of the sizes that were measured are written here. */
function sizeLabels(sizes: readonly number[], values: readonly number[], palette: Palette) {
  const bottom = values.length === 0 ? 1 : Math.min(...values) * 0.8
  return {
    type: 'line',
    silent: true,
    lineStyle: { opacity: 0 },
    itemStyle: { color: palette.soft },
    symbol: 'rect',
    symbolSize: [1, 6],
    label: {
      show: true,
      position: 'bottom',
      color: palette.soft,
      formatter: ({ value }: { value: readonly number[] }) => amountText(value[0]!)
    },
    data: sizes.map(nodes => [nodes, bottom])
  }
}
