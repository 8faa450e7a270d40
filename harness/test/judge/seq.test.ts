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
