import t from 'tap'
import type { Fault } from '../../src/faults/fault.ts'
import { judge } from '../../src/judge/judge.ts'
import type { Bounds } from '../../src/scenario/plan.ts'
import type { HistoryBuilder } from '../toolkit/history-builder.ts'
import { abc, badLinks, killC, killed, killing, planned, stepOf } from '../toolkit/planned-history.ts'

t.test('a kill that all notice in time passes, and says when', async t => {
  const history = killed({ detectWithinMs: 1_000 })
    .at(2_500)
    .expired('a', 'c')
    .expired('b', 'c')
    .dumped('a', 'b')
    .at(9_000)
  const { outcome, findings, faults, phases, notJudged } = judge(history.ended('settled'))
  t.same(findings, [])
  t.equal(outcome, 'pass', notJudged.join())
  t.same(faults, [{ id: 's1', proof: 'confirmed' }])
  t.match(
    phases.find(({ name }) => name === 'noticed'),
    { fault: 's1', fromMs: 2_002, toMs: 2_501, boundMs: 1_000 }
  )
})

t.test('a node that notices too late, or never, is told by its name', async t => {
  const late = killed({ detectWithinMs: 1_000 }).at(2_500).expired('a', 'c').at(5_000).expired('b', 'c')
  t.match(judge(late.dumped('a', 'b').at(9_000).ended('settled')), {
    outcome: 'fail',
    findings: [{ rule: 'notices', node: 'b', subject: 'c', cause: { code: 'kept-after-end' } }]
  })
  const never = killed({ detectWithinMs: 1_000 }).at(2_500).expired('a', 'c').at(30_000).dumped('a', 'b')
  t.match(judge(never.ended('deadline')).findings, [
    { rule: 'ghosts', node: 'b', subject: 'c', cause: { code: 'kept-after-end' }, consequences: [{ rule: 'notices' }] }
  ])
})

t.test(
  'a program that never forgets fails, though the run ends as soon as that is clear and the fault is proven only then',
  async t => {
    const history = planned(killC, { detectWithinMs: 1_000 })
      .observed({ type: 'step', step: 's1', state: 'begun' })
      .exited('c', { signal: 'SIGKILL' })
      .faultInjected('s1', 'c')
      .observed({ type: 'step', step: 's1', state: 'done' })
      .at(3_500)
      .observed({ type: 'fault-proof', fault: 's1', of: 'injection', result: 'confirmed', seen: 'gone' })
      .dumped('a', 'b')
    const { outcome, findings } = judge(history.ended('decided'))
    t.equal(outcome, 'fail')
    t.match(
      findings.map(({ rule, node, subject }) => [rule, node, subject]),
      [
        ['notices', 'a', 'c'],
        ['notices', 'b', 'c']
      ]
    )
  }
)

t.test('a fault that nothing shows, or that had no effect, never passes', async t => {
  for (const result of ['inconclusive', 'mismatch'] as const) {
    const history = killed({}).observed({ type: 'fault-proof', fault: 's1', of: 'injection', result, seen: '' })
    const ended = history.expired('a', 'c').expired('b', 'c').dumped('a', 'b').at(9_000).ended('settled')
    t.equal(judge(ended).outcome, 'unknown')
  }
})

t.test('bad links of the plan are no fault that excuses anything', async t => {
  const never = killing(badLinks(planned(killC, { detectWithinMs: 1_000 })))
    .at(30_000)
    .dumped('a', 'b')
  const { findings, faults, phases } = judge(never.ended('deadline'))
  t.match(findings, [
    { rule: 'ghosts', node: 'a', consequences: [{ rule: 'notices' }] },
    { rule: 'ghosts', node: 'b', consequences: [{ rule: 'notices' }] }
  ])
  t.same(faults, [{ id: 's1', proof: 'confirmed' }])
  t.ok(phases.some(({ name }) => name === 'noticed'))

  const dropping = badLinks(planned(undefined)).expired('a', 'b').at(4_000).joined('a', 'b', { seq: 9 })
  t.match(judge(dropping.dumped('a', 'b', 'c').at(9_000).ended('settled')).findings, [{ rule: 'no-drops', node: 'a' }])
})

