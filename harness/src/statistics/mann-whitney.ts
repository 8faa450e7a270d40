/**
 * Whether values became greater: the Mann-Whitney U test (Wilcoxon's rank sum test) with its exact distribution, whatever the
 * distribution of the values, and with ties. Nothing is approximated, so it holds for a handful of values.
 */

export interface RankTest {
  /** Pairs (before, after) of which the one after is greater; ties count half. */
  readonly u: number
  /** If nothing changed: the probability of a u that is at least as great, and of one that is at most as great. */
  readonly greater: number
  readonly less: number
}

/**
 * The work grows with the fourth power of the number of values: 30 ms for 50 against 50.
 *
 * @param before - at least one value; Infinity stands for what never happened
 * @param after - likewise
 * @throws {RangeError} when there is no value at a side, or one is none
 */
export function mannWhitney(before: readonly number[], after: readonly number[]): RankTest {
  if (before.length === 0 || after.length === 0) throw new RangeError('both sides need at least one value')
  if ([...before, ...after].some(Number.isNaN)) throw new RangeError('NaN cannot be compared')
  // The distribution is that of the smaller side; the other one has what is left of all ranks.
  if (before.length < after.length) {
    const { u, greater, less } = mannWhitney(after, before)
    return { u: before.length * after.length - u, greater: less, less: greater }
  }
  const groups = tiesOf([...before, ...after])
  const doubledU = after.reduce((sum, value) => sum + groups.get(value)!.doubledRank, 0) - doubledLeast(after.length)
  const ways = waysByDoubledU([...groups.values()], after.length, before.length)
  const total = sumOf(ways, 0, ways.length)
  return {
    u: doubledU / 2,
    greater: sumOf(ways, doubledU, ways.length) / total,
    less: sumOf(ways, 0, doubledU + 1) / total
  }
}

/**
 * The typical difference (Hodges and Lehmann): the median of all differences between one value after and one before.
 *
 * @returns Infinity or -Infinity where most of one side never happened, and 0 where most of both did not
 */
export function typicalShift(before: readonly number[], after: readonly number[]): number {
  const shifts = after.flatMap(late => before.map(early => (late === early ? 0 : late - early))).sort((a, b) => a - b)
  const [low, high] = [shifts[(shifts.length - 1) >> 1]!, shifts[shifts.length >> 1]!]
  return low === -high ? 0 : (low + high) / 2
}

/** Values that are equal share the mean of their ranks; doubled, it is a whole number. */
interface Tie {
  readonly doubledRank: number
  readonly size: number
}

function tiesOf(values: readonly number[]): Map<number, Tie> {
  const ties = new Map<number, Tie>()
  const sizes = Map.groupBy(
    values.toSorted((a, b) => a - b),
    value => value
  )
  let below = 0
  for (const [value, { length: size }] of sizes) {
    ties.set(value, { doubledRank: 2 * below + size + 1, size })
    below += size
  }
  return ties
}

/** The least sum of so many doubled ranks. */
function doubledLeast(count: number): number {
  return count * (count + 1)
}

/**
 * In how many ways `chosen` of all values can be those of one side, by twice the u that they have then. The values are taken one
 * group of equals after the other: of each some are chosen, and the row of so many more grows by the ways of choosing them.
 */
function waysByDoubledU(ties: readonly Tie[], chosen: number, others: number): Float64Array {
  const all = chosen + others
  const rows = Array.from({ length: chosen + 1 }, (_, count) => new Float64Array(2 * count * (all - count) + 1))
  rows[0]![0] = 1
  let taken = 0
  for (const { doubledRank, size } of ties) {
    taken += size
    // As many as are still missing must be among those that are left.
    const least = Math.max(1, chosen - (all - taken))
    for (let count = Math.min(chosen, taken); count >= least; count--) {
      let choices = 1
      for (let more = 1; more <= Math.min(size, count); more++) {
        choices *= (size - more + 1) / more
        const fewer = count - more
        const shift = more * doubledRank - (doubledLeast(count) - doubledLeast(fewer))
        addShifted(rows[count]!, rows[fewer]!, shift, choices)
      }
    }
  }
  return rows[chosen]!
}

/** What would lie outside has no ways to come about. */
function addShifted(row: Float64Array, fewer: Float64Array, shift: number, factor: number): void {
  const end = Math.min(fewer.length, row.length - shift)
  for (let index = Math.max(0, -shift); index < end; index++) row[index + shift]! += factor * fewer[index]!
}

function sumOf(ways: Float64Array, from: number, to: number): number {
  let sum = 0
  for (let index = from; index < to; index++) sum += ways[index]!
  return sum
}
