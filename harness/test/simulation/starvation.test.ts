/**
 * Lifeguard's test (Dadgar, Phillips, Currey, 2018): some nodes are stopped and continued at random, and whatever they think of others
 * when they wake, and others of them, a node that runs is not to be dropped by one that runs.
 */
import { test } from 'tap'
import { chanceFor } from '../../src/simulation/chance.ts'
import { BREAK_AT_MS, broken, name, simulate } from './plans.ts'

const NODES = 30
const STARVED = 4
const LASTS_MS = 300_000

/** Stops and the time between them: 64 ms to 32 s, each power of two as often. */
const SHORTEST_MS = 64
const DOUBLINGS = 9

for (const seed of [1, 2, 3, 4, 5, 6]) {
  test(`30 nodes, 4 of them starved for five minutes: none that runs drops one that runs, seed ${seed}`, async t => {
    const { history, faults } = simulate({
      nodes: NODES,
      deadlineMs: LASTS_MS + 60_000,
      seed,
      steps: starvation(seed),
      lastsMs: LASTS_MS
    })
    t.ok(history.at(-1)!.atMs > LASTS_MS)
    t.ok(faults.filter(({ proof }) => proof.result === 'confirmed').length > 20)
    const drops = history.flatMap(({ atMs, ...event }) => {
      if (event.type !== 'line' || event.line.type !== 'expired') return []
      return [{ atMs, observer: indexOf(event.node), subject: indexOf(event.line.peerId) }]
    })
    t.same(
      drops.filter(({ observer, subject }) => observer >= STARVED && subject >= STARVED),
      []
    )
    t.ok(drops.some(({ observer, subject }) => observer >= STARVED && subject < STARVED))
  })
}

/** The first nodes, which all others know from the start, are stopped and continued, each at its own times. */
function starvation(seed: number): ReturnType<typeof broken>[] {
  const chance = chanceFor(seed, 'starvation')
  const someMs = () => SHORTEST_MS * 2 ** (chance() * DOUBLINGS)
  const faults: ReturnType<typeof broken>[] = []
  for (let node = 0; node < STARVED; node++) {
    for (let atMs = BREAK_AT_MS + someMs(); atMs < LASTS_MS; ) {
      const stopMs = someMs()
      faults.push(broken({ type: 'pause', nodes: [name(node)] }, stopMs, atMs))
      atMs += stopMs + someMs()
    }
  }
  return faults
}

/** Names and peer ids end in the number of the node, from 1. */
function indexOf(name: string): number {
  return Number(/\d+$/.exec(name)![0]) - 1
}
