/** Times at which faults were in force, as bands behind a chart. */
import type { FaultBand } from '../../data/report-data.ts'
import type { TimeWindow } from './time-window.ts'

export interface Band extends TimeWindow {
  /** Of one fault its title, of more their number. */
  readonly title: string
}

/**
 * The bands within the window, in order and apart by more than a pixel: faults that overlap share one. So there are at most
 * half as many as there are pixels.
 */
export function bandsIn(faults: readonly FaultBand[], window: TimeWindow, widthPx: number): Band[] {
  const pixelMs = (window.toMs - window.fromMs) / Math.max(1, widthPx)
  const inSight = faults
    .filter(({ fromMs, toMs }) => fromMs <= window.toMs && toMs >= window.fromMs)
    .map(({ title, fromMs, toMs }) => ({
      title,
      fromMs: Math.max(window.fromMs, fromMs),
      toMs: Math.min(window.toMs, toMs)
    }))
    .toSorted((a, b) => a.fromMs - b.fromMs)
  const bands: { fromMs: number; toMs: number; titles: string[] }[] = []
  for (const { title, fromMs, toMs } of inSight) {
    const last = bands.at(-1)
    if (last === undefined || fromMs > last.toMs + pixelMs) bands.push({ fromMs, toMs, titles: [title] })
    else {
      last.toMs = Math.max(last.toMs, toMs)
      last.titles.push(title)
    }
  }
  return bands.map(({ fromMs, toMs, titles }) => ({ fromMs, toMs, title: titleOf(titles) }))
}

/** Those in force at that moment. */
export function faultsAt(faults: readonly FaultBand[], atMs: number): FaultBand[] {
  return faults.filter(({ fromMs, toMs }) => fromMs <= atMs && atMs <= toMs)
}

function titleOf([first = '', ...more]: readonly string[]): string {
  return more.length === 0 ? first : `${1 + more.length} faults`
}
