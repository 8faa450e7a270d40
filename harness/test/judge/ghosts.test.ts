/** Ghosts of a run that ended early: only those that a fault made due are owed by then. */
import { test } from 'tap'
import { judge } from '../../src/judge/judge.ts'
import { killed } from '../toolkit/planned-history.ts'

test('a run that ended early owes only the drops that its faults made due, and that never came', async t => {
  const kept = (reason: 'decided' | 'deadline') => {
    const history = killed({ detectWithinMs: 1_000 }).at(2_500).expired('a', 'c').joined('a', 'c', { seq: 9 })
    const { findings } = judge(history.at(4_500).dumped('a', 'b').ended(reason))
    return findings.filter(({ rule }) => rule === 'ghosts').map(({ node, subject }) => `${node} ${subject}`)
  }
  t.same(kept('decided'), ['b c'])
  t.same(kept('deadline'), ['a c', 'b c'])
})
