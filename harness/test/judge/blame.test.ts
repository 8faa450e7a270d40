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
