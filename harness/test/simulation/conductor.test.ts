/** Steps of a plan: when they begin, when they end, and what the history says of them. */
import { Discovery } from '@gossip-discovery/libp2p/core'
import { test } from 'tap'
import type { HistoryEvent } from '../../src/history/history.ts'
import type { CreateCore } from '../../src/simulation/host/world.ts'
import { Simulation } from '../../src/simulation/simulation.ts'
import { at, BREAK_AT_MS, broken, fault, next, PASS, planOf, shown, simulate } from './plans.ts'

const kill = (node: string) => fault({ type: 'kill', nodes: [node] })

function stepsOf(history: readonly HistoryEvent[]): string[] {
  return history.flatMap(event => (event.type === 'step' ? [`${event.step} ${event.state}`] : []))
}

function timeOf(history: readonly HistoryEvent[], is: (event: HistoryEvent) => boolean): number {
  return history.find(is)!.atMs
}

const begins = (step: string) => (event: HistoryEvent) => {
  return event.type === 'step' && event.step === step && event.state === 'begun'
}

test('a step at a time counts from the start, or from the first moment at which every book is right', async t => {
  const { history, filledMs } = simulate({ steps: [at(5_000, kill('n9')), at(2_000, kill('n8'), 'full')] })
  t.equal(timeOf(history, begins('s1')), 5_000)
  t.ok(Math.abs(timeOf(history, begins('s2')) - filledMs[100]! - 2_000) < 1)
})

test('a step without a time begins when the one before it has ended, or so much later', async t => {
  const later = { ...next(kill('n8')), begins: { type: 'next' as const, afterMs: 700 } }
  const { history } = simulate({ steps: [at(5_000, kill('n9')), next({ type: 'wait', until: 'noticed' }), later] })
  t.same(stepsOf(history), ['s1 begun', 's1 done', 's2 begun', 's2 done', 's3 begun', 's3 done'])
  const noticedMs = timeOf(history, event => event.type === 'step' && event.step === 's2' && event.state === 'done')
  t.ok(noticedMs > 5_000)
  t.ok(Math.abs(timeOf(history, begins('s3')) - noticedMs - 700) < 0.01)
})

test('a wait that is missed fails the run, names the step, and ends it: nothing begins after it', async t => {
  const split = fault({ type: 'partition', groups: [['n1', 'n2', 'n3', 'n4', 'n5']] })
  const { judgement, history, endedBy } = simulate({
    steps: [at(BREAK_AT_MS, split), next({ type: 'wait', until: 'whole' }), next(kill('n9'))]
  })
  t.equal(endedBy, 'decided')
  t.match(judgement, {
    outcome: 'fail',
    findings: [{ rule: 'steps', message: /^step s2: not every fault was healed and every book right within 30.00 s/ }]
  })
  t.same(stepsOf(history), ['s1 begun', 's1 done', 's2 begun', 's2 missed'])
})

test('a wait until the books are full asks behind a cut for those alone that can be heard', async t => {
  const split = fault({ type: 'partition', groups: [['n1', 'n2', 'n3', 'n4', 'n5']] })
  const { judgement, history } = simulate({
    steps: [at(BREAK_AT_MS, split), next({ type: 'wait', until: 'noticed' }), next({ type: 'wait', until: 'full' })]
  })
  t.match(
    judgement,
    { outcome: 'unknown', findings: [] },
    'a cut that lasts to the end is no reason to fail, or to pass'
  )
  const drops = history.filter(event => event.type === 'line' && event.line.type === 'expired')
  t.equal(drops.length, 50)
  t.ok(timeOf(history, begins('s3')) >= drops.at(-1)!.atMs)
})

test('a node that joins is there, and one that is there already cannot join', async t => {
  const good = simulate({ absent: 1, steps: [at(BREAK_AT_MS, { type: 'join', nodes: ['n10'] })] })
  t.same(shown(good.judgement), PASS)
  t.match(good.joins.at(-1), { node: 'n10', run: 1, startedAtMs: BREAK_AT_MS })
  const bad = simulate({ steps: [at(BREAK_AT_MS, { type: 'join', nodes: ['n10'] })] })
  t.same(shown(bad.judgement), { outcome: 'unknown', findings: [] })
  t.ok(bad.judgement.notJudged.includes('step s1 could not be done: n10 run already'))
})

test('a node that leaves says farewell, and is asked to', async t => {
  const { judgement, detections, history } = simulate({ steps: [at(BREAK_AT_MS, { type: 'leave', nodes: ['n5'] })] })
  t.same(shown(judgement), PASS)
  t.match(detections, [{ node: 'n5', cause: 'leave', droppedBy: 9 }])
  t.ok(detections[0]!.lastMs! < 2_000)
  t.ok(history.some(event => event.type === 'line' && event.line.type === 'left'))
})

