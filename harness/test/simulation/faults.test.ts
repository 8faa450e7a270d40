import { test } from 'tap'
import type { Fault } from '../../src/faults/fault.ts'
import { readScenario } from '../../src/scenario/file/read.ts'
import { planScenario } from '../../src/scenario/planning/plan-scenario.ts'
import { runSimulation, type SimulationResult } from '../../src/simulation/summary.ts'
import { at, BREAK_AT_MS, broken, fault, next, PASS, shown, simulate, simulationAt } from './plans.ts'

/** Longer than it takes the others to notice. */
const LONG_MS = 60_000

const ends: [type: 'kill' | 'power-off', atMostMs: number, seen: RegExp][] = [
  ['kill', 5_000, /^n5 ended, [1-9]\d* connections reset$/],
  ['power-off', 60_000, /^n5 ended, [1-9]\d* connections silent$/]
]

for (const [type, atMostMs, seen] of ends) {
  test(`${type}: every other node drops the one that is gone`, async t => {
    const { judgement, detections, faults } = simulate({ steps: [broken({ type, nodes: ['n5'] })] })
    t.same(shown(judgement), PASS)
    t.match(detections, [{ node: 'n5', cause: type, observers: 9, droppedBy: 9 }])
    t.ok(detections[0]!.firstMs! > 0 && detections[0]!.lastMs! < atMostMs)
    t.match(faults, [{ id: 's1', proof: { result: 'confirmed', seen } }])
  })

  test(`${type}, undone: the node comes back under its key, in a new run`, async t => {
    const { judgement, joins, convergedAfterMs, history } = simulate({
      steps: [broken({ type, nodes: ['n5'] }, LONG_MS)]
    })
    t.same(shown(judgement), PASS)
    t.equal(joins.length, 11)
    t.match(joins.at(-1), { node: 'n5', run: 2, startedAtMs: BREAK_AT_MS + LONG_MS })
    t.ok(joins.at(-1)!.visible100Ms! <= convergedAfterMs!)
    const epochs = history.flatMap(event =>
      event.type === 'line' && event.line.type === 'ready' && event.node === 'n5' ? [event.line.epoch] : []
    )
    t.ok(epochs[1]! > epochs[0]!, 'its epoch is greater')
  })
}

test('a killed node’s connections are reset at once, those of a machine without power stay until a ping goes unanswered', async t => {
  const isConnected = (type: 'kill' | 'power-off', afterMs: number) => {
    const { world } = simulationAt(BREAK_AT_MS + afterMs, { steps: [broken({ type, nodes: ['n5'] })] })
    return world.machines.some(({ process }) => process?.isConnected(4) === true)
  }
  t.same([isConnected('kill', 0), isConnected('power-off', 0)], [true, true])
  t.same([isConnected('kill', 200), isConnected('power-off', 200)], [false, true])
  t.equal(isConnected('power-off', 20_000), false)
})

test('without a fault nobody is dropped', async t => {
  const { detections, drops, notes } = simulate({ lastsMs: LONG_MS })
  t.same([detections, drops.cut, drops.paused, drops.false, notes.suspected], [[], 0, 0, 0, undefined])
})

test('a paused node handles nothing, and then all that came', async t => {
  const steps = [broken({ type: 'pause', nodes: ['n5'] }, 1_000)]
  const sees = (untilMs: number) => simulationAt(untilMs, { steps }).nodes.process('n5')!
  t.equal(sees(BREAK_AT_MS - 1).isPaused, false)
  const paused = sees(BREAK_AT_MS + 999)
  t.equal(paused.isPaused, true)
  t.ok(paused.deferred > 0, 'timers and messages wait')
  const resumed = sees(BREAK_AT_MS + 1_001)
  t.equal(resumed.isPaused, false)
  t.equal(resumed.driver.core.book.size, 9)
})

test('a pause of one second is noticed by nobody', async t => {
  const { judgement, drops, faults } = simulate({ steps: [broken({ type: 'pause', nodes: ['n5'] }, 1_000)] })
  t.same(shown(judgement), PASS)
  t.same([drops.paused, drops.false], [0, 0])
  t.match(faults, [{ proof: { result: 'confirmed', seen: 'n5 stopped' } }])
})

