/** What the simulator saw in a core breaks the rule that it names, unless the node's own lines show the same. */
import { test } from 'tap'
import type { Observation } from '../../src/history/history.ts'
import { judge } from '../../src/judge/judge.ts'
import { converged, type HistoryBuilder } from '../toolkit/history-builder.ts'

type Violation = Extract<Observation, { type: 'violation' }>

/** The findings of a run in which that rule was seen broken in the core of each of these nodes. */
function found(rule: Violation['rule'], nodes: readonly string[], begin = (history: HistoryBuilder) => history) {
  const history = begin(converged(['a', 'b', 'c']).at(3_000))
  for (const node of nodes) history.observed({ type: 'violation', rule, message: `${node} as seen`, node, run: 1 })
  const { findings } = judge(history.at(9_000).ended('deadline'))
  const all = findings.flatMap(each => [each, ...each.consequences]).filter(each => each.rule === rule)
  return all.map(({ node, message, cause: { code } }) => `${node}: ${message}: ${code}`)
}

test('what is seen in the core of a node is told of it once', async t => {
  t.same(found('no-drops', ['a', 'b', 'a']), ['a: a as seen: dropped-alive', 'b: b as seen: dropped-alive'])
  t.same(found('book-as-told', ['a']), ['a: a as seen: events-differ-from-book'])
  t.same(found('never-back', ['a']), ['a: a as seen: lied'])
})

test('what the lines of a node show already is told as they show it, and what was seen of others beside it', async t => {
  const told = found('no-drops', ['a', 'c'], history => history.expired('a', 'b'))
  t.same(told, ['a: a dropped b, which was alive, at 3.00 s (expired): dropped-alive', 'c: c as seen: dropped-alive'])
})

test('what is seen is told with the node that it is about, if it is about one', async t => {
  const subjectOf = (about: { subject?: string }) => {
    const history = converged(['a', 'b', 'c'])
    history.observed({ type: 'violation', rule: 'never-back', message: 'as seen', node: 'a', run: 1, ...about })
    return judge(history.ended('deadline')).findings.find(({ rule }) => rule === 'never-back')
  }
  t.match(subjectOf({ subject: 'b' }), { node: 'a', subject: 'b' })
  t.notOk('subject' in subjectOf({})!)
})
