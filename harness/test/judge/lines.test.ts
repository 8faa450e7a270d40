/** Lines that are none of the contract: each kind of fault of a process is told once. */
import { test } from 'tap'
import { judge } from '../../src/judge/judge.ts'
import { converged } from '../toolkit/history-builder.ts'

test('lines that are none of the contract are told by node and kind, and like ones only counted', async t => {
  const history = converged(['a', 'b'])
    .found('a', 'line is empty', '', 7)
    .found('a', 'line is not JSON', 'x', 8)
    .found('b', 'line is not JSON', 'y', 9)
    .found('a', 'line is not JSON', 'z', 10)
  t.same(
    judge(history.ended('deadline')).findings.map(({ message }) => message),
    [
      'a wrote line 7: line is empty',
      'a wrote line 8: line is not JSON: x (and 1 more lines like it)',
      'b wrote line 9: line is not JSON: y'
    ]
  )
})