t.test('links of the plan that nothing shows to be bad never pass', async t => {
  for (const result of ['inconclusive', 'mismatch'] as const) {
    const history = badLinks(planned(undefined), result).dumped('a', 'b', 'c').at(9_000)
    const { outcome, notJudged } = judge(history.ended('settled'))
    t.equal(outcome, 'unknown')
    t.match(notJudged.join(), 'packets were counted')
  }
})

t.test('healthy nodes that drop each other under a fault are counted, if the scenario counts', async t => {
  const dropped = (bounds: Bounds) => {
    const history = killed(bounds)
      .expired('a', 'c')
      .expired('b', 'c')
      .expired('a', 'b')
      .at(4_000)
      .joined('a', 'b', { seq: 9 })
    return judge(history.dumped('a', 'b').at(9_000).ended('settled'))
  }
  t.match(dropped({ falseDrops: 0 }).findings, [{ rule: 'false-drops', node: 'a', subject: 'b' }])
  t.equal(dropped({ falseDrops: 1 }).outcome, 'pass')
  t.equal(dropped({}).outcome, 'pass')
})

t.test('after healing, the books must be right in time, and stay right', async t => {
  const healed = (atMs: number) => {
    const fault = { type: 'partition', groups: [['a'], ['b', 'c']] } as const
    const history = planned(stepOf({ type: 'fault', fault, forMs: 1_000 }), { reconvergeWithinMs: 2_000 })
      .observed({ type: 'step', step: 's1', state: 'begun' })
      .faultInjected('s1', ...abc)
      .observed({ type: 'fault-proof', fault: 's1', of: 'injection', result: 'confirmed', seen: '9 packets' })
      .expired('a', 'b')
      .observed({ type: 'step', step: 's1', state: 'done' })
      .at(3_000)
      .faultHealed('s1')
    return judge(
      history
        .at(atMs)
        .joined('a', 'b', { seq: 9 })
        .dumped(...abc)
        .at(12_000)
        .ended('settled')
    )
  }
  t.equal(healed(4_000).outcome, 'pass')
  t.match(healed(8_000).findings, [{ rule: 'reconverges' }])
})

t.test('what was suspected behind a cut may end entries for the grace after it, and no longer', async t => {
  const flapped = (drop: (history: HistoryBuilder) => HistoryBuilder, bounds: Bounds = {}) => {
    const fault = { type: 'partition', groups: [['a'], ['b', 'c']] } as const
    const history = planned(stepOf({ type: 'fault', fault, forMs: 1_000 }), bounds)
      .faultInjected('s1', ...abc)
      .at(3_000)
      .faultHealed('s1', ...abc)
      .at(3_100)
    const judgement = judge(
      drop(history)
        .joined('a', 'b', { seq: 9 })
        .dumped(...abc)
        .at(30_000)
        .ended('deadline')
    )
    return judgement.findings.filter(({ rule }) => rule === 'no-drops').map(({ node, subject }) => `${node} ${subject}`)
  }
  t.same(
    flapped(history => history.expired('a', 'b')),
    []
  )
  t.same(
    flapped(history => history.at(13_500).expired('a', 'b')),
    ['a b']
  )
  t.same(
    flapped(history => history.at(6_000).expired('a', 'b'), { reconvergeWithinMs: 2_000 }),
    ['a b']
  )
  t.same(
    flapped(history => history.left('a', 'b')),
    ['a b'],
    'nobody said farewell'
  )
})

t.test('a process that started after a fault was healed may not be dropped for it', async t => {
  const judgement = judge(
    killed({})
      .expired('a', 'c')
      .expired('b', 'c')
      .faultHealed('s1', 'c')
      .started('c')
      .joined('a', 'c')
      .joined('b', 'c')
      .meet('c', 'a')
      .joined('c', 'b')
      .at(4_000)
      .expired('a', 'c')
      .at(6_000)
      .joined('a', 'c', { seq: 9 })
      .dumped(...abc)
      .at(20_000)
      .ended('settled')
  )
  t.match(judgement.findings, [{ rule: 'no-drops', node: 'a', subject: 'c' }])
})