test('what was suspected in a long pause may be dropped just after it', async t => {
  const { judgement, drops } = explored('  - pause: n3..n4\n    at: 3900ms\n    for: 10s\n', 5, 1_891_367_854)
  t.same(shown(judgement), PASS)
  t.ok(drops.paused > 0)
})

test('a process that is killed while it dials handles no answer', async t => {
  const { judgement } = explored('  - kill: n6..n10\n    at: 4700ms\n    for: 3750ms\n', 11, 2_017_389_681)
  t.same(shown(judgement), PASS)
})

test('two nodes that a cut keeps apart from the rest, and that have never met, may lose each other', async t => {
  const { judgement, drops } = explored(
    '  - isolate: n5\n    at: 5100ms\n    for: 19s\n  - partition: n4..n5\n    at: 34100ms\n    for: 30s\n',
    9,
    711_647_232
  )
  t.same(shown(judgement), PASS)
  t.equal(drops.false, 0)
})

test('so may those of which one has just started or was paused', async t => {
  const { judgement } = explored(
    '  - restart: n7..n9\n    at: 3300ms\n    down: 1s\n  - restart: n8\n    at: 14400ms\n    down: 7s\n' +
      '  - pause: n10\n    at: 18300ms\n    for: 7s\n  - partition: n8..n10\n    at: 25900ms\n    for: 22s\n',
    10,
    1_648_858_476
  )
  t.same(shown(judgement), PASS)
})

test('behind a cut a starved node may be lost, for those who could speak for it are away', async t => {
  const { judgement } = explored(
    '  - starve: n9\n    at: 2100ms\n    for: 14s\n    run: 200ms\n    stop: 800ms\n' +
      '  - partition: n6..n9\n    at: 11200ms\n    for: 3s\n    every: 8s\n    until: 8s\n',
    9,
    372_840_067
  )
  t.same(shown(judgement), PASS)
})

test('a node that everybody has dropped comes back by its snapshot, though nobody is named to it', async t => {
  const { judgement } = explored(
    '  - leave: n1\n    at: 9200ms\n  - restart: n1\n    at: 9400ms\n    down: 9s\n    key: same\n  - wait: whole\n',
    3,
    1_589_238_005
  )
  t.same(shown(judgement), PASS)
})

test('all nodes restart, and none is told of another: they are full again by their snapshots, killed 5 s after they met', async t => {
  const all = ['n1', 'n2', 'n3', 'n4', 'n5', 'n6', 'n7', 'n8', 'n9', 'n10']
  const restart = (key: 'same' | 'new') =>
    simulate({
      // Of the first process alone: whoever is started again finds nobody that runs.
      bootstrap: node => (node === 0 ? [] : [0]),
      steps: [
        at(BREAK_AT_MS, fault({ type: 'kill', nodes: all })),
        next({ type: 'restart', nodes: all.toReversed(), key, afterMs: 1_000 }),
        next({ type: 'wait', until: 'full' })
      ]
    }).judgement.outcome
  t.equal(restart('same'), 'pass')
  t.equal(restart('new'), 'fail', 'strangers have no snapshot')
})

/** Found by `test-network explore`. */
function explored(steps: string, nodes: number, seed: number): SimulationResult {
  const text = `about: found by explore\nbootstrap: 1\nsteps:\n${steps}`
  const scenario = readScenario(text, { name: 'explored', file: 'explored.yaml' })
  return runSimulation({ plan: planScenario(scenario, { nodes, seed, settleMs: 1_000 }) })
}

test('pauses may overlap: the last to end wakes the node', async t => {
  const steps = [broken({ type: 'pause', nodes: ['n5'] }, 600), broken({ type: 'pause', nodes: ['n5'] }, 900)]
  const isPaused = (atMs: number) => simulationAt(atMs, { steps }).nodes.process('n5')!.isPaused
  t.equal(isPaused(BREAK_AT_MS + 700), true)
  t.equal(isPaused(BREAK_AT_MS + 901), false)
})

