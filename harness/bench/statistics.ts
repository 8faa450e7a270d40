/** What many values come to. */
import { percentilesOf } from '../src/judge/metrics.ts'

/** By nearest rank: one of the values. */
export function medianOf(values: readonly number[]): number {
  return percentilesOf(values).p50
}

/** The slope of the straight line through the points that fits best when both axes are logarithmic: y grows as x to the power of it. */
export function growthExponent(points: readonly { x: number; y: number }[]): number {
  const logs = points.map(({ x, y }) => ({ x: Math.log(x), y: Math.log(y) }))
  const meanX = meanOf(logs.map(({ x }) => x))
  const meanY = meanOf(logs.map(({ y }) => y))
  const covariance = meanOf(logs.map(({ x, y }) => (x - meanX) * (y - meanY)))
  return covariance / meanOf(logs.map(({ x }) => (x - meanX) ** 2))
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
