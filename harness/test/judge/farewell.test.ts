import t from 'tap'
import { judge } from '../../src/judge/judge.ts'
import type { HistoryBuilder } from '../toolkit/history-builder.ts'
import { planned, stepOf } from '../toolkit/planned-history.ts'

t.test('a farewell that one node does not hear is its own fault, one that nobody hears is not', async t => {
  const leaving = (...hearing: string[]) => {
    const history = planned(stepOf({ type: 'leave', nodes: ['c'] })).observed({
      type: 'step',
      step: 's1',
      state: 'begun'
    })
    history.observed({ type: 'leave-requested', node: 'c', run: 1 })
    for (const node of hearing) history.left(node, 'c')
    history.observed({ type: 'step', step: 's1', state: 'done' }).at(9_000)
    return judge(history.dumped('a', 'b').at(12_000).ended('deadline'))
  }
  t.equal(leaving('a', 'b').outcome, 'pass')
  t.match(leaving('a').findings[0], { rule: 'farewell', node: 'b', subject: 'c', cause: { code: 'kept-after-end' } })
  t.match(leaving().findings[0], { rule: 'farewell', node: 'c', cause: { code: 'silent' } })
})

t.test('a node that drops a leaving one as expired has not heard the farewell, however soon the run ends', async t => {
  const history = planned(stepOf({ type: 'leave', nodes: ['c'] }))
    .observed({ type: 'step', step: 's1', state: 'begun' })
    .observed({ type: 'leave-requested', node: 'c', run: 1 })
    .left('a', 'c')
    .expired('b', 'c')
    .dumped('a', 'b')
  t.match(judge(history.ended('settled')).findings, [{ rule: 'farewell', node: 'b', cause: { code: 'not-delivered' } }])
})

t.test('a node that leaves and ends by itself does so with exit code 0', async t => {
  const leaving = (code: number) => {
    const history = planned(stepOf({ type: 'leave', nodes: ['c'] }))
      .observed({ type: 'step', step: 's1', state: 'begun' })
      .observed({ type: 'leave-requested', node: 'c', run: 1 })
      .left('a', 'c')
      .left('b', 'c')
    return judge(history.exited('c', { code }).dumped('a', 'b').ended('settled')).findings
  }
  t.match(leaving(7), [{ rule: 'exit-code', node: 'c', cause: { code: 'ended-badly' } }])
  t.same(leaving(0), [])
})

t.test(
  'a node that the plan kills while it leaves did not end by itself, one that is killed otherwise did',
  async t => {
    const leaving = (...killed: string[]) => {
      const history = planned(stepOf({ type: 'leave', nodes: ['c'] }))
        .observed({ type: 'step', step: 's1', state: 'begun' })
        .observed({ type: 'leave-requested', node: 'c', run: 1 })
        .left('a', 'c')
        .left('b', 'c')
        .exited('c', { signal: 'SIGKILL' })
      if (killed.length > 0) {
        const what = { type: 'kill', nodes: killed } as const
        history.observed({ type: 'fault-injected', fault: 's2', nodes: killed, what })
      }
      return judge(history.dumped('a', 'b').ended('settled')).findings.map(({ rule, node }) => [rule, node])
    }
    t.same(leaving('c'), [])
    t.same(leaving(), [['exit-code', 'c']])
    t.ok(
      leaving('a').some(([rule, node]) => rule === 'exit-code' && node === 'c'),
      'another one was killed'
    )
  }
)

t.test('a farewell that is not heard is excused by a host that was late within the two seconds for it', async t => {
  const outcome = (lateAtMs: number) => {
    const late = (history: HistoryBuilder) => history.at(lateAtMs).lagged(500)
    const history = planned(stepOf({ type: 'leave', nodes: ['c'] }))
    if (lateAtMs < 10_000) late(history)
    history.at(10_000).observed({ type: 'step', step: 's1', state: 'begun' })
    history.observed({ type: 'leave-requested', node: 'c', run: 1 }).left('a', 'c')
    history.observed({ type: 'step', step: 's1', state: 'done' })
    if (lateAtMs > 10_000) late(history)
    const { checks } = judge(history.at(20_000).left('b', 'c').dumped('a', 'b').at(30_000).ended('deadline'))
    return checks.find(({ rule }) => rule === 'farewell')!.status
  }
  t.equal(outcome(5_000), 'fail')
  t.equal(outcome(11_500), 'unknown')
  t.equal(outcome(14_000), 'fail')
})

t.test('a farewell from behind a cut is due to nobody, nor one just after it; one that is said later is', async t => {
  const leaving = (saidAtMs: number, healedAtMs: number) => {
    const history = planned(stepOf({ type: 'leave', nodes: ['c'] })).faultInjected('f1', 'c')
    const heals = () => history.at(healedAtMs).faultHealed('f1', 'c')
    if (healedAtMs <= saidAtMs) heals()
    history.at(saidAtMs).observed({ type: 'step', step: 's1', state: 'begun' })
    history.observed({ type: 'leave-requested', node: 'c', run: 1 })
    if (healedAtMs > saidAtMs) heals()
    history.at(25_000).expired('a', 'c').expired('b', 'c').dumped('a', 'b').at(28_000)
    return judge(history.ended('deadline')).findings.map(({ rule }) => rule)
  }
  t.same(leaving(4_000, 5_000), [])
  t.same(leaving(5_000, 4_000), [])
  t.same(leaving(15_000, 4_000), ['farewell'])
})

t.test('a farewell is not due to a node at which a fault has just ended', async t => {
  const hearing = (saidAtMs: number) => {
    const history = planned(stepOf({ type: 'leave', nodes: ['c'] })).faultInjected('f1', 'b')
    history.at(4_000).faultHealed('f1', 'b').at(saidAtMs).observed({ type: 'step', step: 's1', state: 'begun' })
    history.observed({ type: 'leave-requested', node: 'c', run: 1 }).left('a', 'c')
    history.at(25_000).expired('b', 'c').dumped('a', 'b').at(28_000)
    return judge(history.ended('deadline')).findings.map(({ rule, node }) => [rule, node])
  }
  t.same(hearing(5_000), [])
  t.same(hearing(15_000), [['farewell', 'b']])
})

t.test('a farewell is not due to a node that a fault hits before it can have been heard', async t => {
  const hearing = (cutAtMs: number) => {
    const history = planned(stepOf({ type: 'leave', nodes: ['c'] }))
      .observed({ type: 'step', step: 's1', state: 'begun' })
      .observed({ type: 'leave-requested', node: 'c', run: 1 })
      .left('a', 'c')
    history.at(cutAtMs).faultInjected('f1', 'b').at(25_000).faultHealed('f1', 'b').at(40_000)
    return judge(history.expired('b', 'c').dumped('a', 'b').at(58_000).ended('deadline')).findings.map(
      ({ rule, node }) => [rule, node]
    )
  }
  t.same(hearing(2_001), [])
  t.match(hearing(6_000), [['farewell', 'b']])
})
