/** What all charts over time share: where they are drawn, their axis of time, and the bands of faults behind them. */
import { seconds } from '../../../../judge/wording.ts'
import type { FaultBand, ReportData } from '../../data/report-data.ts'
import type { Palette } from '../palette.ts'
import { type Band, bandsIn } from './fault-bands.ts'
import { type TimeWindow, ticksIn } from './time-window.ts'

/** Where the drawing is within its element, in pixels. */
export interface PlotFrame {
  readonly widthPx: number
  readonly leftPx: number
  readonly rightPx: number
}

/** What a chart over time is drawn for. */
export interface TimeScene {
  readonly data: ReportData
  readonly window: TimeWindow
  readonly frame: PlotFrame
  readonly palette: Palette
}

const CHARACTER_PX = 7
const PIXELS_A_TICK = 70

/** A band gets its title where it is this much of the width. */
const TITLED_SHARE = 0.14

/** Room for the names of nodes at the left of every chart over time, so that their bands lie one below the other. */
export function frameOf({ nodes }: ReportData, widthPx: number): PlotFrame {
  const longest = Math.max(0, ...nodes.map(({ name }) => name.length))
  const leftPx = Math.min(widthPx * 0.3, Math.max(46, longest * CHARACTER_PX + 14))
  return { widthPx, leftPx: Math.round(leftPx), rightPx: 14 }
}

/** The moment at that place, within the window. */
export function timeAt({ widthPx, leftPx, rightPx }: PlotFrame, { fromMs, toMs }: TimeWindow, xPx: number): number {
  const share = (xPx - leftPx) / Math.max(1, widthPx - leftPx - rightPx)
  return fromMs + Math.min(1, Math.max(0, share)) * (toMs - fromMs)
}

export function timeAxis({ window, frame, palette }: Omit<TimeScene, 'data'>) {
  const plotPx = frame.widthPx - frame.leftPx - frame.rightPx
  const ticks = ticksIn(window, Math.max(2, plotPx / PIXELS_A_TICK))
  return {
    type: 'value',
    min: window.fromMs,
    max: window.toMs,
    axisLabel: {
      customValues: ticks,
      color: palette.soft,
      hideOverlap: true,
      formatter: (ms: number) => tickText(ms, ticks)
    },
    axisTick: { customValues: ticks, show: true, lineStyle: { color: palette.line } },
    axisLine: { show: true, onZero: false, lineStyle: { color: palette.line } },
    splitLine: { show: false }
  }
}

/** Bands over the whole height, with titles where there is room. */
export function faultAreas(faults: readonly FaultBand[], { window, frame, palette }: Omit<TimeScene, 'data'>) {
  const bands = bandsIn(faults, window, frame.widthPx)
  return {
    silent: true,
    animation: false,
    itemStyle: { color: palette.fault, opacity: 0.2 },
    label: { color: palette.text, position: 'top', distance: 2, fontSize: 11, overflow: 'truncate' },
    data: bands.map(band => [
      { xAxis: band.fromMs, name: nameIn(band, window) },
      { xAxis: atLeastAPixel(band, window, frame) }
    ])
  }
}

/** As many decimal places as the ticks need. */
function tickText(ms: number, ticks: readonly number[]): string {
  const stepMs = (ticks[1] ?? 1_000) - (ticks[0] ?? 0)
  const places = stepMs >= 1_000 ? 0 : stepMs >= 100 ? 1 : stepMs >= 10 ? 2 : 3
  return `${(ms / 1_000).toFixed(places)} s`
}

function nameIn({ fromMs, toMs, title }: Band, window: TimeWindow): string {
  return (toMs - fromMs) / (window.toMs - window.fromMs) < TITLED_SHARE ? '' : title
}

function atLeastAPixel({ fromMs, toMs }: Band, window: TimeWindow, { widthPx }: PlotFrame): number {
  return Math.max(toMs, fromMs + (2 * (window.toMs - window.fromMs)) / Math.max(1, widthPx))
}

/** Such as `2.00 s to 5.00 s of 20.00 s`. */
export function windowText({ fromMs, toMs }: TimeWindow, endMs: number): string {
  return `${seconds(fromMs)} to ${seconds(toMs)} of ${seconds(endMs)}`
}