t.test('a killed node that is seen to end only after it was healed has not died of itself', async t => {
  const ended = (what: Fault) => {
    const history = planned(stepOf({ type: 'wait', until: 'full' })).observed({
      ...{ type: 'fault-injected', fault: 'f1', nodes: ['c'] },
      what
    })
    return judge(history.faultHealed('f1', 'c').exited('c', { signal: 'SIGKILL' }).started('c').ended('interrupted'))
      .findings
  }
  t.same(ended({ type: 'kill', nodes: ['c'] }), [])
  t.match(ended({ type: 'pause', nodes: ['c'] }), [{ rule: 'alive', node: 'c' }])
})

t.test('a run with a bound that nothing measures does not pass, and says so', async t => {
  const history = killed({ maxBytesPerSecond: 100 })
    .at(2_500)
    .expired('a', 'c')
    .expired('b', 'c')
    .dumped('a', 'b')
    .at(9_000)
  const { outcome, findings, notJudged } = judge(history.ended('settled'))
  t.same(findings, [])
  t.equal(outcome, 'unknown')
  t.match(notJudged.join(), /more than 100 bytes\/s/)
})

t.test('ghosts are owed once they had twice their time, though the run ends early, and not before', async t => {
  const kept = (endsAtMs: number) => {
    const history = killed({ detectWithinMs: 1_000 }).at(2_500).expired('a', 'c').at(endsAtMs).dumped('a', 'b')
    return judge(history.ended('decided')).findings
  }
  t.match(kept(4_500)[0], { rule: 'ghosts', node: 'b', subject: 'c', consequences: [{ rule: 'notices' }] })
  t.match(kept(3_500)[0], { rule: 'notices', node: 'b' })
})

t.test('a wait that is missed fails and names the step; what the harness could not do is unknown', async t => {
  const waited = (state: 'missed' | 'failed') => {
    const history = planned(stepOf({ type: 'wait', until: 'full' })).observed({
      type: 'step',
      step: 's1',
      state: 'begun'
    })
    return judge(
      history
        .observed({ type: 'step', step: 's1', state, why: 'x' })
        .dumped(...abc)
        .at(9_000)
        .ended('settled')
    )
  }
  t.match(waited('missed'), {
    outcome: 'fail',
    findings: [{ rule: 'steps', message: /step s1: .* not full within 30\.00 s/ }]
  })
  t.equal(waited('failed').outcome, 'unknown')
  t.ok(waited('failed').notJudged.includes('step s1 could not be done: x'))
})

t.test('the epoch of a node is judged by the clock that a fault gave it', async t => {
  const offsetMs = 3_600_000
  const restarted = (epoch: number) => {
    const history = planned(stepOf({ type: 'fault', fault: { type: 'clock', nodes: ['c'], offsetMs } }))
    return judge(
      history
        .faultInjected('s1', 'c')
        .stopRequested('c')
        .exited('c')
        .spawned('c')
        .ready('c', { epoch })
        .ended('interrupted')
    )
  }
  const found = (epoch: number) => restarted(epoch).findings.some(({ rule }) => rule === 'epoch-is-start')
  t.equal(found(offsetMs + 5_000), false)
  t.equal(found(9_000), true)
})

t.test('a node that restarts with its key and is another peer is told', async t => {
  const history = planned(stepOf({ type: 'restart', nodes: ['c'], key: 'same', afterMs: 0 }))
    .observed({ type: 'step', step: 's1', state: 'begun' })
    .stopRequested('c')
    .exited('c')
    .spawned('c')
    .ready('c', { peerId: 'another' })
  t.match(judge(history.ended('interrupted')).findings, [{ rule: 'same-key', node: 'c', run: 2 }])
})
