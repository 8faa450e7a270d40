import fc from 'fast-check'
import { test } from 'tap'
import { mannWhitney, typicalShift } from '../../src/statistics/mann-whitney.ts'
import { holm, smallestP, valuesNeeded } from '../../src/statistics/significance.ts'

/** From few different values, so that there are ties. */
const few = fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 1, maxLength: 6 })
const many = fc.array(fc.double({ noNaN: true }), { minLength: 1, maxLength: 20 })

// Critical values of U in the tables of textbooks: at most this U is significant, the next one is not, two-sided.
for (const [size, alpha, critical] of [
  [4, 0.05, 0],
  [5, 0.05, 2],
  [8, 0.05, 13],
  [10, 0.05, 23],
  [15, 0.05, 64],
  [20, 0.05, 127],
  [5, 0.01, 0],
  [8, 0.01, 7],
  [10, 0.01, 16],
  [15, 0.01, 51],
  [20, 0.01, 105]
] as const) {
  test(`of ${size} against ${size} values U <= ${critical} is significant at ${alpha}, as the tables say`, async t => {
    t.ok(2 * pOf(size, critical) <= alpha)
    t.ok(2 * pOf(size, critical + 1) > alpha)
  })
}

/** P(U <= u) of so many against as many values without ties, from a sample that has this u. */
function pOf(size: number, u: number): number {
  const before = Array.from({ length: size }, (_, index) => 2 * index + 1)
  // The value with the number k is above k of those before.
  let left = u
  const after = Array.from({ length: size }, (_, index) => {
    const above = Math.min(size, left)
    left -= above
    return 2 * above + index / 100
  })
  const test = mannWhitney(before, after)
  if (test.u !== u) throw new Error(`made U ${test.u}, not ${u}`)
  return test.less
}

test('five that are all above five others have one of 252 orders', async t => {
  const { u, greater, less } = mannWhitney([1, 2, 3, 4, 5], [6, 7, 8, 9, 10])
  t.equal(u, 25)
  t.ok(Math.abs(greater - 1 / 252) < 1e-15 && Math.abs(less - 1) < 1e-12)
})

test('with yes and no for values it is the exact test of Fisher', async t => {
  // 1 of 10 before and 11 of 14 after: the one-sided p of the 2x2 table.
  const before = [1, ...new Array(9).fill(0)]
  const after = [...new Array(11).fill(1), ...new Array(3).fill(0)]
  t.ok(Math.abs(mannWhitney(before, after).greater - 0.0013797280926100418) < 1e-15)
})

test('ties and all, the p values are those of counting every division of the values', async () => {
  fc.assert(
    fc.property(few, few, (before, after) => {
      const { u, greater, less } = mannWhitney(before, after)
      const counted = countedDivisions(before, after)
      return u === counted.u && near(greater, counted.greater) && near(less, counted.less)
    })
  )
})

/** Every way to call so many of the values those after, one by one. */
function countedDivisions(before: readonly number[], after: readonly number[]) {
  const all = [...before, ...after]
  const u = pairsAbove(before, after)
  let [divisions, atLeast, atMost] = [0, 0, 0]
  for (let mask = 0; mask < 2 ** all.length; mask++) {
    const chosen = all.filter((_, index) => (mask >> index) % 2 === 1)
    if (chosen.length !== after.length) continue
    const others = all.filter((_, index) => (mask >> index) % 2 === 0)
    const each = pairsAbove(others, chosen)
    divisions++
    if (each >= u) atLeast++
    if (each <= u) atMost++
  }
  return { u, greater: atLeast / divisions, less: atMost / divisions }
}

function pairsAbove(before: readonly number[], after: readonly number[]): number {
  const pairs = after.flatMap(late => before.map(early => (late > early ? 1 : late === early ? 0.5 : 0)))
  return pairs.reduce((sum: number, pair) => sum + pair, 0)
}

test('whoever comes first, the question is the same the other way round', async () => {
  fc.assert(
    fc.property(many, many, (before, after) => {
      const there = mannWhitney(before, after)
      const back = mannWhitney(after, before)
      return (
        there.u + back.u === before.length * after.length &&
        near(there.greater, back.less) &&
        near(there.less, back.greater)
      )
    })
  )
})

test('only the order of the values counts, not how far apart they are', async t => {
  const plain = mannWhitney([1, 2, 3], [2, 5, 9])
  t.same(mannWhitney([10, 20, 30], [20, 5_000, Number.POSITIVE_INFINITY]), plain)
})

test('values that become greater never make it less likely that they did', async () => {
  fc.assert(
    fc.property(few, few, fc.integer({ min: 0, max: 5 }), (before, after, index) => {
      const greater = after.map((value, place) => (place === index % after.length ? value + 1 : value))
      return mannWhitney(before, greater).u >= mannWhitney(before, after).u
    })
  )
  fc.assert(
    fc.property(many, fc.integer({ min: 0, max: 10 }), (before, by) => {
      const shifted = before.map(value => value + by)
      return mannWhitney(before, shifted).greater <= mannWhitney(before, before).greater + 1e-12
    })
  )
})

test('fifty against fifty are within the bounds of numbers', async t => {
  const before = Array.from({ length: 50 }, (_, index) => index)
  const { greater, less } = mannWhitney(before, before)
  t.ok(near(greater, less) && greater > 0.5 && greater < 0.51)
  t.ok(
    mannWhitney(
      before,
      before.map(value => value + 1_000)
    ).greater > 0
  )
})

test('nothing to compare is a mistake of the caller', async t => {
  t.throws(() => mannWhitney([], [1]), RangeError)
  t.throws(() => mannWhitney([1], []), RangeError)
  t.throws(() => mannWhitney([Number.NaN], [1]), RangeError)
})

test('so many values are needed that the least possible p is small enough', async t => {
  t.equal(valuesNeeded(0.01), 5, '1 of 252')
  t.equal(valuesNeeded(0.01 / 72), 8, '1 of 12,870')
  t.equal(smallestP(5, 5), 1 / 252)
  t.ok(near(smallestP(3, 4), mannWhitney([1, 2, 3], [4, 5, 6, 7]).greater))
})

test('the typical shift is what was added, and the other way round its opposite', async t => {
  t.equal(typicalShift([1, 2, 4], [11, 12, 14]), 10)
  t.equal(typicalShift([1, 2], [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]), Number.POSITIVE_INFINITY)
  t.equal(typicalShift([Number.POSITIVE_INFINITY], [Number.POSITIVE_INFINITY]), 0)
  fc.assert(fc.property(few, few, (before, after) => typicalShift(before, after) === 0 - typicalShift(after, before)))
})

test('Holm: the least p pays for all questions, the next one for those that are left', async t => {
  const adjusted = holm([0.01, 0.04, 0.03, 0.005])
  for (const [index, expected] of [0.03, 0.06, 0.06, 0.02].entries()) t.ok(near(adjusted[index]!, expected))
  t.same(holm([0.9, 0.8]), [1, 1])
  t.same(holm([]), [])
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true })), ps => {
      const adjusted = holm(ps)
      return adjusted.every((p, index) => p >= ps[index]! && p <= Math.min(1, ps[index]! * ps.length) + 1e-12)
    })
  )
})

function near(a: number, b: number): boolean {
  return Math.abs(a - b) < 1e-12
}
