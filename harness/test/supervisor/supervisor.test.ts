import tap, { test } from 'tap'
import { FILE_PATIENCE_MS } from '../../../scripts/tests/until.ts'
import type { HistoryEvent, Observation } from '../../src/history/history.ts'
import { judge } from '../../src/judge/judge.ts'
import { createProcessRunner } from '../../src/runners/process.ts'
import { type ColdStart, planColdStart } from '../../src/scenario/cold-start.ts'
import { type SuperviseOptions, supervise } from '../../src/supervisor/supervisor.ts'
import { nodePath } from '../toolkit/nodes.ts'
import { isAlive, untilGone } from '../toolkit/processes.ts'
import { planOf, runFake } from './fake-run.ts'

tap.setTimeout(FILE_PATIENCE_MS)

type Plan = ColdStart & Pick<SuperviseOptions, 'concurrentStarts' | 'startTimeoutMs' | 'measuresOn'>

const plan: Plan = {
  scenario: 'test',
  nodes: 4,
  deadlineMs: 60_000,
  settleMs: 200,
  bootstrapPeers: 1,
  concurrentStarts: 2
}

test('a network that agrees ends as soon as it has agreed for the settle time, long before the deadline', async t => {
  const { history, outcome } = await run(['honest.mjs'])
  t.equal(outcome, 'pass')
  t.match(history[0], { type: 'run-started', nodes: ['n1', 'n2', 'n3', 'n4'], deadlineMs: 60_000 })
  t.equal(endOf(history).reason, 'settled')
  t.ok(endOf(history).atMs < plan.deadlineMs / 2)
  t.ok(endOf(history).atMs - atOf(history, 'joined') >= 200, 'the settle time lies after the last news')
})

test('the host is watched until the last process has ended, and nodes until the run has', async t => {
  const events: string[] = []
  const watched = { ready: () => {}, end: async () => void events.push('end'), close: () => void events.push('close') }
  await runFake(
    planOf({ nodes: 3, steps: [] }),
    {},
    {
      onEvent: ({ type }) => void events.push(type),
      collectEvidence: () => watched
    }
  )
  const last = events.slice(events.indexOf('end'))
  t.same(last.slice(0, 2), ['end', 'run-ended'])
  t.equal(last.filter(type => type === 'exited').length, 3)
  t.same(last.slice(-2), ['close', 'run-closed'])
})

test('events are in order of time, and every node ends after the run has ended', async t => {
  const { history } = await run(['honest.mjs'])
  const times = history.map(({ atMs }) => atMs)
  t.same(
    times,
    times.toSorted((a, b) => a - b)
  )
  const types = history.map(({ type }) => type)
  t.ok(types.lastIndexOf('run-ended') < types.indexOf('stop-requested'))
  t.same(
    history
      .filter(isType('exited'))
      .map(({ node, code }) => `${node} ${code}`)
      .sort(),
    ['n1 0', 'n2 0', 'n3 0', 'n4 0']
  )
})

test('the first node is ready before any other is started, and no more are starting than allowed', async t => {
  const { history } = await run(['honest.mjs'], { nodes: 6, concurrentStarts: 2 })
  let starting = 0
  let most = 0
  for (const event of history) {
    if (event.type === 'spawned') most = Math.max(most, ++starting)
    if (isReady(event)) starting -= 1
  }
  t.equal(most, 2)
  t.ok(history.findIndex(isReady) < history.findIndex(event => event.type === 'spawned' && event.node === 'n2'))
})

test('with two bootstrap peers the second one knows the first', async t => {
  const { outcome } = await run(['honest.mjs'], { nodes: 2, bootstrapPeers: 2 })
  t.equal(outcome, 'pass')
})

