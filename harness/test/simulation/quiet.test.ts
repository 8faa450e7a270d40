/** Networks in which nothing happens, with a model of gossipsub: no entry expires, however few links each node wants. */
import { test } from 'tap'
import { Simulation } from '../../src/simulation/simulation.ts'
import { summarise } from '../../src/simulation/summary.ts'
import { overlayShape } from '../../src/simulation/watch/overlay.ts'
import { planOf } from './plans.ts'

/** Longer than the longest time between two renewals of a link. */
const TEN_MINUTES_MS = 600_000

/** The cold start is over, and the first links have been let go. */
const SETTLED_MS = 10_000

const LOOK_INTERVAL_MS = 1_000

/** A third of the time that an entry lives: a link that is let go may have been the last one between two parts, until others are found. */
const MAX_TORN_MS = 10_000

/** `npm run test:all` sets it: many seeds, and the large networks for ten minutes as well. */
const isFull = process.env.QUIET === 'full'

/** A seed for each size, and all sizes again. */
const SEEDS = isFull ? 20 : 7
const SIZES = [8, 9, 10, 11, 12, 13, 14]

/** Of the networks of a hundred nodes, which take more time. */
const LARGE_SEEDS = isFull ? 20 : 3
const LARGE_LASTS_MS = isFull ? TEN_MINUTES_MS : 120_000

for (const targetConnections of [1, 2, 3]) {
  test(`8 to 14 nodes that want ${targetConnections} each stay whole for ten minutes, around one bootstrap peer`, async t => {
    for (let seed = 1; seed <= SEEDS; seed++) {
      const nodes = SIZES[(seed - 1) % SIZES.length]!
      const { falseDrops, tornMs } = quiet({ nodes, seed, lastsMs: TEN_MINUTES_MS, targetConnections })
      t.equal(falseDrops, 0, `seed ${seed}`)
      t.equal(tornMs, 0, `seed ${seed}`)
    }
  })
}

for (const targetConnections of isFull ? [1, 2, 3] : [1]) {
  test(`a hundred nodes that want ${targetConnections} each lose nobody, and are torn for seconds at most, though most of them were let go by one`, async t => {
    for (let seed = 1; seed <= LARGE_SEEDS; seed++) {
      const { falseDrops, tornMs } = quiet({ nodes: 100, seed, lastsMs: LARGE_LASTS_MS, targetConnections })
      t.equal(falseDrops, 0, `seed ${seed}`)
      t.ok(tornMs <= MAX_TORN_MS, `seed ${seed}: torn for ${tornMs} ms`)
    }
  })
}

interface Quiet {
  readonly nodes: number
  readonly seed: number
  readonly lastsMs: number
  readonly targetConnections: number
}

/** Returns for how long at a time there was no path between some of them. Everybody knows the first node, and starts within a second. */
function quiet({ nodes, seed, lastsMs, targetConnections }: Quiet): { falseDrops: number; tornMs: number } {
  const bootstrap = (node: number) => (node === 0 ? [] : [0])
  const plan = planOf({ nodes, seed, deadlineMs: lastsMs, lastsMs: lastsMs - 2_000, bootstrap })
  const simulation = new Simulation({ plan, config: { targetConnections } })
  const { queue, machines } = simulation.world
  let [tornMs, tornNowMs] = [0, 0]
  const look = () => {
    const processes = machines.map(({ process }) => process).filter(process => process !== undefined)
    tornNowMs = overlayShape(processes).components > 1 ? tornNowMs + LOOK_INTERVAL_MS : 0
    tornMs = Math.max(tornMs, tornNowMs)
    queue.at(queue.nowMs + LOOK_INTERVAL_MS, look)
  }
  queue.at(SETTLED_MS, look)
  const { drops } = summarise(simulation, simulation.run())
  return { falseDrops: drops.false, tornMs }
}
