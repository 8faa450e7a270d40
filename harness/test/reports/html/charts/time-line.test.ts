/** The rows of the time line, and what it marks in them. */
import fc from 'fast-check'
import t from 'tap'
import { heapsIn, MARK_KINDS, marksOf } from '../../../../src/reports/html/charts/time-line/marks.ts'
import { barsOf, MAX_ROWS, rowPage, stateAt } from '../../../../src/reports/html/charts/time-line/rows.ts'
import { nodeTold, timeLineSummary } from '../../../../src/reports/html/charts/time-line/time-line-words.ts'
import { faultBand, liveNode, reportData } from '../../../toolkit/report-data.ts'

const died = { name: 'n2', status: 'died', runs: [{ spawnedMs: 0, readyMs: 200, exitMs: 4_000, end: 'died' as const }] }
const unversioned = { epoch: [], seq: [], epochs: [] }
const dropped = {
  atMs: [5_000, 5_001],
  line: [7, 8],
  change: [3, 0],
  observer: [0, 0],
  subject: [1, 1],
  ...unversioned
}

t.test('a row tells what its node was at any time, also over a restart', async t => {
  const runs = [
    { spawnedMs: 100, readyMs: 300, rightSpans: [[500, 900] as const], exitMs: 2_000, end: 'asked' as const },
    { spawnedMs: 3_000, readyMs: 3_500, leavingMs: 8_000 }
  ]
  const data = reportData([{ name: 'n1', status: 'live', runs }])
  t.same(
    barsOf(data, [0]).map(({ state, fromMs, toMs }) => [state, fromMs, toMs]),
    [
      ['starting', 100, 300],
      ['ready', 300, 2_000],
      ['right', 500, 900],
      ['starting', 3_000, 3_500],
      ['ready', 3_500, 8_000],
      ['leaving', 8_000, 10_000]
    ]
  )
  t.same(
    [50, 200, 400, 600, 1_500, 2_500, 3_200, 9_000].map(ms => stateAt(data, 0, ms)),
    ['absent', 'starting', 'ready', 'right', 'ready', 'ended', 'starting', 'leaving']
  )
})

t.test('drops, deaths and findings are marks; a listing that appears is none', async t => {
  const finding = { rule: 'complete', node: 0, atMs: 9_000, message: 'n1 misses n3', cause: '', evidence: [] } as const
  const data = reportData([liveNode('n1'), died], { books: dropped, findings: [finding as never] })
  t.same(
    marksOf(data).map(({ kind, node, atMs }) => [kind, node, atMs]),
    [
      ['died', 1, 4_000],
      ['dropped', 0, 5_000],
      ['found', 0, 9_000]
    ]
  )
  t.match(timeLineSummary(data, marksOf(data)), '2 nodes over 10.00 s, 1 death, 1 finding, 1 dropped listing, 0 faults')
})

t.test('what is told of a moment names state, faults and what happened near it', async t => {
  const data = reportData([liveNode('n1'), died], { books: dropped, faults: [faultBand(4_500, 6_000)] })
  const told = nodeTold(data, marksOf(data), 0, 5_010, 20)
  t.same(told, ['n1 at 5.01 s: its book is right', 'Fault in force: kill n1', '5.00 s: dropped n2'])
  t.same(nodeTold(data, marksOf(data), 0, 8_000, 20), ['n1 at 8.00 s: its book is right'], 'and nothing else')
})

t.test('no mark is lost in heaps, none is made up, and there are no more than can be seen', async t => {
  const books = fc.array(fc.tuple(fc.integer({ min: 0, max: 10_000 }), fc.integer({ min: 0, max: 7 })), {
    maxLength: 400
  })
  const property = fc.property(books, fc.integer({ min: 1, max: 50 }), (drops, stretches) => {
    const sorted = drops.toSorted(([a], [b]) => a - b)
    const data = reportData(8, {
      books: {
        atMs: sorted.map(([atMs]) => atMs),
        line: sorted.map((_, i) => i + 1),
        change: sorted.map(() => 3),
        observer: sorted.map(([, node]) => node),
        subject: sorted.map(([, node]) => (node + 1) % 8),
        ...unversioned
      }
    })
    const window = { fromMs: 2_000, toMs: 7_000 }
    const rows = [0, 1, 2]
    const heaps = heapsIn(marksOf(data), rows, window, stretches)
    const wanted = sorted.filter(([atMs, node]) => atMs >= 2_000 && atMs <= 7_000 && rows.includes(node)).length
    const isWithin = heaps.every(({ fromMs, toMs }) => fromMs >= 2_000 && toMs <= 7_000 && fromMs <= toMs)
    const found = heaps.reduce((sum, { count }) => sum + count, 0)
    return isWithin && found === wanted && heaps.length <= rows.length * MARK_KINDS.length * stretches
  })
  t.doesNotThrow(() => fc.assert(property))
})

t.test('beyond 60 nodes there are pages, and nodes that died or were hit come first', async t => {
  const nodes = Array.from({ length: 130 }, (_, i) => (i === 99 ? { ...died, name: 'n100' } : liveNode(`n${i + 1}`)))
  const data = reportData(nodes, { faults: [faultBand(0, 1, [120])] })
  const pages = [0, 1, 2].map(page => rowPage(data, undefined, page))
  t.same(
    pages.map(({ nodes: { length } }) => length),
    [MAX_ROWS, MAX_ROWS, 10]
  )
  t.same(pages[0]?.nodes.slice(0, 3), [99, 120, 0])
  t.equal(new Set(pages.flatMap(({ nodes }) => nodes)).size, 130, 'every node is on one page')
  t.equal(rowPage(data, undefined, 99).page, 2, 'there is no page beyond the last')
  t.same(rowPage(data, new Set([5, 3]), 2).nodes, [3, 5], 'a filter leaves few, in their order')
})
