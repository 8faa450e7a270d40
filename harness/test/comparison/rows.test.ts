import fc from 'fast-check'
import { test } from 'tap'
import { comparisonDocument, readComparison } from '../../src/comparison/document.ts'
import { repeatabilityOf } from '../../src/comparison/repeatability.ts'
import { lossLines } from '../../src/comparison/shown/words.ts'
import { COMPARED_NAMES, comparedText, roundedFigure } from '../../src/reports/words/figures/compared.ts'
import { comparisonWith, GRID } from './synthetic.ts'

const NEVER = Number.POSITIVE_INFINITY

test('what did not come in time counts as greater than all that did, and is not dropped', async t => {
  const { rows } = comparisonWith(({ round, scenario }) => {
    return scenario === 'life' ? { figures: { noticed: round <= 2 ? 1_000 * round : NEVER } } : {}
  })
  t.match(rows[0], {
    figures: { noticed: { median: NEVER, low: 1_000, high: NEVER, values: 6, never: 4 } }
  })
})

test('six values promise 95 %, and what was measured of fewer says so', async t => {
  const full = (repeat: number) =>
    comparisonWith(({ round }) => ({ figures: { full: 100 * round } }), { ...GRID, scenarios: ['life'], repeat })
  t.ok(full(6).rows[0]!.figures.full!.confidence >= 0.95)
  t.equal(full(5).rows[0]!.figures.full!.confidence, 0.9375)
})

test('runs that were not measured are no values, and are counted', async t => {
  const { rows } = comparisonWith(({ round, system }) => {
    if (system !== 'other' || round > 2) return { figures: { full: 100 }, rules: ['complete'] }
    return { outcome: round === 1 ? 'unmeasured' : 'given-up', figures: {} }
  })
  t.match(
    rows.find(({ system, nodes }) => system === 'other' && nodes === 50),
    { measured: 4, unmeasured: 1, givenUp: 1, figures: { full: { values: 4 } }, rules: [{ rule: 'complete', runs: 4 }] }
  )
})

test('where another system is better, the table says so, and whether that is sure', async t => {
  const comparison = comparisonWith(({ system, round, nodes }) => ({
    figures:
      nodes === 50
        ? { memory: (system === 'ours' ? 80 : 20) * 2 ** 20 }
        : { full: system === 'ours' ? 100 * round : 90 * round, start: 500 }
  }))
  t.match(lossLines(comparison), [
    /^full books with 10 nodes: ours 300 ms; better: the other 270 ms \(the intervals overlap\)$/,
    /^memory with 50 nodes: ours 80 MiB; better: the other 20 MiB$/
  ])
  t.equal(comparison.losses.length, 2, 'nothing is told where both are alike')
})

test('a loss is told exactly where the tables show a smaller median of another system', async () => {
  const values = fc.tuple(fc.double({ min: 0, max: 1e6, noNaN: true }), fc.double({ min: 0, max: 1e6, noNaN: true }))
  fc.assert(
    fc.property(values, fc.constantFrom(...COMPARED_NAMES), ([ours, theirs], name) => {
      const { losses } = comparisonWith(({ system }) => ({ figures: { [name]: system === 'ours' ? ours : theirs } }), {
        ...GRID,
        nodes: [10],
        scenarios: ['life'],
        repeat: 1
      })
      return losses.length > 0 === roundedFigure(name, theirs) < roundedFigure(name, ours)
    }),
    { numRuns: 200 }
  )
})

test('rounding keeps the order of values, and is done once', async () => {
  const value = fc.double({ min: 0, max: 1e12, noNaN: true })
  fc.assert(
    fc.property(fc.constantFrom(...COMPARED_NAMES), value, value, (name, a, b) => {
      const [low, high] = [Math.min(a, b), Math.max(a, b)].map(each => roundedFigure(name, each))
      return low! <= high! && roundedFigure(name, low!) === low
    })
  )
})

test('values are written as people read them', async t => {
  const written = (name: (typeof COMPARED_NAMES)[number], value: number) => comparedText(name, value, 60_000)
  t.equal(written('full', 71.4), '70 ms')
  t.equal(written('full', 3.4), '0 ms')
  t.equal(written('noticed', 33_412), '33 s')
  t.equal(written('noticed', 3_049), '3 s')
  t.equal(written('noticed', 3_149), '3.1 s')
  t.equal(written('healed', NEVER), 'not in 60 s')
  t.equal(written('memory', 17.4 * 2 ** 20), '17 MiB')
  t.equal(written('memory', 117.4 * 2 ** 20), '120 MiB')
  t.equal(written('bytes-at-rest', 4_372), '4,400 bytes/s')
  t.equal(written('cpu-at-rest', 3.12), '3.1 ms/s')
  t.equal(written('false-drops', 12), '12')
})

test('a comparison comes to the same as itself', async () => {
  const value = fc.oneof(fc.constant(NEVER), fc.double({ min: 0, max: 1e6, noNaN: true }))
  fc.assert(
    fc.property(fc.array(value, { minLength: 6, maxLength: 6 }), values => {
      const comparison = comparisonWith(({ round }) => ({ figures: { full: values[round - 1]! } }))
      const { isRepeated, outside, missing, share } = repeatabilityOf(comparison, comparison)
      return isRepeated && outside.length === 0 && missing === 0 && share === 1
    }),
    { numRuns: 50 }
  )
})

test('a second comparison that came to something else is told cell by cell', async t => {
  const figures = Object.fromEntries(COMPARED_NAMES.map(name => [name, 1_000]))
  const first = comparisonWith(() => ({ figures }))
  const second = comparisonWith(({ nodes }) => ({ figures: nodes === 10 ? { ...figures, full: 2_000 } : figures }))
  const { outside, share, isRepeated, compared } = repeatabilityOf(first, second)
  t.match(outside, [
    { system: 'ours', nodes: 10, figure: 'full', low: 1_000, high: 1_000, median: 2_000 },
    { system: 'other', nodes: 10, figure: 'full' }
  ])
  t.equal(outside.length, 2)
  t.equal(share, 1 - 2 / compared)
  t.ok(isRepeated)
  const sooner = comparisonWith(({ nodes }) => ({ figures: nodes === 10 ? { ...figures, full: 500 } : figures }))
  t.equal(repeatabilityOf(first, sooner).outside.length, 2, 'what became better is outside as well')
  const third = comparisonWith(() => ({ figures: { ...figures, full: 2_000, memory: 0, start: NEVER } }))
  t.notOk(repeatabilityOf(first, third).isRepeated)
})

test('nothing in common is no repetition, and cells of one comparison alone are counted', async t => {
  const first = comparisonWith(() => ({ figures: { full: 1 } }))
  const second = comparisonWith(() => ({ figures: { memory: 1 } }))
  t.match(repeatabilityOf(first, second), { compared: 0, share: 0, isRepeated: false, missing: 8 })
})

test('what is written and read again compares the same', async t => {
  const first = comparisonWith(({ round }) => ({ figures: { full: round > 3 ? NEVER : 10 * round } }))
  t.match(repeatabilityOf(first, readComparison(comparisonDocument(first), 'x')), { isRepeated: true, missing: 0 })
})
