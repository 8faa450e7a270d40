/** How often each duration was measured. */
import { nearestRank } from '../../../../nearest-rank.ts'
import { roundStep } from '../time/time-window.ts'

export interface Histogram {
  /** Each bin is that wide, in ms; the first begins at 0. */
  readonly stepMs: number
  /** By bin; the sum is `amount`. A value on a border is in the bin that it begins. */
  readonly counts: readonly number[]
  readonly amount: number
  readonly medianMs: number
  readonly p90Ms: number
  readonly maxMs: number
}

/** Columns that are told apart on a phone. */
export const MAX_BINS = 40

/** @returns undefined if nothing was measured */
export function histogramOf(tookMs: readonly number[]): Histogram | undefined {
  if (tookMs.length === 0) return undefined
  const sorted = tookMs.toSorted((a, b) => a - b)
  const maxMs = sorted.at(-1)!
  const stepMs = roundStep(Math.max(1, maxMs) / (MAX_BINS - 1))
  const counts = new Array<number>(Math.floor(maxMs / stepMs) + 1).fill(0)
  for (const ms of sorted) counts[Math.floor(Math.max(0, ms) / stepMs)]! += 1
  return {
    stepMs,
    counts,
    amount: sorted.length,
    medianMs: nearestRank(sorted, 0.5),
    p90Ms: nearestRank(sorted, 0.9),
    maxMs
  }
}
