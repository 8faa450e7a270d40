/** How small a p is small enough: many questions at once, and few values. */

/**
 * Holm's correction: with these p values in place of the given ones, the probability that any of them is at most alpha although
 * nothing changed is at most alpha for all of them together, whatever they have to do with each other.
 *
 * @returns in the order of `ps`
 */
export function holm(ps: readonly number[]): number[] {
  const adjusted: number[] = new Array(ps.length)
  let least = 0
  const ascending = [...ps.entries()].sort(([, a], [, b]) => a - b)
  ascending.forEach(([index, p], turn) => {
    least = Math.max(least, Math.min(1, p * (ps.length - turn)))
    adjusted[index] = least
  })
  return adjusted
}

/** The smallest p that so many values can have: all of one side are beyond all of the other, in one of all orders. */
export function smallestP(before: number, after: number): number {
  let p = 1
  for (let taken = 1; taken <= after; taken++) p *= taken / (before + taken)
  return p
}

/** How many values each side needs so that a p of at most `alpha` is possible. */
export function valuesNeeded(alpha: number): number {
  let values = 1
  while (smallestP(values, values) > alpha) values++
  return values
}
