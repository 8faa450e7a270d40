import { test } from 'tap'
import type { Fault } from '../../src/simulation/faults.ts'
import { BREAK_AT_MS, planned, scenario, simulate, simulationAt } from './plans.ts'

/** Longer than it takes the others to notice. */
const LONG_MS = 60_000

const ends: [type: Extract<Fault, { nodes: unknown }>['type'], atMostMs: number][] = [
  ['kill', 5_000],
  ['power-off', 60_000],
  ['leave', 2_000]
]

for (const [type, atMostMs] of ends) {
  test(`${type}: every other node drops the one that is gone`, async t => {
    const fault = { type, nodes: [4] } as Fault
    const { verdict, detections, faults } = simulate({ scenario: scenario({ faults: [planned(fault)] }) })
    t.same(verdict, { outcome: 'pass' })
    t.match(detections, [{ node: 'n5', cause: type, observers: 9, droppedBy: 9 }])
    t.ok(detections[0]!.firstMs! > 0 && detections[0]!.lastMs! < atMostMs)
    t.ok(faults[0]!.effect > 0)
  })

  test(`${type}, undone: the node comes back under its key, in a new run`, async t => {
    const fault = { type, nodes: [4] } as Fault
    const { verdict, joins, convergedAfterMs, history } = simulate({
      scenario: scenario({ faults: [planned(fault, LONG_MS)] })
    })
    t.same(verdict, { outcome: 'pass' })
    t.equal(joins.length, 11)
    t.match(joins.at(-1), { node: 'n5', run: 2, startedAtMs: BREAK_AT_MS + LONG_MS })
    t.ok(joins.at(-1)!.visible100Ms! <= convergedAfterMs!)
    const epochs = history!.flatMap(event =>
      event.type === 'line' && event.line.type === 'ready' && event.node === 'n5' ? [event.line.epoch] : []
    )
    t.ok(epochs[1]! > epochs[0]!, 'its epoch is greater')
  })
}

test('a killed node’s connections are reset at once, those of a machine without power stay until a ping goes unanswered', async t => {
  const isConnected = (type: 'kill' | 'power-off', afterMs: number) => {
    const faults = [planned({ type, nodes: [4] })]
    const { world } = simulationAt(BREAK_AT_MS + afterMs, { scenario: scenario({ faults, lastsMs: LONG_MS }) })
    return world.machines.some(({ process }) => process?.isConnected(4) === true)
  }
  t.same([isConnected('kill', 0), isConnected('power-off', 0)], [true, true])
  t.same([isConnected('kill', 200), isConnected('power-off', 200)], [false, true])
  t.equal(isConnected('power-off', 20_000), false)
})

test('without a fault nobody is dropped', async t => {
  const { detections, drops, notes } = simulate({ scenario: scenario({ lastsMs: LONG_MS }) })
  t.same([detections, drops.cut, drops.paused, drops.false, notes.suspected], [[], 0, 0, 0, undefined])
})

test('a paused node handles nothing, and then all that came', async t => {
  const fault = planned({ type: 'pause', nodes: [4] }, 1_000)
  const sees = (untilMs: number) => {
    const simulation = simulationAt(untilMs, { scenario: scenario({ faults: [fault], lastsMs: untilMs }) })
    return simulation.world.machines[4]!.process!
  }
  t.equal(sees(BREAK_AT_MS - 1).isPaused, false)
  const paused = sees(BREAK_AT_MS + 999)
  t.equal(paused.isPaused, true)
  t.ok(paused.deferred > 0, 'timers and messages wait')
  const resumed = sees(BREAK_AT_MS + 1_001)
  t.equal(resumed.isPaused, false)
  t.equal(resumed.driver.core.book.size, 9)
})

test('a pause of one second is noticed by nobody', async t => {
  const { verdict, drops, faults } = simulate({
    scenario: scenario({ faults: [planned({ type: 'pause', nodes: [4] }, 1_000)] })
  })
  t.same(verdict, { outcome: 'pass' })
  t.same([drops.paused, drops.false], [0, 0])
  t.ok(faults[0]!.effect > 0)
})

test('pauses may overlap: the last to end wakes the node', async t => {
  const faults = [planned({ type: 'pause', nodes: [4] }, 600), planned({ type: 'pause', nodes: [4] }, 900)]
  const isPaused = (atMs: number) => {
    const { world } = simulationAt(atMs, { scenario: scenario({ faults, lastsMs: atMs }) })
    return world.machines[4]!.process!.isPaused
  }
  t.equal(isPaused(BREAK_AT_MS + 700), true)
  t.equal(isPaused(BREAK_AT_MS + 901), false)
})

test('a node killed in its pause stays dead', async t => {
  const faults = [
    planned({ type: 'pause', nodes: [4] }, 5_000),
    planned({ type: 'kill', nodes: [4] }, undefined, BREAK_AT_MS + 1_000)
  ]
  const { verdict, detections } = simulate({ scenario: scenario({ faults }) })
  t.same(verdict, { outcome: 'pass' })
  t.match(detections.at(-1), { node: 'n5', cause: 'kill', droppedBy: 9 })
})

test('two halves drop each other, and healed they are one network again', async t => {
  const half = [0, 1, 2, 3, 4]
  const fault = planned({ type: 'partition', nodes: half, direction: 'both' }, LONG_MS)
  const { endedBy, drops, faults } = simulate({ scenario: scenario({ faults: [fault] }) })
  t.equal(endedBy, 'settled')
  t.equal(drops.cut, 2 * 5 * 5)
  t.ok(faults[0]!.effect > 0)
})

for (const direction of ['inbound', 'outbound'] as const) {
  test(`a cut of what is ${direction} stops that and nothing else`, async t => {
    const fault = planned({ type: 'partition', nodes: [4], direction }, 10)
    const { world } = simulationAt(BREAK_AT_MS + 5, { scenario: scenario({ faults: [fault], lastsMs: LONG_MS }) })
    t.equal(world.network.isCut(4, 0), direction === 'outbound')
    t.equal(world.network.isCut(0, 4), direction === 'inbound')
    t.equal(world.network.isCut(0, 1), false)
    t.equal(world.network.isWhole(0, 4), false)
    t.equal(world.network.isWhole(0, 1), true)
  })
}

test('a fault without effect leaves the verdict unknown', async t => {
  const nobodyIsCut = planned({ type: 'partition', nodes: [], direction: 'both' }, 1_000)
  const { verdict } = simulate({ scenario: scenario({ faults: [nobodyIsCut] }) })
  t.match(verdict, { outcome: 'unknown', reasons: [/^the fault had no effect: partition/] })
})

test('slower links make everything slower, and only while they last', async t => {
  const slow = planned({ type: 'links', link: { latencyMs: 400 } }, 1_000, 0)
  const join = (faults = [slow]) => simulate({ scenario: scenario({ faults }) }).filledMs[100]!
  t.ok(join() > join([]) + 300)
})

test('lost packets are late, not lost', async t => {
  const good = simulate({ scenario: scenario({}, { lossRatio: 0 }) })
  const bad = simulate({ scenario: scenario({}, { lossRatio: 0.1 }) })
  t.same([good.endedBy, bad.endedBy], ['settled', 'settled'])
  t.ok(bad.filledMs[100]! > good.filledMs[100]!)
})

test('dials that fail for no reason are tried again', async t => {
  const { verdict, filledMs } = simulate({ scenario: scenario({}, { dialFailureRatio: 0.5 }) })
  t.same(verdict, { outcome: 'pass' })
  t.ok(filledMs[100]! > simulate().filledMs[100]!)
})