test('a node that is killed fails the run soon, by name and signal, and the others still give their books', async t => {
  const { history, outcome, findings } = await run(['only.mjs', 'n3', 'dies-later.mjs'])
  t.equal(outcome, 'fail')
  t.equal(endOf(history).reason, 'decided')
  t.match(
    findings.find(({ rule }) => rule === 'alive'),
    { node: 'n3', message: /SIGKILL.*heap is full/ }
  )
  t.same(booksOf(history), ['n1', 'n2', 'n4'])
})

test('a node that ends at once fails the run soon, with its last words', async t => {
  const { history, outcome, findings } = await run(['only.mjs', 'n2', 'exits-at-once.mjs'])
  t.equal(outcome, 'fail')
  t.equal(endOf(history).reason, 'decided')
  t.match(
    findings.find(({ rule }) => rule === 'alive'),
    { node: 'n2', message: /9.*config\.json/ }
  )
})

test('a node that never says ready does not hang the run, which does not pass', async t => {
  const { history, outcome, findings, notJudged } = await run(['only.mjs', 'n4', 'silent.mjs'], { deadlineMs: 4_000 })
  t.not(outcome, 'pass')
  t.equal(endOf(history).reason, 'deadline')
  t.match([...findings.map(({ message }) => message), ...notJudged].join(), /n4.*ready/)
  t.same(booksOf(history), ['n1', 'n2', 'n3'])
})

test('a start that takes too long decides the run before its deadline', async t => {
  const { history } = await run(['only.mjs', 'n4', 'silent.mjs'], { startTimeoutMs: 500 })
  t.equal(endOf(history).reason, 'decided')
})

for (const program of ['rubbish.mjs', 'half-line.mjs', 'long-line.mjs', 'not-utf8.mjs']) {
  test(`a node that breaks the contract fails the run, by node, line and fault (${program})`, async t => {
    const { outcome, findings } = await run(['only.mjs', 'n2', program])
    t.equal(outcome, 'fail')
    t.match(
      findings.find(({ rule }) => rule === 'lines'),
      { node: 'n2', message: /line 1\b/ }
    )
  })
}

test('a node whose book is not what its events say fails the run', async t => {
  const { outcome, findings } = await run(['only.mjs', 'n2', 'lies.mjs'])
  t.equal(outcome, 'fail')
  t.match(
    findings.find(({ rule }) => rule === 'book-as-told'),
    { node: 'n2' }
  )
})

test('a run that measures on is not ended by a breach, which is found all the same', async t => {
  const { history, findings } = await run(['only.mjs', 'n2', 'lies.mjs'], { measuresOn: true })
  t.equal(endOf(history).reason, 'settled')
  t.ok(findings.some(({ rule }) => rule === 'book-as-told'))
})

test('a run that measures on ends soon when no node is left to measure', async t => {
  const { history } = await run(['exits-at-once.mjs'], { measuresOn: true })
  t.equal(endOf(history).reason, 'decided')
})

test('nodes that do not find each other fail at the deadline, not before', async t => {
  const { history, outcome, findings, excuses } = await run(['honest.mjs'], { bootstrapPeers: 0, deadlineMs: 4_000 })
  // A host that is short of processor time excuses it.
  t.equal(outcome, excuses.length > 0 ? 'unknown' : 'fail')
  t.equal(endOf(history).reason, 'deadline')
  t.ok(endOf(history).atMs >= 4_000)
  const rules = [...findings.map(({ rule }) => rule), ...excuses.flatMap(each => each.rules)]
  t.ok(rules.includes('complete'))
})

test('a program that cannot be started is unknown at once, with what to do', async t => {
  const runner = createProcessRunner({ command: ['/nowhere/no-such-program'] })
  const { history, outcome, notJudged } = await superviseWith(runner, plan)
  t.equal(outcome, 'unknown')
  t.equal(endOf(history).reason, 'decided')
  t.match(notJudged.join(), /no such program/)
  t.equal(history.filter(isType('spawn-failed')).length, 1, 'the others are not tried')
})

