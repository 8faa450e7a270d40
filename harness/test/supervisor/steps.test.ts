import { test } from 'tap'
import type { History } from '../../src/history/history.ts'
import { RefusedPlan } from '../../src/supervisor/refusal.ts'
import { GOSSIP_MS } from '../toolkit/fake-runner.ts'
import { isType, planOf, runFake, whyOf, wordsOf } from './fake-run.ts'

const kill = (...nodes: string[]) => ({ type: 'kill', nodes }) as const
const pause = (...nodes: string[]) => ({ type: 'pause', nodes }) as const
const halves = {
  type: 'partition',
  groups: [
    ['n1', 'n2'],
    ['n3', 'n4']
  ]
} as const

test('a fault with an end is proven, healed after its time, and proven to be gone; then the run settles', async t => {
  const { history, runner } = await runFake(planOf({ steps: [{ type: 'fault', fault: pause('n2'), forMs: 5_000 }] }))
  t.same(wordsOf(history), [
    's1 begun',
    's1 injected',
    's1 done',
    's1 proof of injection: confirmed',
    's1 healed',
    's1 proof of undo: confirmed',
    'ended: settled',
    'closed'
  ])
  t.equal(atOf(history, 's1', 'fault-healed') - atOf(history, 's1', 'fault-injected'), 5_000)
  t.equal(runner.inForce.size, 0)
})

test('a fault without an end is proven before the run ends and healed after', async t => {
  const { history, runner } = await runFake(planOf({ steps: [{ type: 'fault', fault: pause('n2') }] }))
  t.same(wordsOf(history).slice(2), [
    's1 done',
    's1 proof of injection: confirmed',
    'ended: settled',
    's1 healed',
    's1 proof of undo: confirmed',
    'closed'
  ])
  t.equal(runner.inForce.size, 0)
})

test('a killed node starts again after its time, under its key, where it listened', async t => {
  const plan = planOf({ steps: [{ type: 'fault', fault: kill('n3'), forMs: 4_000 }] })
  const { history, runner } = await runFake(plan)
  t.same(wordsOf(history).slice(-4), ['s1 healed', 's1 proof of undo: confirmed', 'ended: settled', 'closed'])
  const [first, second] = runner.specs.filter(({ node }) => node === 'n3')
  t.match(second, { run: 2, index: 2, listen: '/ip4/127.1.1.3/tcp/4001' })
  t.notOk(first!.listen)
  t.equal(keyOf(second!.args), keyOf(first!.args))
  t.ok(keyOf(first!.args))
  const types = history.filter(event => 'node' in event && event.node === 'n3' && event.type !== 'line')
  t.same(
    types.map(({ type }) => type),
    ['spawned', 'exited', 'spawned', 'dump-requested', 'stop-requested', 'exited']
  )
})

test('a node that restarts as a stranger has another key, and the same address', async t => {
  const plan = planOf({ steps: [{ type: 'restart', nodes: ['n3', 'n4'], key: 'new', afterMs: 2_000 }] })
  const again = { type: 'restart', nodes: ['n3'], key: 'same', afterMs: 0 } as const
  const { history, runner } = await runFake({
    ...plan,
    steps: [...plan.steps, { ...plan.steps[0]!, id: 's2', begins: { type: 'next' }, action: again }]
  })
  t.equal(wordsOf(history).at(-2), 'ended: settled')
  const [first, second, third] = runner.specs.filter(({ node }) => node === 'n3')
  t.not(keyOf(second!.args), keyOf(first!.args))
  t.equal(keyOf(third!.args), keyOf(second!.args))
  t.equal(second!.listen, '/ip4/127.1.1.3/tcp/4001')
})

test('nodes of a run in which nobody restarts are told of no key', async t => {
  const { runner } = await runFake(planOf({ steps: [{ type: 'fault', fault: kill('n3') }] }))
  t.notOk(runner.specs.some(({ args }) => args.includes('--key')))
})

test('a node that joins is told of the bootstrap node, and the run waits for it', async t => {
  const { history, runner } = await runFake(planOf({ later: 1, steps: [{ type: 'join', nodes: ['n4'] }] }))
  t.same(history.find(isType('run-started'))?.nodes, ['n1', 'n2', 'n3'])
  t.same(bootstrapOf(runner.specs.at(-1)!.args), ['/ip4/127.1.1.1/tcp/4001'])
  t.same(wordsOf(history), ['s1 begun', 's1 done', 'ended: settled', 'closed'])
  t.equal(history.filter(event => event.type === 'line' && event.line.type === 'book').length, 4)
})

