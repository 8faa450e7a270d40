/** What became of the steps of a plan, and of its faults, in the words of those who have to see to it. */
import { test } from 'tap'
import type { Observation } from '../../src/history/history.ts'
import { judge } from '../../src/judge/judge.ts'
import { killed, planned, stepOf } from '../toolkit/planned-history.ts'

const wait = stepOf({ type: 'wait', until: 'full' })
const leave = stepOf({ type: 'leave', nodes: ['c'] })
const begun: Observation = { type: 'step', step: 's1', state: 'begun' }

test('a step that had not ended, or could not be done, is told by its name, with the reason if there is one', async t => {
  const told = (step: typeof wait, ...seen: Observation[]) => {
    const history = planned(step)
    for (const each of seen) history.observed(each)
    return judge(history.at(9_000).ended('deadline')).notJudged.filter(text => text.startsWith('step s1'))
  }
  const open = ['step s1 had not ended when the run did: give it a later deadline']
  t.same(told(wait), open)
  t.same(told(wait, begun), open)
  t.same(told(wait, begun, { type: 'step', step: 's1', state: 'done' }), [])
  t.same(told(wait, begun, { type: 'step', step: 's1', state: 'failed' }), ['step s1 could not be done'])
  const why = 'no route'
  t.same(told(wait, begun, { type: 'step', step: 's1', state: 'failed', why }), ['step s1 could not be done: no route'])
  t.same(told(leave, begun, { type: 'step', step: 's1', state: 'missed' }), ['step s1 could not be done'])
})

test('only a wait that was missed breaks the rule on steps', async t => {
  const found = (step: typeof wait, state: 'done' | 'missed' | 'failed') =>
    judge(
      planned(step).observed(begun).observed({ type: 'step', step: 's1', state }).at(9_000).ended('deadline')
    ).findings.some(({ rule }) => rule === 'steps')
  t.equal(found(wait, 'missed'), true)
  t.equal(found(wait, 'done'), false)
  t.equal(found(wait, 'failed'), false)
  t.equal(found(leave, 'missed'), false)
})

test('a fault that had no effect, or whose effect nothing shows, is told with what was seen, if anything was', async t => {
  const told = (result: 'mismatch' | 'inconclusive', seen: string, of: 'injection' | 'undo' = 'injection') => {
    const history = killed({}).observed({ type: 'fault-proof', fault: 's1', of, result, seen })
    return judge(history.at(9_000).ended('deadline')).notJudged.filter(text => text.includes('fault s1'))
  }
  const otherNodes = '; choose nodes that it can hit, or another runner'
  t.same(told('mismatch', ''), [`fault s1 had no effect${otherNodes}`])
  t.same(told('mismatch', '0 packets'), [`fault s1 had no effect: 0 packets${otherNodes}`])
  t.same(told('inconclusive', ''), [
    'nothing shows whether fault s1 had its effect; let it last longer, or use another runner'
  ])
  t.same(told('mismatch', '', 'undo'), ['fault s1 was still there after its end; see to the runner first'])
})

test('false drops are excused by a host that was late while they came to pass, and by nothing after it', async t => {
  const outcome = (lateAtMs: number) => {
    const history = killed({ falseDrops: 0 }).expired('a', 'c').expired('b', 'c').at(4_000).expired('a', 'b')
    history.at(4_001).joined('a', 'b', { seq: 9 }).at(lateAtMs).lagged(700).at(20_000).dumped('a', 'b')
    const { checks } = judge(history.at(25_000).ended('settled'))
    return checks.find(({ rule }) => rule === 'false-drops')!.status
  }
  t.equal(outcome(4_300), 'unknown')
  t.equal(outcome(9_000), 'fail')
})