test('of nodes that leave together each is heard: it ends only when nobody lists it any more', async t => {
  const nodes = ['n4', 'n5', 'n6', 'n7', 'n8']
  for (let seed = 1; seed <= 20; seed++) {
    const { judgement, detections } = simulate({ seed, steps: [at(BREAK_AT_MS, { type: 'leave', nodes })] })
    t.same(shown(judgement), PASS)
    t.equal(detections.filter(({ droppedBy, lastMs }) => droppedBy === 5 && lastMs! < 1_000).length, nodes.length)
  }
})

test('a node that nobody can hear ends all the same, in time for the next step', async t => {
  const steps = [
    broken({ type: 'partition', groups: [['n5']] }, 20_000),
    next({ type: 'leave', nodes: ['n5'] }),
    next({ type: 'restart', nodes: ['n5'], key: 'same', afterMs: 500 })
  ]
  const { judgement, history } = simulate({ steps })
  t.same(shown(judgement), PASS)
  const endedMs = history.find(({ type }) => type === 'exited')!.atMs
  t.ok(endedMs >= BREAK_AT_MS + 2_000 && endedMs < BREAK_AT_MS + 2_100, `${endedMs} ms`)
})

for (const key of ['same', 'new'] as const) {
  test(`a restart with ${key === 'new' ? 'another' : 'its'} key is a kill and a start under the same name and address`, async t => {
    const restart = at(BREAK_AT_MS, { type: 'restart', nodes: ['n5'], key, afterMs: 3_000 })
    const { judgement, history, joins } = simulate({ steps: [restart] })
    t.same(shown(judgement), PASS)
    t.match(joins.at(-1), { node: 'n5', run: 2, startedAtMs: BREAK_AT_MS + 3_000 })
    const [first, second] = history.flatMap(event => {
      return event.type === 'line' && event.node === 'n5' && event.line.type === 'ready' ? [event.line] : []
    })
    t.same(second!.addrs, first!.addrs)
    t.equal(second!.peerId === first!.peerId, key === 'same')
  })
}

test('a node that was killed before is only started by a restart', async t => {
  const steps = [at(BREAK_AT_MS, kill('n5')), next({ type: 'restart', nodes: ['n5'], key: 'same', afterMs: 500 })]
  const { judgement, faults, joins } = simulate({ steps })
  t.same(shown(judgement), PASS)
  t.equal(faults.length, 1)
  t.match(joins.at(-1), { node: 'n5', run: 2 })
})

test('a process that is killed while it is busy says nothing after its end', async t => {
  const simulation = new Simulation({ plan: planOf({ lastsMs: BREAK_AT_MS }) })
  simulation.world.queue.at(BREAK_AT_MS, () => {
    const process = simulation.nodes.process('n5')!
    process.spend(50)
    process.driver.handle({ type: 'content-changed', content: { name: 'later' } })
    simulation.nodes.end('n5', 'kill')
  })
  const { history } = simulation.run()
  const said = history.flatMap(({ atMs, ...event }) =>
    'run' in event && event.node === 'n5' ? [{ atMs, ...event }] : []
  )
  t.match(said.at(-1), { type: 'exited', signal: 'SIGKILL', atMs: BREAK_AT_MS })
  t.match(said.at(-2), { type: 'line', line: { type: 'announced' }, atMs: BREAK_AT_MS })
})

test('a node that starts is not told of one that does not run', async t => {
  const toldOf: string[] = []
  const createCore: CreateCore = (config, self, host, nowMs) => {
    const core = new Discovery(config, self, host, nowMs)
    if (config.name !== 'n10') return core
    const { handle } = core
    core.handle = function (input, atMs) {
      if (input.type === 'peer-found') toldOf.push(input.target.id)
      return handle.call(this, input, atMs)
    }
    return core
  }
  const bootstrap = (node: number) => (node === 0 ? [] : node === 9 ? [0, 1] : [0])
  const steps = [at(3_000, kill('n1')), at(9_000, { type: 'join', nodes: ['n10'] })]
  t.same(shown(simulate({ absent: 1, bootstrap, steps }, { createCore }).judgement), PASS)
  t.same(toldOf, ['peer-2'])
})

test('the history says what was broken, what it did, and that it is gone, in this order', async t => {
  const { history } = simulate({ steps: [broken({ type: 'pause', nodes: ['n5'] }, 2_000)] })
  const told = history.flatMap(event => {
    return event.type.startsWith('fault') ? [`${event.type}${event.type === 'fault-proof' ? ` ${event.of}` : ''}`] : []
  })
  t.same(told, ['fault-injected', 'fault-proof injection', 'fault-healed', 'fault-proof undo'])
  t.same(
    history.slice(-22).map(({ type }) => type),
    ['run-ended', ...Array(10).fill('stop-requested'), ...Array(10).fill('exited'), 'run-closed']
  )
})
