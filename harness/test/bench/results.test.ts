import { test } from 'tap'
import type { Figure, Limit } from '../../bench/figure.ts'
import { createCollector, type Row, summaryOf } from '../../bench/results.ts'

test('a limit of the median does not ask for the worst, and the other way round', async t => {
  const holds = (values: number[], limit: Limit) => summaryOf(rowOf({ values, limit })).holds
  t.equal(holds([1, 2, 99], { median: 2 }), true)
  t.equal(holds([1, 3, 4], { median: 2 }), false)
  t.equal(holds([1, 2, 99], { worst: 98 }), false)
  t.equal(holds([1, 2, 98], { worst: 98 }), true)
  t.equal(holds([1, 2, 99], { median: 2, worst: 98 }), false)
  t.equal(holds([0.9, 0.9, 0.1], { atLeast: 0.9 }), true)
  t.equal(holds([0.8, 0.8, 0.99], { atLeast: 0.9 }), false)
})

test('what has no limit neither holds nor fails', async t => {
  t.equal(summaryOf(rowOf({ values: [1] })).holds, undefined)
})

test('the worst of what should be large is the smallest', async t => {
  t.equal(summaryOf(rowOf({ values: [0.7, 0.95, 0.9], limit: { atLeast: 0.9 } })).worst, 0.7)
  t.equal(summaryOf(rowOf({ values: [7, 9, 8], unit: '/s' })).worst, 7)
  t.equal(summaryOf(rowOf({ values: [7, 9, 8], unit: 'ms' })).worst, 9)
})

test('ours is divided by serf, median by median, unless serf shows nothing', async t => {
  t.equal(summaryOf(rowOf({ values: [1, 2, 9], serf: [4, 5, 4] })).ratio, 0.5)
  t.equal(summaryOf(rowOf({ values: [1], serf: [0] })).ratio, undefined)
  t.equal(summaryOf(rowOf({ values: [1] })).ratio, undefined)
})

const figures: Figure[] = [
  {
    name: 'first',
    metrics: [{ id: 'b', what: 'b', unit: 'ms', limit: nodes => (nodes === 10 ? { median: 1 } : undefined) }],
    sizes: { full: [], quick: [] },
    async measure() {}
  },
  {
    name: 'second',
    metrics: [{ id: 'a', what: 'a', unit: '' }],
    sizes: { full: [], quick: [] },
    async measure() {}
  }
]

test('values gather by metric and number of nodes, ours apart from serf', async t => {
  const collector = createCollector(figures)
  collector.take('a', 'ours', 7)
  collector.take('b', 'ours', 3, 50)
  collector.take('b', 'serf', 4, 10)
  collector.take('b', 'ours', 1, 10)
  collector.take('b', 'ours', 2, 10)
  t.same(collector.rows(), [
    { figure: 'first', metric: 'b', what: 'b', unit: 'ms', nodes: 10, values: [1, 2], serf: [4], limit: { median: 1 } },
    { figure: 'first', metric: 'b', what: 'b', unit: 'ms', nodes: 50, values: [3] },
    { figure: 'second', metric: 'a', what: 'a', unit: '', values: [7] }
  ])
})

test('serf alone makes no row', async t => {
  const collector = createCollector(figures)
  collector.take('b', 'serf', 4, 10)
  t.same(collector.rows(), [])
})

function rowOf(part: Partial<Row>): Row {
  return { figure: 'f', metric: 'm', what: 'what', unit: '', values: [], ...part }
}
