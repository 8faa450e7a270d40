import fc from 'fast-check'
import { test } from 'tap'
import type { HistoryEvent } from '../../src/history/history.ts'
import { LiveFeed } from '../../src/simulation/live-feed.ts'
import { Simulation } from '../../src/simulation/simulation.ts'
import { planOf } from './plans.ts'

const kill = { type: 'kill', nodes: ['n2'] } as const

function simulationOf(seed: number, maxRecordedNodes = 200): Simulation {
  const steps = [
    {
      begins: { type: 'at', atMs: 1_000, from: 'full' },
      action: { type: 'fault', fault: kill, forMs: 2_000 }
    }
  ] as const
  return new Simulation({ plan: planOf({ nodes: 5, seed, steps }), maxRecordedNodes })
}

/** What a feed hands on that is asked whenever so much has happened. */
function fed(
  simulation: Simulation,
  paces: readonly number[]
): { told: HistoryEvent[]; history: HistoryEvent[]; early: number } {
  const told: HistoryEvent[] = []
  const feed = new LiveFeed(simulation, event => told.push(structuredClone(event)))
  simulation.begin()
  let by: ReturnType<Simulation['advance']>
  for (let i = 0; by === undefined; i++) {
    by = simulation.advance(paces[i % paces.length]!)
    feed.catchUp()
  }
  const early = told.length
  const { history } = simulation.end(by)
  feed.finish(history)
  return { told, history, early }
}

test('a simulation is told event by event while it goes on, as its history has it in the end', async t => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 1_000 }),
      fc.array(fc.integer({ min: 1, max: 500 }), { minLength: 1 }),
      (seed, paces) => {
        const { told, history, early } = fed(simulationOf(seed), paces)
        t.same(told, history)
        t.ok(early > history.length / 2, 'most of it before the end')
      }
    ),
    { numRuns: 10 }
  )
})

test('a digest is told in the same way', async t => {
  const { told, history } = fed(simulationOf(3, 2), [200])
  t.same(told, history)
  t.ok(told.some(({ type }) => type === 'counts'))
})

test('the speed is that of the last seconds of the host', async t => {
  let hostMs = 0
  const simulation = simulationOf(1)
  const feed = new LiveFeed(
    simulation,
    () => {},
    () => hostMs
  )
  t.same(feed.clock(), { nowMs: 0, speed: 0 })
  simulation.begin()
  while (simulation.world.queue.nowMs < 1_000) simulation.advance(1)
  hostMs = 100
  const { nowMs, speed } = feed.clock()
  t.equal(nowMs, simulation.world.queue.nowMs)
  t.equal(speed, nowMs / 100)
  for (let i = 0; i < 40; i++) {
    hostMs += 100
    feed.clock()
  }
  t.equal(feed.clock().speed, 0, 'and now it stands still')
})