test('a node that joins when no bootstrap node is alive is told of one that is', async t => {
  const steps = [
    { type: 'fault', fault: kill('n1') },
    { type: 'join', nodes: ['n4'] }
  ] as const
  const { history, runner } = await runFake(planOf({ later: 1, steps }))
  t.equal(bootstrapOf(runner.specs.at(-1)!.args).length, 1)
  t.match(bootstrapOf(runner.specs.at(-1)!.args)[0], /127\.1\.1\.[23]/)
  t.ok(wordsOf(history).includes('ended: settled'))
})

test('a node that leaves says farewell, ends when everybody has heard it, and is missed by nobody', async t => {
  const { history, runner } = await runFake(planOf({ steps: [{ type: 'leave', nodes: ['n2'] }] }))
  t.match(history.find(isType('leave-requested')), { node: 'n2', run: 1 })
  const ended = history.findIndex(isType('exited'))
  t.ok(history.findLastIndex(event => event.type === 'line' && event.line.type === 'left') < ended)
  t.ok(ended < history.findIndex(isType('run-ended')))
  t.same(wordsOf(history), ['s1 begun', 's1 done', 'ended: settled', 'closed'])
  t.notOk(runner.calls.includes('send n2 dump'), 'and its book is not asked for')
})

test('nodes that have ended are only started by a restart, those that run are killed before', async t => {
  const steps = [
    { type: 'fault', fault: kill('n2') },
    { type: 'leave', nodes: ['n3'] },
    { type: 'restart', nodes: ['n2', 'n3', 'n4'], key: 'same', afterMs: 500 },
    { type: 'wait', until: 'whole' }
  ] as const
  const { history, runner } = await runFake(planOf({ steps }))
  t.match(history.filter(isType('fault-injected')), [{ nodes: ['n2'] }, { nodes: ['n4'] }])
  t.same(
    runner.specs
      .filter(({ run }) => run === 2)
      .map(({ node }) => node)
      .sort(),
    ['n2', 'n3', 'n4']
  )
  t.equal(wordsOf(history).at(-2), 'ended: settled')
  t.ok(wordsOf(history).indexOf('s1 healed') < wordsOf(history).indexOf('s3 done'), 'the first crash is over')
})

test('a step pauses after the one before it', async t => {
  const wait = { type: 'wait', until: 'full' } as const
  const { history } = await runFake(planOf({ steps: [wait, { ...wait, begins: { type: 'next', afterMs: 700 } }] }))
  const [, done, begun] = history.filter(isType('step'))
  t.equal(begun!.atMs - done!.atMs, 700)
})

test('links are made before any node starts, and last to the end', async t => {
  const { history } = await runFake({ ...planOf({ steps: [] }), links: { latencyMs: 50 } })
  t.match(history[1], { type: 'fault-injected', fault: 'links', what: { links: { latencyMs: 50 } } })
  t.ok(wordsOf(history).indexOf('links healed') > wordsOf(history).indexOf('ended: settled'))
})

test('steps begin at their time from the start and from full books, or after the step before', async t => {
  const wait = { type: 'wait', until: 'full' } as const
  const begins = [
    { type: 'at', atMs: 20, from: 'start' },
    { type: 'at', atMs: 3_000, from: 'full' },
    { type: 'next' }
  ] as const
  const { history } = await runFake(planOf({ steps: begins.map(begin => ({ ...wait, begins: begin })) }))
  const begun = history.filter(isType('step')).filter(({ state }) => state === 'begun')
  t.same(
    begun.map(({ step }) => step),
    ['s1', 's2', 's3']
  )
  t.equal(begun[0]!.atMs, 20)
  const fullMs = history.findLast(event => event.type === 'line' && event.line.type === 'joined')!.atMs
  t.equal(begun[1]!.atMs, fullMs + 3_000)
  t.equal(begun[2]!.atMs, begun[1]!.atMs)
})

test('steps overlap with a fault that is in force', async t => {
  const steps = [
    { type: 'fault', fault: pause('n2'), forMs: 10_000 },
    { type: 'leave', nodes: ['n3'] }
  ] as const
  const words = wordsOf((await runFake(planOf({ steps }))).history)
  t.ok(words.indexOf('s2 done') < words.indexOf('s1 healed'))
})

test('what is noticed is awaited, and what is whole again', async t => {
  const steps = [
    { type: 'fault', fault: halves, forMs: 3_000 },
    { type: 'wait', until: 'noticed' },
    { type: 'wait', until: 'whole' }
  ] as const
  const { history } = await runFake(planOf({ steps }))
  const doneAt = (step: string) =>
    history.filter(isType('step')).find(event => event.step === step && event.state === 'done')!.atMs
  const noticedMs = doneAt('s2') - atOf(history, 's1', 'fault-injected')
  t.ok(noticedMs > 0 && noticedMs <= GOSSIP_MS, `${noticedMs} ms`)
  t.equal(doneAt('s3') - atOf(history, 's1', 'fault-healed'), GOSSIP_MS)
  t.equal(wordsOf(history).at(-2), 'ended: settled')
})

