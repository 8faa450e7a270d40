import fc from 'fast-check'
import { test } from 'tap'
import { growthExponent, growthOf } from '../../src/statistics/growth.ts'
import { medianInterval, medianOf, percentilesOf } from '../../src/statistics/median.ts'
import { randomFrom } from './random.ts'

const values = fc.array(fc.double({ noNaN: true }), { minLength: 1, maxLength: 60 })

test('percentiles are values that were seen', async t => {
  t.same(percentilesOf([5]), { p50: 5, p95: 5, p99: 5, max: 5 })
  t.same(percentilesOf(Array.from({ length: 200 }, (_, i) => 200 - i)), { p50: 100, p95: 190, p99: 198, max: 200 })
})

test('the median is one of the values, and as many lie on either side', async () => {
  fc.assert(
    fc.property(values, values => {
      const median = medianOf(values)
      const below = values.filter(value => value < median).length
      const above = values.filter(value => value > median).length
      return values.includes(median) && below <= values.length / 2 && above <= values.length / 2
    })
  )
})

// Tables of the sign test: of n values the d-th from each end, with the confidence that the two then have.
for (const [count, d, confidence] of [
  [1, 1, 0],
  [2, 1, 0.5],
  [5, 1, 0.9375],
  [6, 1, 0.96875],
  [9, 2, 0.9609375],
  [10, 2, 0.978515625],
  [15, 4, 0.96484375],
  [20, 6, 0.9586105346679688],
  [30, 10, 0.9572260547429323],
  [50, 18, 0.9671608]
] as const) {
  test(`the interval of the median of ${count} values reaches from number ${d} to the ${d}th last`, async t => {
    const interval = medianInterval(Array.from({ length: count }, (_, index) => count - index))
    t.same([interval.low, interval.high], [d, count + 1 - d])
    t.ok(Math.abs(interval.confidence - confidence) < 1e-7, String(interval.confidence))
  })
}

test('an interval holds its median, and its confidence is never more than it can be', async () => {
  fc.assert(
    fc.property(values, values => {
      const { median, low, high, confidence } = medianInterval(values)
      return low <= median && median <= high && confidence >= 0 && confidence <= 1 - 2 * 0.5 ** values.length
    })
  )
})

test('what never happened is the greatest value of all', async t => {
  const { median, low, high } = medianInterval([1, 2, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, 3])
  t.same([median, low, high], [3, 1, Number.POSITIVE_INFINITY])
})

test('the interval holds the true median as often as it says', async t => {
  const random = randomFrom(1)
  const samples = 4_000
  let held = 0
  for (let sample = 0; sample < samples; sample++) {
    const { low, high } = medianInterval(Array.from({ length: 9 }, () => -Math.log(random())))
    if (low <= Math.LN2 && Math.LN2 <= high) held++
  }
  // 0.9609 is expected; four standard deviations of 4,000 samples are 0.012.
  t.ok(Math.abs(held / samples - 0.9609) < 0.0125, String(held / samples))
})

test('what grows as a power of N has that power as its exponent, whatever the factor', async () => {
  fc.assert(
    fc.property(
      fc.double({ min: -3, max: 3, noNaN: true }),
      fc.double({ min: 0.01, max: 1e6, noNaN: true }),
      (p, k) => {
        const points = [100, 1_000, 10_000].map(x => ({ x, y: k * x ** p }))
        return Math.abs(growthExponent(points) - p) < 1e-9
      }
    )
  )
})

test('each round gives an exponent: the growth is their median with its interval', async t => {
  const rounds = [0.9, 1, 1.1, 1.2, 2].map(p => [5, 10, 20].map(x => ({ x, y: 3 * x ** p })))
  const growth = growthOf(3, rounds)!
  t.ok(Math.abs(growth.median - 1.1) < 1e-9 && Math.abs(growth.low - 0.9) < 1e-9 && Math.abs(growth.high - 2) < 1e-9)
  t.equal(growth.confidence, 0.9375)
})

test('a round that did not come to all of its figures says nothing of the growth', async t => {
  const whole = [5, 10].map(x => ({ x, y: x }))
  const torn = [
    { x: 5, y: 5 },
    { x: 10, y: Number.POSITIVE_INFINITY }
  ]
  t.equal(growthOf(2, [whole, torn])!.median, 1)
  t.equal(growthOf(2, [torn, [{ x: 5, y: 5 }]]), undefined)
  t.equal(growthOf(2, [[...whole.slice(1), { x: 5, y: 0 }]]), undefined)
  t.equal(growthOf(1, [[{ x: 5, y: 5 }]]), undefined, 'one size shows no growth')
})
