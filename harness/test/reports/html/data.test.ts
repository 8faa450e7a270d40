/** What a page knows of its run. */
import fc from 'fast-check'
import { test } from 'tap'
import type { History } from '../../../src/history/history.ts'
import { logsOf } from '../../../src/reports/html/data/logs.ts'
import { reportDataOf } from '../../../src/reports/html/data/of-run.ts'
import { pack, unpack } from '../../../src/reports/html/data/packed.ts'
import type { ReportData } from '../../../src/reports/html/data/report-data.ts'
import { redacted } from '../../../src/reports/html/redacted.ts'
import { judged } from '../../../src/reports/judged.ts'
import { anyHistory } from '../../toolkit/any-history.ts'
import { converged, historyOf } from '../../toolkit/history-builder.ts'

const abc = ['a', 'b', 'c']
const dataOf = (history: History) => reportDataOf(judged(history))

test('what is packed comes out as it was', async () => {
  fc.assert(
    fc.property(anyHistory, history => {
      const data = dataOf(history)
      const text = pack(data)
      if (text.includes('<')) throw new Error(text)
      const [found, wanted] = [unpack(text), data].map(rounded)
      if (JSON.stringify(found) !== JSON.stringify(wanted))
        throw new Error(`${JSON.stringify(found)}\n${JSON.stringify(wanted)}`)
    }),
    { numRuns: 300 }
  )
})

/** A microsecond is as exactly as a run is timed. Keys in one order. */
function rounded(data: ReportData): unknown {
  const inOrder = (value: unknown): unknown => {
    if (typeof value === 'number') return Math.round(value * 1_000) / 1_000
    if (Array.isArray(value)) return value.map(inOrder)
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(
      Object.entries(value)
        .toSorted(([a], [b]) => (a < b ? -1 : 1))
        .map(([key, each]) => [key, inOrder(each)])
    )
  }
  return inOrder(data)
}

test('each change of a book is in the columns, with its line of the history', async t => {
  const history = converged(abc).expired('a', 'c').at(9_000).ended('deadline')
  const { books, nodes } = dataOf(history)
  const last = books.atMs.length - 1
  t.equal(books.atMs.length, 7)
  t.equal(nodes[books.observer[last]!]?.name, 'a')
  t.equal(nodes[books.subject[last]!]?.name, 'c')
  t.match(history[books.line[last]! - 1], { type: 'line', node: 'a', line: { type: 'expired', peerId: 'peer-c' } })
  t.equal(books.atMs[last], history[books.line[last]! - 1]?.atMs)
})

test('what is said of peers that belong to no node is in no column', async t => {
  const { books } = dataOf(historyOf(abc).started('a').joined('a', 'b', { peerId: 'stranger' }).ended('deadline'))
  t.strictSame(books.atMs, [])
})

test('of a list of links what changed is kept, and a node that ends has none', async t => {
  const history = historyOf(abc)
    .started(...abc)
    .says('a', { type: 'links', peerIds: ['peer-b', 'peer-c'] })
    .says('a', { type: 'links', peerIds: ['peer-c'] })
    .exited('a')
    .ended('deadline')
  const { by, to, isUp } = dataOf(history).links
  t.strictSame(by, [0, 0, 0, 0])
  t.strictSame(to, [1, 2, 1, 2])
  t.strictSame(isUp, [1, 1, 0, 0])
})

test('a pair that a fault parted took from the fault to be dropped, and from the undo to be listed again', async t => {
  const history = converged(abc)
    .at(3_000)
    .observed({ type: 'fault-injected', fault: 's1', nodes: ['c'], what: { type: 'pause', nodes: ['c'] } })
    .at(3_500)
    .expired('a', 'c')
    .at(4_000)
    .faultHealed('s1', 'c')
    .at(4_250)
    .joined('a', 'c')
    .ended('deadline')
  const { delays } = dataOf(history)
  const of = (name: string) => delays.find(each => each.of === name)
  t.match(of('detection'), { observer: [0], subject: [2], tookMs: [500] })
  t.match(of('healing'), { observer: [0], subject: [2], tookMs: [250] })
  t.equal(of('visibility')?.tookMs.length, 6)
})

test('a partition has all its sides, and a fault that is not healed lasts to the end', async t => {
  const fault = { type: 'partition', groups: [['a']] } as const
  const history = converged(abc)
    .at(3_000)
    .observed({ type: 'fault-injected', fault: 's1', nodes: abc, what: fault })
    .at(5_000)
    .ended('deadline')
  t.match(dataOf(history).faults, [{ groups: [[0], [1, 2]], fromMs: 3_000, toMs: 5_000, isHealed: false }])
})

test('a line of a log that tells the time has its place in the run; at most 20 lines of a node are kept', async t => {
  const stderrTail = [...Array(30).fill('no time'), '1970-01-01T00:00:03.500Z listening']
  const { network } = judged(historyOf(abc).started('a').exited('a', { stderrTail }).ended('deadline'))
  const lines = logsOf(network).get('a') ?? []
  t.equal(lines.length, 20)
  t.strictSame(lines.at(-1), { text: '1970-01-01T00:00:03.500Z listening', atMs: 2_500 })
  t.equal(lines[0]?.atMs, undefined)
})

test('values of secrets are taken out, and prose about them is not', async t => {
  for (const [text, wanted] of [
    ['token=abc', 'token=[redacted]'],
    ['"apiKey": "a b"', '"apiKey": [redacted]'],
    ['--access-token abc --name n1', '--access-token [redacted] --name n1'],
    ['PASSWORD: hunter2, next', 'PASSWORD: [redacted], next'],
    ['Authorization: Bearer abc.def', 'Authorization: Bearer [redacted]'],
    ['the token expired', 'the token expired'],
    ['no password was given', 'no password was given']
  ] as const) {
    t.equal(redacted(text), wanted)
  }
})
