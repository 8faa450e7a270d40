/**
 * The value that a share of all values does not exceed, by nearest rank: it is one of the values, so 0.5 of an even number is
 * the lower of the two in the middle.
 *
 * @param ascending - sorted
 * @param share - 0 to 1
 * @returns NaN if there are no values
 */
export function nearestRank(ascending: readonly number[], share: number): number {
  return ascending[Math.max(0, Math.ceil(share * ascending.length) - 1)] ?? Number.NaN
}
