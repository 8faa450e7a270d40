/** Many questions at once: what is rare for one of them is to be expected among many. */

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
