/** The stretch of time that a chart shows: how zooming and panning move it. All times are ms since the start of the run. */

export interface TimeWindow {
  readonly fromMs: number
  readonly toMs: number
}

/** A shorter stretch says nothing: the harness times events about as exactly. */
export const MIN_WINDOW_MS = 10

export function wholeRun(endMs: number): TimeWindow {
  return { fromMs: 0, toMs: Math.max(endMs, MIN_WINDOW_MS) }
}

/** The window as far as the run has it; the whole run if there is none. */
export function windowIn(endMs: number, window: TimeWindow | undefined): TimeWindow {
  if (window === undefined || !Number.isFinite(window.fromMs) || !Number.isFinite(window.toMs)) return wholeRun(endMs)
  const { toMs: wholeMs } = wholeRun(endMs)
  const spanMs = Math.min(wholeMs, Math.max(MIN_WINDOW_MS, window.toMs - window.fromMs))
  const fromMs = Math.min(Math.max(0, window.fromMs), wholeMs - spanMs)
  return { fromMs, toMs: fromMs + spanMs }
}

/** The window `factor` times as long, 0.5 to zoom in; `aroundMs` keeps its place. */
export function zoomedWindow(
  endMs: number,
  window: TimeWindow,
  factor: number,
  aroundMs = middleOf(window)
): TimeWindow {
  const { fromMs, toMs } = window
  const { toMs: wholeMs } = wholeRun(endMs)
  const spanMs = Math.min(wholeMs, Math.max(MIN_WINDOW_MS, (toMs - fromMs) * factor))
  const place = (aroundMs - fromMs) / (toMs - fromMs)
  const from = aroundMs - place * spanMs
  return windowIn(endMs, { fromMs: from, toMs: from + spanMs })
}

/** Later by that share of its length; earlier if it is negative. */
export function pannedWindow(endMs: number, { fromMs, toMs }: TimeWindow, share: number): TimeWindow {
  const byMs = (toMs - fromMs) * share
  return windowIn(endMs, { fromMs: fromMs + byMs, toMs: toMs + byMs })
}

/** Nothing if the window is the whole run: that grows while the run goes on. */
export function zoomOf(endMs: number, window: TimeWindow): TimeWindow | undefined {
  const whole = wholeRun(endMs)
  return window.fromMs <= whole.fromMs && window.toMs >= whole.toMs ? undefined : window
}

/** Round moments within the window, about as many as asked for, and at most twice as many. */
export function ticksIn({ fromMs, toMs }: TimeWindow, wanted: number): number[] {
  const step = roundStep((toMs - fromMs) / Math.max(1, wanted))
  const first = Math.ceil(fromMs / step)
  const last = Math.floor(toMs / step)
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => (first + i) * step)
}

/** The least of 1, 2, 5, 10, 20, ... that is not less. */
export function roundStep(least: number): number {
  const magnitude = 10 ** Math.floor(Math.log10(Math.max(least, Number.MIN_VALUE)))
  return magnitude * ([1, 2, 5].find(each => each * magnitude >= least * (1 - 1e-9)) ?? 10)
}

function middleOf({ fromMs, toMs }: TimeWindow): number {
  return (fromMs + toMs) / 2
}
