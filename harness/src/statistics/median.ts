/** What many values come to: percentiles, the median, and between which values the true median lies. */
import { nearestRank } from '../nearest-rank.ts'

export interface Percentiles {
  p50: number
  p95: number
  p99: number
  max: number
}

/** By nearest rank: each figure is one of the values. */
export function percentilesOf(values: readonly number[]): Percentiles {
  const sorted = values.toSorted((a, b) => a - b)
  const rank = (share: number) => nearestRank(sorted, share)
  return { p50: rank(0.5), p95: rank(0.95), p99: rank(0.99), max: rank(1) }
}

/** By nearest rank: one of the values, the lower one of two in the middle. */
export function medianOf(values: readonly number[]): number {
  return percentilesOf(values).p50
}

export interface MedianInterval {
  readonly median: number
  /** Both are among the values. */
  readonly low: number
  readonly high: number
  /** With at least this probability the true median lies between the two, whatever the distribution. 0 to 1. */
  readonly confidence: number
}

/** What an interval should hold; few values cannot promise it. */
export const WANTED_CONFIDENCE = 0.95

/**
 * The median with its exact interval from the order statistics: each value lies below the true median with probability 1/2, so
 * the number of those that do is binomial. It is the narrowest symmetric interval that holds `WANTED_CONFIDENCE`. Fewer than six
 * values cannot promise that: the interval spans all of them, and `confidence` says what that is worth (93.75 % for five).
 *
 * @param values - at least one; Infinity stands for what never happened
 */
export function medianInterval(values: readonly number[]): MedianInterval {
  const sorted = values.toSorted((a, b) => a - b)
  const outside = tailsOf(sorted.length)
  const last = outside.findLastIndex(tail => 1 - 2 * tail >= WANTED_CONFIDENCE)
  const cut = Math.max(0, last)
  return {
    median: medianOf(values),
    low: sorted[cut]!,
    high: sorted[sorted.length - 1 - cut]!,
    confidence: Math.max(0, 1 - 2 * outside[cut]!)
  }
}

/** By number of values that are cut off at one end: the probability that the true median is among these. */
function tailsOf(count: number): number[] {
  const tails: number[] = []
  let exactly = 0.5 ** count
  let atMost = 0
  for (let below = 0; below < Math.ceil(count / 2); below++) {
    atMost += exactly
    tails.push(atMost)
    exactly *= (count - below) / (below + 1)
  }
  return tails
}
