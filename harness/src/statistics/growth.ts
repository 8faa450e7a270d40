/** How fast a figure grows with the size of the network. */
import { type MedianInterval, medianInterval } from './median.ts'

interface Point {
  readonly x: number
  readonly y: number
}

/**
 * The slope of the straight line through the points that fits best (least squares) when both axes are logarithmic: y grows as x
 * to the power of it.
 *
 * @param points - of at least two different x; both coordinates above 0
 */
export function growthExponent(points: readonly Point[]): number {
  const logs = points.map(({ x, y }) => ({ x: Math.log(x), y: Math.log(y) }))
  const meanX = meanOf(logs.map(({ x }) => x))
  const meanY = meanOf(logs.map(({ y }) => y))
  const covariance = meanOf(logs.map(({ x, y }) => (x - meanX) * (y - meanY)))
  return covariance / meanOf(logs.map(({ x }) => (x - meanX) ** 2))
}

/**
 * The exponent of each round, in which every size was measured once, gives an exponent of its own; their median and its exact
 * interval need no assumption on the noise. A round in which a point is missing, infinite or not above 0 counts nothing.
 *
 * @param rounds - the points of each round
 * @returns undefined when no round has all of `sizes`, or there are fewer than two sizes
 */
export function growthOf(sizes: number, rounds: readonly (readonly Point[])[]): MedianInterval | undefined {
  if (sizes < 2) return undefined
  const whole = rounds
    .map(points => points.filter(({ y }) => y > 0 && Number.isFinite(y)))
    .filter(points => points.length === sizes)
  return whole.length === 0 ? undefined : medianInterval(whole.map(growthExponent))
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