test('an interrupt ends the run and every node', async t => {
  const interrupt = new AbortController()
  const { history } = await run(['honest.mjs'], { bootstrapPeers: 0 }, interrupt, event => {
    if (event.type === 'line' && event.node === 'n4') interrupt.abort()
  })
  t.equal(endOf(history).reason, 'interrupted')
  const pids = history.filter(isType('spawned')).map(({ pid }) => pid!)
  t.same(pids.filter(isAlive), [])
})

test('no node starts before the pace lets it', async t => {
  const spawned: string[] = []
  const asked: number[] = []
  const pace = { next: async () => asked.push(spawned.length) }
  const onEvent = (event: HistoryEvent) => {
    if (event.type === 'spawned') spawned.push(event.node)
  }
  const command = [process.execPath, nodePath('honest.mjs')] as const
  const runner = createProcessRunner({ command, env: { NODE_OPTIONS: '' } })
  const interrupt = new AbortController().signal
  await supervise(planColdStart(plan), { runner, interrupt, command: '', concurrentStarts: 2, onEvent, pace })
  await runner.close()
  t.equal(spawned.length, plan.nodes)
  t.ok(asked.length >= plan.nodes, 'each was asked for')
  t.ok(
    asked.every((before, at) => before <= at),
    'and none had started before'
  )
})

test('a harness that is held up says so', async t => {
  const { history } = await run(['honest.mjs'], {}, undefined, event => {
    if (!isReady(event) || event.node !== 'n2') return
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 800)
  })
  t.match(history.find(isType('harness-lagged')), { lagMs: Number })
})

test('a harness that is held up while the books come in waits for the settle time anew', async t => {
  let isFirst = true
  const { history, outcome } = await run(['honest.mjs'], {}, undefined, event => {
    if (event.type !== 'dump-requested' || event.node !== 'n4' || !isFirst) return
    isFirst = false
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 800)
  })
  t.equal(outcome, 'pass')
  t.equal(history.filter(isType('dump-requested')).length, 2 * plan.nodes, 'and asks for the books once more')
})

async function run(
  [program, ...args]: [string, ...string[]],
  changes: Partial<Plan> = {},
  interrupt = new AbortController(),
  onEvent: (event: HistoryEvent) => void = () => {}
) {
  const command = [process.execPath, nodePath(program), ...args] as [string, ...string[]]
  const runner = createProcessRunner({ command, env: { NODE_OPTIONS: '' } })
  const result = await superviseWith(runner, { ...plan, ...changes }, interrupt, onEvent)
  const pids = result.history.filter(isType('spawned')).map(({ pid }) => pid!)
  await untilGone(pids)
  return result
}

async function superviseWith(
  runner: ReturnType<typeof createProcessRunner>,
  { concurrentStarts, startTimeoutMs, measuresOn = false, ...coldStart }: Plan,
  interrupt = new AbortController(),
  onEvent: (event: HistoryEvent) => void = () => {}
) {
  const history = await supervise(planColdStart(coldStart), {
    runner,
    interrupt: interrupt.signal,
    command: 'test-network 4 60',
    concurrentStarts,
    measuresOn,
    ...(startTimeoutMs !== undefined && { startTimeoutMs }),
    onEvent
  })
  await runner.close()
  return { history, ...judge(history) }
}

function isType<T extends Observation['type']>(type: T) {
  return (event: HistoryEvent): event is HistoryEvent & { type: T } => event.type === type
}

function isReady(event: HistoryEvent): event is HistoryEvent & { type: 'line' } {
  return event.type === 'line' && event.line.type === 'ready'
}

function endOf(history: readonly HistoryEvent[]) {
  return history.find(isType('run-ended'))!
}

/** When the last line of that type came. */
function atOf(history: readonly HistoryEvent[], type: string): number {
  return history.findLast(event => event.type === 'line' && event.line.type === type)!.atMs
}

/** Who gave a book in the end. */
function booksOf(history: readonly HistoryEvent[]): string[] {
  return history.flatMap(event => (event.type === 'line' && event.line.type === 'book' ? [event.node] : [])).sort()
}
