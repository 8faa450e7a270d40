/** A seq that its author has not reached is told, with some room for lines on their way. */
import { test } from 'tap'
import { judge } from '../../src/judge/judge.ts'
import { converged } from '../toolkit/history-builder.ts'

test('a book may list a seq up to 16 beyond the last that its author told in the whole run', async t => {
  const found = (lastSeq: number) => {
    const history = converged(['a', 'b']).announced('b', 1, 1).updated('a', 'b', { seq: 20 }).announced('b', 1, lastSeq)
    return judge(history.ended('deadline')).findings.filter(({ rule }) => rule === 'seq-said').length
  }
  t.equal(found(4), 0)
  t.equal(found(3), 1)
})

test('of a seq that one book has, its node is blamed, and its author if all that list it have it', async t => {
  const blamed = (...observers: string[]) => {
    const history = converged(['a', 'b', 'c']).announced('b', 1, 1)
    for (const node of observers) history.updated(node, 'b', { seq: 20 })
    const { findings } = judge(history.ended('deadline'))
    return findings.filter(({ rule }) => rule === 'seq-said').map(({ node, subject }) => `${node} of ${subject}`)
  }
  t.same(blamed('a'), ['a of b'])
  t.same(blamed('a', 'c'), ['b of a'])
})
