/** Whose doing it is that live nodes were dropped: that of whoever dropped them, or of the one that most others dropped. */
import { test } from 'tap'
import { judge } from '../../src/judge/judge.ts'
import { type HistoryBuilder, historyOf } from '../toolkit/history-builder.ts'

/** Who is blamed, with which cause, of a network of so many nodes, `a` and so on, in which these things come to pass. */
function blamed(size: number, happen: (history: HistoryBuilder) => HistoryBuilder): string[] {
  const nodes = [...'abcdefg'].slice(0, size)
  const history = historyOf(nodes)
    .started(...nodes)
    .everybodyMeets()
    .at(3_000)
  const { findings } = judge(happen(history).at(9_000).ended('deadline'))
  const drops = findings.flatMap(each => [each, ...each.consequences]).filter(({ rule }) => rule === 'no-drops')
  return [...new Set(drops.map(({ node, cause: { code, confidence } }) => `${node} ${code} ${confidence}`))].sort()
}

test('a node that went on to announce itself was dropped on the word of the first, if half of the others dropped it', async t => {
  const dropped = (history: HistoryBuilder) => history.expired('b', 'e').expired('a', 'e').announced('e', 3)
  t.same(blamed(5, dropped), ['b dropped-alive likely'])
  t.same(blamed(6, dropped), ['a dropped-alive shown', 'b dropped-alive shown'])
})

test('a node that announced nothing since it was dropped by most others was silent', async t => {
  const dropped = (history: HistoryBuilder) => history.announced('e', 3).at(3_100).expired('b', 'e').expired('a', 'e')
  t.same(blamed(5, dropped), ['e silent likely'])
})

test('beside a node that all dropped, whoever dropped another one is blamed for that', async t => {
  const dropped = (history: HistoryBuilder) => {
    for (const node of ['a', 'b', 'c', 'd']) history.expired(node, 'e')
    return history.expired('a', 'b').at(4_000).announced('b', 3)
  }
  t.same(blamed(5, dropped), ['a dropped-alive shown', 'e silent likely'])
})