test('a node killed in its pause stays dead', async t => {
  const steps = [
    broken({ type: 'pause', nodes: ['n5'] }, 5_000),
    broken({ type: 'kill', nodes: ['n5'] }, undefined, BREAK_AT_MS + 1_000)
  ]
  const { judgement, detections } = simulate({ steps })
  t.same(shown(judgement), PASS)
  t.match(detections.at(-1), { node: 'n5', cause: 'kill', droppedBy: 9 })
})

test('a starved node stands still and goes on in turn, is still counted on, and in the end runs without a stop', async t => {
  const starve: Fault = { type: 'starve', nodes: ['n5'], runMs: 100, stopMs: 400 }
  const steps = [broken(starve, 10_000)]
  const isPaused = (afterMs: number) => {
    return simulationAt(BREAK_AT_MS + afterMs, { steps }).nodes.process('n5')!.isPaused
  }
  const [from = 0] = Array.from({ length: 500 }, (_, ms) => ms).filter(ms => isPaused(ms) && !isPaused(ms - 1))
  const seen = [0, 399, 401, 499, 501, 901].map(ms => isPaused(from + ms))
  t.same(seen, [true, true, false, false, true, false], 'whenever it was stopped first')
  t.equal(isPaused(10_001), false)
  const { judgement, drops, faults } = simulate({ steps })
  t.same(shown(judgement), PASS)
  t.same([drops.paused, drops.false], [0, 0])
  t.match(faults, [
    { proof: { result: 'confirmed', seen: /^[1-9]\d* timers and messages waited while n5 stood still/ } }
  ])
})

test('two halves drop each other, and healed they are one network again', async t => {
  const groups = [
    ['n1', 'n2', 'n3', 'n4', 'n5'],
    ['n6', 'n7', 'n8', 'n9', 'n10']
  ]
  const { endedBy, drops, faults } = simulate({ steps: [broken({ type: 'partition', groups }, LONG_MS)] })
  t.equal(endedBy, 'settled')
  t.equal(drops.cut, 2 * 5 * 5)
  t.match(faults, [{ proof: { result: 'confirmed', seen: /^[1-9]\d* messages stopped$/ } }])
})

test('three groups that cannot reach each other are three networks, and healed they are one', async t => {
  const groups = [
    ['n1', 'n2'],
    ['n3', 'n4', 'n5']
  ]
  const { endedBy, drops } = simulate({ steps: [broken({ type: 'partition', groups }, LONG_MS)] })
  t.equal(endedBy, 'settled')
  t.equal(drops.cut, 2 * (2 * 3 + 2 * 5 + 3 * 5))
})

for (const direction of ['inbound', 'outbound'] as const) {
  test(`a cut of what is ${direction} stops that and nothing else`, async t => {
    const steps = [broken({ type: 'one-way', nodes: ['n5'], direction }, 10)]
    const { world } = simulationAt(BREAK_AT_MS + 5, { steps })
    t.equal(world.network.isCut(4, 0), direction === 'outbound')
    t.equal(world.network.isCut(0, 4), direction === 'inbound')
    t.equal(world.network.isCut(0, 1), false)
    t.equal(world.network.isWhole(0, 4), false)
    t.equal(world.network.isWhole(0, 1), true)
  })
}

test('a cut that flaps is in force and gone in turn, and gone when its time is over', async t => {
  const cut: Fault = { type: 'partition', groups: [['n5']] }
  const steps = [at(BREAK_AT_MS, fault(cut, 1_000, { onMs: 100, offMs: 200 }))]
  const isCut = (afterMs: number) => simulationAt(BREAK_AT_MS + afterMs, { steps }).world.network.isCut(0, 4)
  t.same([50, 150, 250, 350, 450, 950, 1_050].map(isCut), [true, false, false, true, false, true, false])
  const { history, judgement } = simulate({ steps })
  t.same(shown(judgement), PASS)
  t.equal(history.filter(({ type }) => type === 'fault-injected').length, 4)
  t.equal(history.filter(({ type }) => type === 'fault-healed').length, 4)
  const proofs = history.filter(event => event.type === 'fault-proof' && event.of === 'injection')
  t.equal(proofs.length, 4, 'each time it is proven')
})