test('a crash that nobody heals is no obstacle to being whole', async t => {
  const steps = [
    { type: 'fault', fault: kill('n2') },
    { type: 'wait', until: 'whole' }
  ] as const
  t.ok(wordsOf((await runFake(planOf({ steps }))).history).includes('ended: settled'))
})

test('a wait that is missed ends the run and is named, and no later step begins', async t => {
  const steps = [
    { type: 'fault', fault: halves, forMs: 60_000 },
    { type: 'wait', until: 'whole', withinMs: 700 },
    { type: 'leave', nodes: ['n4'] }
  ] as const
  const { history, runner } = await runFake(planOf({ steps }))
  t.match(whyOf(history, 's2'), /0\.7 s.*all books are right/)
  t.same(
    wordsOf(history).filter(word => /^s[23]|ended/.test(word)),
    ['s2 begun', 's2 missed', 's3 failed', 'ended: decided']
  )
  t.notOk(runner.calls.includes('send n4 leave'))
  t.equal(runner.inForce.size, 0)
})

test('a node that dies while it joins ends the run, and no step waits for it', async t => {
  const plan = planOf({ later: 1, steps: [{ type: 'join', nodes: ['n4'], withinMs: 60_000 }] })
  const { history, clock } = await runFake(plan, {
    habitsOf: node => (node === 'n4' ? { readyAfterMs: 5_000, diesAfterMs: 100 } : {})
  })
  t.ok(wordsOf(history).includes('ended: decided'))
  t.match(whyOf(history, 's1'), /n4/)
  t.ok(clock.nowMs() < 20_000)
})

test('a deadline inside a fault ends the run, and the fault with it', async t => {
  const plan = planOf({ steps: [{ type: 'fault', fault: halves, forMs: 60_000 }], deadlineMs: 5_000 })
  const { history, runner } = await runFake(plan)
  t.same(wordsOf(history).slice(-5), [
    's1 proof of injection: confirmed',
    'ended: deadline',
    's1 healed',
    's1 proof of undo: confirmed',
    'closed'
  ])
  t.equal(runner.inForce.size, 0)
})

test('an interrupt heals what is broken, and then stops the nodes', async t => {
  const interrupt = new AbortController()
  const plan = planOf({
    steps: [
      { type: 'fault', fault: kill('n3'), forMs: 60_000 },
      { type: 'fault', fault: halves }
    ]
  })
  const onEvent = (event: History[number]) => {
    if (event.type === 'step' && event.step === 's2' && event.state === 'done') interrupt.abort()
  }
  const { history, runner } = await runFake(plan, {}, { interrupt: interrupt.signal, onEvent })
  t.ok(wordsOf(history).includes('ended: interrupted'))
  t.ok(history.findLastIndex(isType('fault-healed')) < history.findIndex(isType('stop-requested')))
  t.equal(runner.inForce.size, 0)
  t.same(runner.living, [])
  t.equal(runner.specs.filter(({ node }) => node === 'n3').length, 1, 'and no node is started again')
})

test('what the runner cannot do is refused before anything starts', async t => {
  const plan = planOf({ steps: [{ type: 'fault', fault: halves }] })
  const cannot = () => 'processes share one network; --runner netns can cut it'
  await t.rejects(runFake(plan, { cannot }), { name: 'RefusedPlan', message: /step s1 .*netns/ })
})

test('what a program cannot do is refused as soon as it says so, and nothing is left', async t => {
  const plan = planOf({ steps: [{ type: 'leave', nodes: ['n3'] }] })
  const events: History[number][] = []
  const run = runFake(plan, { habitsOf: () => ({ can: ['key'] }) }, { onEvent: event => events.push(event) })
  await t.rejects(run, { name: RefusedPlan.name, message: /n3.*"leave"/ })
  t.equal(events.at(-1)?.type, 'run-closed')
  t.notOk(events.some(isType('leave-requested')))
})

test('a program that does not say what it can is taken to know leave and key, and no clock', async t => {
  const leaving = planOf({ steps: [{ type: 'leave', nodes: ['n3'] }] })
  t.ok(wordsOf((await runFake(leaving)).history).includes('ended: settled'))
  const fault = { type: 'clock', nodes: ['n3'], offsetMs: 1 } as const
  await t.rejects(runFake(planOf({ steps: [{ type: 'fault', fault }] })), { message: /"clock"/ })
})

function atOf(history: History, fault: string, type: 'fault-injected' | 'fault-healed'): number {
  return history.filter(isType(type)).find(event => event.fault === fault)!.atMs
}

function keyOf(args: readonly string[]): string | undefined {
  return args.includes('--key') ? args[args.indexOf('--key') + 1] : undefined
}

function bootstrapOf(args: readonly string[]): string[] {
  return args.filter((_, index) => args[index - 1] === '--bootstrap')
}
