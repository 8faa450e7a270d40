/** Completeness over time as a drawing, and what it says at one moment. */
import type { EChartsCoreOption } from 'echarts/core'
import { seconds } from '../../../../judge/wording.ts'
import type { Curve } from '../../data/report-data.ts'
import { faultsAt } from '../time/fault-bands.ts'
import { faultAreas, type TimeScene, timeAxis } from '../time/time-axis.ts'
import type { TimeWindow } from '../time/time-window.ts'

export const COMPLETENESS_HEIGHT_PX = 240

/** A share of the listings was reached. */
export interface Milestone {
  readonly percent: 50 | 99 | 100
  readonly atMs: number
}

export function completenessOption(scene: TimeScene, milestones: readonly Milestone[]): EChartsCoreOption {
  const { data, window, frame, palette } = scene
  return {
    animation: false,
    grid: { left: frame.leftPx, right: frame.rightPx, top: 34, bottom: 26 },
    xAxis: timeAxis(scene),
    yAxis: {
      type: 'value',
      min: 0,
      max: 100,
      interval: 50,
      axisLabel: { color: palette.soft, formatter: '{value} %' },
      splitLine: { lineStyle: { color: palette.line } }
    },
    series: [
      {
        name: 'completeness',
        type: 'line',
        step: 'end',
        silent: true,
        showSymbol: false,
        lineStyle: { color: palette.search, width: 2 },
        areaStyle: { color: palette.search, opacity: 0.14 },
        data: pointsIn(data.completeness, window, data.endMs).map(({ atMs, share }) => [atMs, 100 * share]),
        markArea: faultAreas(data.faults, scene)
      },
      {
        name: 'milestones',
        type: 'line',
        silent: true,
        symbol: 'circle',
        symbolSize: 9,
        lineStyle: { opacity: 0 },
        itemStyle: { color: palette.full, borderColor: palette.card, borderWidth: 2 },
        data: milestones
          .filter(({ atMs }) => atMs >= window.fromMs && atMs <= window.toMs)
          .map(milestone => ({ value: [milestone.atMs, milestone.percent], label: labelOf(milestone, scene) }))
      }
    ]
  }
}

/** Marks of 99 and 100 % are close to each other: one is told above the curve, the other below it. */
function labelOf({ percent, atMs }: Milestone, { window, palette }: TimeScene) {
  const isLate = (atMs - window.fromMs) / (window.toMs - window.fromMs) > 0.8
  const side = isLate ? 'left' : 'right'
  return {
    show: true,
    color: palette.text,
    fontSize: 12,
    position: side,
    offset: [0, { 50: 0, 99: 14, 100: -14 }[percent]],
    formatter: `${percent} % at ${seconds(atMs)}`
  }
}

/** The points of the curve within the window, and its shares at both ends of it. */
export function pointsIn(curve: Curve, { fromMs, toMs }: TimeWindow, endMs: number): { atMs: number; share: number }[] {
  const inside = curve.atMs.flatMap((atMs, i) =>
    atMs > fromMs && atMs < toMs ? [{ atMs, share: curve.share[i]! }] : []
  )
  const end = Math.max(fromMs, Math.min(toMs, endMs))
  return [{ atMs: fromMs, share: shareAt(curve, fromMs) }, ...inside, { atMs: end, share: shareAt(curve, end) }]
}

/** The share at that moment: as it was when it last changed; 0 before the curve begins. */
export function shareAt({ atMs, share }: Curve, moment: number): number {
  return share[lastUpTo(atMs, moment)] ?? 0
}

/** Place of the last value that is not greater; -1 if there is none. The values ascend. */
export function lastUpTo(ascending: readonly number[], value: number): number {
  let [from, to] = [0, ascending.length]
  while (from < to) {
    const middle = (from + to) >> 1
    if (ascending[middle]! <= value) from = middle + 1
    else to = middle
  }
  return from - 1
}

/** Never rounded up: `100 %` is said only of the whole. */
export function percentText(share: number): string {
  return `${Math.floor(1_000 * share) / 10} %`
}

export function completenessTold({ completeness, faults }: TimeScene['data'], atMs: number): string[] {
  const inForce = faultsAt(faults, atMs).slice(0, 3)
  return [
    `${percentText(shareAt(completeness, atMs))} complete at ${seconds(atMs)}`,
    ...inForce.map(({ title }) => `Fault in force: ${title}`)
  ]
}
