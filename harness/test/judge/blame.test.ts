/** Whom the evidence points at where several nodes could be: the first that said it, the one with most of it. */
import { test } from 'tap'
import { networkOf } from '../../src/history/network.ts'
import { latecomer } from '../../src/judge/causes/latecomers.ts'
import { judge } from '../../src/judge/judge.ts'
import { historyOf } from '../toolkit/history-builder.ts'

const abc = ['a', 'b', 'c']
const abcd = ['a', 'b', 'c', 'd']

test('of nodes that tell the same falsehood of another, the first to tell it is blamed, whatever its name', async t => {
  const blamed = (first: string, second: string) => {
    const history = historyOf(abcd).started(...abcd)
    for (const node of abcd) for (const other of abcd) if (node !== other && other !== 'c') history.joined(node, other)
    for (const node of [first, second]) history.joined(node, 'c', { name: 'false' })
    history.joined('d', 'c').dumped(...abcd)
    const { findings } = judge(history.at(30_000).ended('deadline'))
    return findings.filter(({ rule, cause }) => rule === 'equal' && cause.code === 'lied').map(({ node }) => node)
  }
  t.same(blamed('a', 'b'), ['a'])
  t.same(blamed('b', 'a'), ['b'])
})

test('a node that all others dropped as left lied of it, unless it wrote nothing for two seconds from then on', async t => {
  const code = (endsAtMs: number) => {
    const history = historyOf(abc)
      .started(...abc)
      .everybodyMeets()
      .at(3_000)
      .left('a', 'c')
      .left('b', 'c')
      .at(endsAtMs)
    return judge(history.ended('deadline')).findings.find(({ rule }) => rule === 'no-drops')?.cause.code
  }
  t.equal(code(4_999), 'lied')
  t.equal(code(5_000), 'silent')
})

test('where books are not whole in the end, the node to which most of what lacks points is named', async t => {
  const named = (lacked: Record<string, readonly string[]>) => {
    const history = historyOf(abcd).started(...abcd)
    for (const node of abcd)
      for (const other of abcd) if (node !== other && !lacked[node]?.includes(other)) history.joined(node, other)
    for (const node of Object.keys(lacked)) history.found(node, 'line is not JSON')
    return latecomer(networkOf(history.at(30_000).ended('deadline')), { dueMs: 29_000 })?.node
  }
  t.equal(named({ a: ['c'], d: ['b', 'c'] }), 'd')
  t.equal(named({ a: ['b', 'c'], d: ['c'] }), 'a')
  t.equal(named({ a: ['c'], b: ['c', 'd'], d: ['c'] }), 'b')
})

test('of nodes that were late in the same way, the first is named', async t => {
  const named = (...late: (readonly [string, string])[]) => {
    const history = historyOf(abcd).started(...abcd)
    for (const node of abcd)
      for (const other of abcd)
        if (node !== other && !late.some(([by, of]) => by === node && of === other)) history.joined(node, other)
    history.at(5_000)
    for (const [by, of] of late) history.joined(by, of)
    return latecomer(networkOf(history.at(30_000).ended('deadline')), { dueMs: 4_000 })?.node
  }
  t.equal(named(['a', 'b'], ['c', 'd']), 'a')
  t.equal(named(['c', 'd'], ['a', 'b']), 'a', 'whoever was later')
  t.equal(named(['a', 'b'], ['c', 'b'], ['d', 'b'], ['c', 'a']), 'b')
})

test('strangers are told by the node that brought each of them up', async t => {
  const history = historyOf(abc)
    .started(...abc)
    .everybodyMeets()
  for (const [node, peerId] of [
    ['a', 'x'],
    ['b', 'x'],
    ['b', 'y'],
    ['b', 'z'],
    ['c', 'z']
  ] as const)
    history.joined(node, node, { peerId })
  const { findings } = judge(history.ended('deadline'))
  t.same(
    findings.filter(({ rule }) => rule === 'strangers').map(({ node, message }) => [node, message]),
    [
      ['a', 'a, b listed peer x, which no node of this run is; a was the first'],
      ['b', 'b, c listed peer y, peer z, which no nodes of this run are; b was the first']
    ]
  )
})

test('what a node said before and its peers still list is news that did not come, and no lie', async t => {
  const said = (stale: readonly string[], isSent: boolean) => {
    const addrs = ['/ip4/127.0.0.1/tcp/9']
    const history = historyOf(abc)
      .started(...abc)
      .everybodyMeets()
      .at(3_000)
      .ready('c', { addrs })
    if (isSent) history.announced('c', 2, 2)
    for (const node of ['a', 'b']) if (!stale.includes(node)) history.updated(node, 'c', { addrs, seq: 2 })
    const { findings } = judge(
      history
        .at(9_000)
        .dumped(...abc)
        .at(30_000)
        .ended('deadline')
    )
    return findings.filter(({ rule }) => rule === 'equal').map(({ node, cause }) => `${node} ${cause.code}`)
  }
  t.same(said([], true), [])
  t.same(said(['a'], true), ['a not-delivered'])
  t.same(said(['a', 'b'], true), ['c not-delivered'])
  t.same(said(['a', 'b'], false), ['c no-evidence'])
})
