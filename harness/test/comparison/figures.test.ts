import { test } from 'tap'
import { comparedFigures } from '../../src/comparison/figures.ts'
import { STEPS } from '../../src/comparison/names.ts'
import { loadComparedScenario, planBefore, planCompared } from '../../src/comparison/scenarios.ts'
import { judged } from '../../src/reports/judged.ts'
import type { Plan } from '../../src/scenario/plan.ts'
import { HistoryBuilder, peerOf } from '../toolkit/history-builder.ts'

const NEVER = Number.POSITIVE_INFINITY
const { joiner, crash, newcomer } = STEPS.life
const life = planCompared(await loadComparedScenario('life'), { nodes: 5, seed: 1 })

const names = life.nodes.map(({ name }) => name)
const first = life.nodes.filter(({ startsAtOnce }) => startsAtOnce).map(({ name }) => name)
const [late, last] = [joiner, newcomer].map(nodeOf) as [string, string]
const killed = nodeOf(crash)
const others = [...first, late].filter(name => name !== killed)

test('all that a whole life shows: times from their own beginnings, costs at rest, and no ghost', async t => {
  const history = crashed(lateJoin(fullBooks(begun(life))))
  others.forEach((node, index) => void history.at(14_000 + 100 * index).expired(node, killed))
  const figures = figuresOf(met(history.at(14_500)))
  t.match(figures, {
    start: 1_000,
    full: 500,
    joined: 300,
    ghost: 0,
    memory: 50 * 2 ** 20,
    'cpu-at-rest': 5,
    'bytes-at-rest': 1_000
  })
  const lastDropMs = 14_000 + 100 * (others.length - 1)
  t.ok(Math.abs(figures.noticed! - (lastDropMs - 13_000)) < 10, `noticed ${figures.noticed}`)
  t.equal(figures.cpu, 202, 'the first look at or after full books')
})

test('a newcomer that is told of the dead node has a ghost until it drops it', async t => {
  const dropped = crashed(lateJoin(fullBooks(begun(life))))
    .joined(last, killed)
    .at(17_000)
    .expired(last, killed)
  const readyMs = dropped.events.find(event => event.type === 'line' && event.node === last)!.atMs
  t.equal(figuresOf(dropped).ghost, 17_000 - readyMs)
  t.equal(figuresOf(crashed(lateJoin(fullBooks(begun(life)))).joined(last, killed)).ghost, NEVER)
})

test('what the run did not come to, though it was waited for, is never, and no newcomer tells of no ghost', async t => {
  t.match(figuresOf(lateJoin(fullBooks(begun(life)))), { joined: 300, noticed: NEVER })
  t.notOk('ghost' in figuresOf(lateJoin(fullBooks(begun(life)))))
  t.match(figuresOf(begun(life)), { start: 1_000, full: NEVER, joined: NEVER, noticed: NEVER, cpu: NEVER })
  t.notOk('bytes-at-rest' in figuresOf(begun(life)), 'it was never at rest')
})

test('what the plan does not ask for is not told', async t => {
  const figures = figuresOf(lateJoin(fullBooks(begun(planBefore(life, crash)))))
  t.match(figures, { full: 500, joined: 300 })
  t.notOk('noticed' in figures || 'ghost' in figures)
})

test('drops count by whether both were healthy, and not at all before the strain', async t => {
  const plan = planCompared(await loadComparedScenario('strain'), { nodes: 5, seed: 1 })
  const starved = plan.steps.flatMap(({ action }) =>
    action.type === 'fault' && action.fault.type === 'starve' ? action.fault.nodes : []
  )
  const [healthy, other] = names.filter(name => !starved.includes(name)) as [string, string]
  const history = () =>
    begun(plan)
      .at(1_500)
      .meet(...names)
  t.same(comparedFigures('strain', judged(history().ended('settled'))), {})
  const strained = history()
    .faultInjected('s2', ...starved)
    .at(4_000)
    .expired(healthy, other)
    .expired(healthy, starved[0]!)
    .at(9_000)
  t.same(comparedFigures('strain', judged(strained.ended('settled'))), { 'false-drops': 1, 'live-drops': 2 })
})

/** Nodes that start at once are ready after 1 s. */
function begun(plan: Plan): HistoryBuilder {
  const starting = plan.nodes.filter(({ startsAtOnce }) => startsAtOnce).map(({ name }) => name)
  const history = new HistoryBuilder({
    ...{
      type: 'run-started',
      startedAt: '1970-01-01T00:00:01.000Z',
      scenario: plan.scenario,
      nodes: plan.nodes.map(({ name }) => name)
    },
    ...{ deadlineMs: plan.deadlineMs, settleMs: plan.settleMs, command: 'test-network compare', plan }
  })
  // The events of a builder are 1 ms apart, and the first spawn is the second event.
  history.spawned(...starting)
  for (const node of starting) history.at(starting.at(-1) === node ? 1_001 : 0).ready(node)
  return history
}

/** 0.5 s after the last one was ready, and then 9 s of rest that are looked at each second. */
function fullBooks(history: HistoryBuilder): HistoryBuilder {
  const pairs = first.length * (first.length - 1)
  history.at(1_501 - (pairs - 1)).meet(...first)
  for (let second = 2; second <= 10; second++) {
    history.at(1_000 * second)
    for (const node of first) {
      const used = { cpuMs: 192 + 5 * second, rssBytes: 50 * 2 ** 20, threads: 1, sockets: 1 }
      history.events.push({ atMs: 1_000 * second, type: 'usage', node, run: 1, ...used })
      history.events.push({ atMs: 1_000 * second, type: 'received', node, bytes: 1_000 * second })
    }
  }
  return history.at(10_500).observed({ type: 'step', step: 's1', state: 'done' })
}

/** Everybody lists everybody 0.3 s after the joiner is ready. */
function lateJoin(history: HistoryBuilder): HistoryBuilder {
  history.observed({ type: 'step', step: joiner, state: 'begun' }).spawned(late).at(11_000).ready(late)
  const pairs = 2 * first.length
  history.at(11_300 - (pairs - 1))
  for (const node of first) history.joined(node, late).joined(late, node)
  return history.observed({ type: 'step', step: joiner, state: 'done' })
}

function crashed(history: HistoryBuilder): HistoryBuilder {
  return history
    .at(13_000)
    .observed({ type: 'step', step: crash, state: 'begun' })
    .faultInjected(crash, killed)
    .exited(killed, { signal: 'SIGKILL' })
    .observed({ type: 'fault-proof', fault: crash, of: 'injection', result: 'confirmed', seen: 'gone' })
    .observed({ type: 'step', step: newcomer, state: 'begun' })
    .started(last)
}

function met(history: HistoryBuilder): HistoryBuilder {
  for (const node of others) history.joined(node, last).joined(last, node)
  return history
}

function figuresOf(history: HistoryBuilder) {
  return comparedFigures('life', judged(history.at(20_000).ended('settled')))
}

function nodeOf(step: string): string {
  const action = life.steps.find(({ id }) => id === step)?.action
  if (action?.type === 'join') return action.nodes[0]!
  if (action?.type === 'fault' && action.fault.type === 'kill') return action.fault.nodes[0]!
  throw new Error(`${step} is about no node, such as ${peerOf('n1')}`)
}
