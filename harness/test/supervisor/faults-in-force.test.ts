import { test } from 'tap'
import { isType, planOf, runFake, whyOf, wordsOf } from './fake-run.ts'

const pause = (...nodes: string[]) => ({ type: 'pause', nodes }) as const
const halves = {
  type: 'partition',
  groups: [
    ['n1', 'n2'],
    ['n3', 'n4']
  ]
} as const

test('a fault that flaps comes and goes, each time proven, and ends healed', async t => {
  const flapping = { onMs: 1_000, offMs: 500 }
  const { history, runner } = await runFake(
    planOf({ steps: [{ type: 'fault', fault: halves, forMs: 4_000, flapping }] })
  )
  const times = (type: 'fault-injected' | 'fault-healed') => history.filter(isType(type)).map(({ atMs }) => atMs)
  const [first] = times('fault-injected')
  t.same(
    times('fault-injected').map(atMs => atMs - first!),
    [0, 1_500, 3_000]
  )
  t.same(
    times('fault-healed').map(atMs => atMs - first!),
    [1_000, 2_500, 4_000]
  )
  t.equal(history.filter(isType('fault-proof')).length, 6)
  t.equal(runner.inForce.size, 0)
})

for (const [how, inject, why] of [
  ['is refused', 'rejects', /cannot be injected/],
  ['takes too long', 'hangs', /10 s/]
] as const) {
  test(`a fault whose injection ${how} is a step that failed`, async t => {
    const plan = planOf({ steps: [{ type: 'fault', fault: pause('n2'), forMs: 1_000 }] })
    const { history } = await runFake(plan, { faultHabitsOf: () => ({ inject }) })
    t.match(whyOf(history, 's1'), why)
    t.ok(wordsOf(history).includes('ended: decided'))
    t.equal(wordsOf(history).at(-1), 'closed')
  })
}

test('a fault that comes in force after it was given up is undone', async t => {
  const plan = planOf({ steps: [{ type: 'fault', fault: pause('n2'), forMs: 1_000 }] })
  const { history, runner, clock } = await runFake(plan, { faultHabitsOf: () => ({ inject: { afterMs: 60_000 } }) })
  t.equal(runner.inForce.size, 0)
  t.notOk(wordsOf(history).includes('s1 healed'))
  await clock.runOut()
  t.ok(runner.calls.includes('undo pause'))
  t.equal(runner.inForce.size, 0)
})

for (const prove of ['rejects', 'hangs'] as const) {
  test(`a proof that ${prove} is inconclusive, and the fault is healed all the same`, async t => {
    const plan = planOf({ steps: [{ type: 'fault', fault: pause('n2'), forMs: 1_000 }] })
    const { history, runner } = await runFake(plan, { faultHabitsOf: () => ({ prove }) })
    t.same(
      history.filter(isType('fault-proof')).map(({ of, result }) => `${of} ${result}`),
      ['injection inconclusive', 'undo inconclusive']
    )
    t.equal(runner.inForce.size, 0)
    t.ok(wordsOf(history).includes('ended: settled'))
  })
}

for (const undo of ['rejects', 'hangs'] as const) {
  test(`a fault whose healing ${undo} is told, tried once more in the end, and keeps no node alive`, async t => {
    const plan = planOf({ steps: [{ type: 'fault', fault: pause('n2'), forMs: 1_000 }] })
    const { history, runner } = await runFake(plan, { faultHabitsOf: () => ({ undo }) })
    t.same(
      wordsOf(history).filter(word => word === 's1 failed' || word === 's1 healed'),
      ['s1 failed', 's1 failed']
    )
    t.ok(wordsOf(history).includes('ended: decided'))
    t.equal(runner.calls.filter(call => call === 'undo pause').length, 2)
    t.same(runner.living, [])
  })
}
