/** One distribution of durations as a drawing, and in words. */
import type { EChartsCoreOption } from 'echarts/core'
import { count, duration } from '../../../../judge/wording.ts'
import type { Delays } from '../../data/report-data.ts'
import type { Palette } from '../palette.ts'
import type { Histogram } from './histogram.ts'

export const DISTRIBUTION_HEIGHT_PX = 190

export const DELAY_WORDS = {
  visibility: { title: 'Visibility', about: 'from both nodes ready until one lists the other' },
  detection: { title: 'Detection', about: 'from a fault, or a farewell, until a node drops what it took away' },
  healing: { title: 'Healing', about: 'from the end of a fault until a node lists again what it had dropped' }
} as const satisfies Record<Delays['of'], { title: string; about: string }>

export function distributionOption(histogram: Histogram, palette: Palette): EChartsCoreOption {
  const { stepMs, counts } = histogram
  return {
    animation: false,
    grid: { left: 46, right: 16, top: 40, bottom: 26 },
    xAxis: {
      type: 'value',
      min: 0,
      max: stepMs * counts.length,
      // The axis keeps its ends, although bars stand there.
      containShape: false,
      axisLabel: {
        color: palette.soft,
        hideOverlap: true,
        formatter: (ms: number) => axisText(ms, stepMs * counts.length)
      },
      axisLine: { lineStyle: { color: palette.line } },
      splitLine: { show: false }
    },
    yAxis: {
      type: 'value',
      minInterval: 1,
      splitNumber: 3,
      axisLabel: { color: palette.soft },
      splitLine: { lineStyle: { color: palette.line } }
    },
    series: [
      {
        type: 'bar',
        silent: true,
        barWidth: '92%',
        barMinHeight: 2,
        itemStyle: { color: palette.search },
        data: counts.map((amount, bin) => [(bin + 0.5) * stepMs, amount]).filter(([, amount]) => amount !== 0),
        markLine: {
          silent: true,
          symbol: 'none',
          lineStyle: { color: palette.text, type: 'dashed', width: 1.5 },
          data: marksOn(histogram, palette)
        }
      }
    ]
  }
}

/** Names are told one above the other, so that they can be read where the three are close. */
function marksOn({ medianMs, p90Ms, maxMs, stepMs, counts }: Histogram, palette: Palette) {
  const marks = [
    { name: 'median', xAxis: medianMs },
    { name: 'p90', xAxis: p90Ms },
    { name: 'max', xAxis: maxMs }
  ]
  return marks.map(({ name, xAxis }, i) => ({
    name,
    xAxis,
    label: {
      color: palette.text,
      fontSize: 11,
      formatter: '{b}',
      position: 'end',
      distance: [0, 12 * (2 - i)],
      align: xAxis > 0.85 * stepMs * counts.length ? 'right' : xAxis < 0.1 * stepMs * counts.length ? 'left' : 'center'
    }
  }))
}

/** Such as `39,800 pairs: median 120 ms, p90 310 ms, max 1.20 s`. */
export function distributionTold({ amount, medianMs, p90Ms, maxMs }: Histogram): string {
  return `${count(amount, 'pair')}: median ${duration(medianMs)}, p90 ${duration(p90Ms)}, max ${duration(maxMs)}`
}

function axisText(ms: number, wholeMs: number): string {
  return wholeMs < 2_000 ? `${Math.round(ms)} ms` : `${Number((ms / 1_000).toFixed(2))} s`
}
