/** Completeness, distributions and costs as charts show them. */
import fc from 'fast-check'
import t from 'tap'
import {
  completenessTold,
  lastUpTo,
  percentText,
  pointsIn,
  shareAt
} from '../../../../src/reports/html/charts/completeness/completeness-option.ts'
import { costRows, costsOf, inSight } from '../../../../src/reports/html/charts/costs/cost-option.ts'
import { COST_KINDS, costPoints, costText } from '../../../../src/reports/html/charts/costs/cost-series.ts'
import { distributionTold } from '../../../../src/reports/html/charts/distributions/distribution-option.ts'
import { histogramOf, MAX_BINS } from '../../../../src/reports/html/charts/distributions/histogram.ts'
import { percentilesOf } from '../../../../src/statistics/median.ts'
import { faultBand, noCosts, reportData } from '../../../toolkit/report-data.ts'

const curve = { atMs: [0, 1_000, 4_000], share: [0, 0.5, 1] }

t.test('the curve holds its share until it changes, also at the borders of a zoom and up to the end', async t => {
  t.same(
    [-5, 0, 999, 1_000, 9_000].map(ms => shareAt(curve, ms)),
    [0, 0, 0, 0.5, 1]
  )
  t.same(pointsIn(curve, { fromMs: 2_000, toMs: 8_000 }, 6_000), [
    { atMs: 2_000, share: 0.5 },
    { atMs: 4_000, share: 1 },
    { atMs: 6_000, share: 1 }
  ])
  const values = fc.array(fc.integer({ min: 0, max: 50 }), { maxLength: 60 }).map(each => each.sort((a, b) => a - b))
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(values, fc.integer({ min: -1, max: 51 }), (ascending, value) => {
        return lastUpTo(ascending, value) === ascending.findLastIndex(each => each <= value)
      })
    )
  )
})

t.test('100 % is said of the whole only', async t => {
  t.equal(percentText(0.9999), '99.9 %')
  t.equal(percentText(1), '100 %')
  const told = completenessTold(reportData(2, { completeness: curve, faults: [faultBand(0, 2_000)] }), 1_500)
  t.same(told, ['50 % complete at 1.50 s', 'Fault in force: kill n1'])
})

t.test('a histogram counts every duration once, in few bins, and its figures are those of all reports', async t => {
  t.equal(histogramOf([]), undefined)
  const durations = fc.array(fc.double({ min: 0, max: 1e7, noNaN: true }), { minLength: 1, maxLength: 500 })
  const property = fc.property(durations, tookMs => {
    const { counts, stepMs, amount, medianMs, p90Ms, maxMs } = histogramOf(tookMs)!
    const { p50, max } = percentilesOf(tookMs)
    const sum = counts.reduce((all, each) => all + each, 0)
    const isBounded = counts.length <= MAX_BINS && stepMs * counts.length >= maxMs
    return (
      sum === amount && amount === tookMs.length && isBounded && medianMs === p50 && maxMs === max && p90Ms <= maxMs
    )
  })
  t.doesNotThrow(() => fc.assert(property))
  t.equal(distributionTold(histogramOf([100, 200, 1_500])!), '3 pairs: median 200 ms, p90 1.50 s, max 1.50 s')
})

t.test('what was used in all becomes what is used in each second, anew for every process', async t => {
  const cpu = { as: 'rate', divisor: 10 } as const
  const series = { atMs: [1_000, 2_000, 4_000, 5_000, 6_000], value: [100, 300, 400, 50, 150] }
  t.same(costPoints(series, cpu, [4_500]), [
    { atMs: 2_000, value: 20, isFirst: true },
    { atMs: 4_000, value: 5, isFirst: false },
    { atMs: 6_000, value: 10, isFirst: true }
  ])
  t.same(costPoints({ atMs: [1_000], value: [7] }, { as: 'state', divisor: 1 }, []), [
    { atMs: 1_000, value: 7, isFirst: true }
  ])
  const samples = fc.array(fc.tuple(fc.integer({ min: 0, max: 1_000 }), fc.integer({ min: 0, max: 1_000 })))
  const property = fc.property(
    samples,
    fc.array(fc.integer({ min: 0, max: 1_000 }), { maxLength: 3 }),
    (pairs, ends) => {
      const sorted = pairs.toSorted(([a], [b]) => a - b)
      const points = costPoints({ atMs: sorted.map(([at]) => at), value: sorted.map(([, value]) => value) }, cpu, ends)
      return points.length <= pairs.length && points.every(({ value }) => value >= 0 && Number.isFinite(value))
    }
  )
  t.doesNotThrow(() => fc.assert(property))
})

t.test('the node that used most comes first, and one of which nothing is known is left out', async t => {
  const memory = (value: number) => ({ ...noCosts(), rssBytes: { atMs: [1_000, 2_000], value: [value, value * 2] } })
  const [, rss] = COST_KINDS
  const data = reportData(3, { costs: [memory(2 ** 20), noCosts(), memory(2 ** 22)] })
  t.same(costRows(costsOf(data, rss)), [
    { node: 2, mean: 6, most: 8, mostAtMs: 2_000 },
    { node: 0, mean: 1.5, most: 2, mostAtMs: 2_000 }
  ])
  t.equal(costText(1.234, rss), '1.23 MiB')
  t.equal(costText(12, { unit: '/s' }), '12/s')
})

t.test('a zoomed line goes on to both borders', async t => {
  const points = [0, 1, 2, 3, 4].map(i => ({ atMs: i * 1_000, value: i, isFirst: i === 0 }))
  t.same(
    inSight(points, { fromMs: 1_500, toMs: 2_500 }).map(({ atMs }) => atMs),
    [1_000, 2_000, 3_000]
  )
})