test('a fault without effect leaves the verdict unknown', async t => {
  const { judgement } = simulate({ steps: [broken({ type: 'partition', groups: [] }, 1_000)] })
  t.same(shown(judgement), { outcome: 'unknown', findings: [] })
  t.match(judgement.notJudged.join('\n'), /^fault s1 had no effect: 0 messages stopped; choose nodes/m)
})

test('a node that does not run cannot be killed, stopped or starved: the verdict is unknown', async t => {
  const faults: Fault[] = [
    { type: 'kill', nodes: ['n10'] },
    { type: 'pause', nodes: ['n10'] },
    { type: 'starve', nodes: ['n10'], runMs: 10, stopMs: 90 }
  ]
  for (const what of faults) {
    const { judgement } = simulate({ absent: 1, steps: [broken(what, 1_000)] })
    t.match(judgement, { outcome: 'unknown', findings: [] }, what.type)
  }
})

test('slower links make everything slower, and only while they last', async t => {
  const everybody = Array.from({ length: 10 }, (_, node) => `n${node + 1}`)
  const slow = broken({ type: 'links', nodes: everybody, links: { latencyMs: 400 } }, 1_000, 0)
  const join = (steps = [slow]) => simulate({ steps }).filledMs[100]!
  t.ok(join() > join([]) + 300)
})

test('links from which nothing was lost prove no loss', async t => {
  const lossy = broken({ type: 'links', nodes: ['n5'], links: { lossRatio: 1e-9 } }, 1_000)
  const { outcome, notJudged } = simulate({ steps: [lossy] }).judgement
  t.equal(outcome, 'unknown')
  t.match(notJudged.join('\n'), /^nothing shows whether fault s1 had its effect: .* 0 packets lost/m)
})

test('little bandwidth makes a network slower', async t => {
  const full = (bytesPerSecond: number) => simulate({ nodes: 20, links: { bytesPerSecond } }).filledMs[100]!
  t.ok(full(20_000) > full(1_000_000) + 500)
})

test('lost packets are late, not lost', async t => {
  const good = simulate()
  const bad = simulate({ links: { lossRatio: 0.1 } })
  t.same([good.endedBy, bad.endedBy], ['settled', 'settled'])
  t.ok(bad.filledMs[100]! > good.filledMs[100]!)
})

test('packets that come twice or overtake others do no harm', async t => {
  const { judgement } = simulate({ links: { duplicateRatio: 0.3, reorderRatio: 0.3 }, lastsMs: LONG_MS })
  t.same(shown(judgement), PASS)
})

test('dials that fail for no reason are tried again', async t => {
  const hostLinks = { latencyMs: 50, spreadMs: 20, jitterMs: 5, lossRatio: 0, dialFailureRatio: 0.5 }
  const { judgement, filledMs } = simulate({}, { hostLinks })
  t.same(shown(judgement), PASS)
  t.ok(filledMs[100]! > simulate().filledMs[100]!)
})

test('a clock that jumps shows in the next epoch, which is never before the last', async t => {
  const epochs = (offsetMs: number) => {
    const steps = [
      broken({ type: 'clock', nodes: ['n5'], offsetMs }),
      at(BREAK_AT_MS + 1_000, { type: 'restart', nodes: ['n5'], key: 'same', afterMs: 1_000 })
    ]
    const { history, judgement } = simulate({ steps })
    t.same(shown(judgement), PASS)
    return history.flatMap(event => {
      return event.type === 'line' && event.node === 'n5' && event.line.type === 'ready' ? [event.line.epoch] : []
    })
  }
  const [first, second] = epochs(3_600_000)
  t.ok(second! - first! > 3_600_000)
  const [before, after] = epochs(-3_600_000)
  t.equal(after, before! + 1)
})
