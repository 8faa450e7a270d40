import type { SoloFigure } from '../figure.ts'
import { shippedPlan, simulate } from '../simulation.ts'

/** What it takes to simulate a large network from a cold start until every book is full. */
export const simStart: SoloFigure = {
  name: 'sim-start',
  metrics: [
    {
      id: 'sim-start-wall',
      what: 'simulating a cold start until every book is full: wall time',
      unit: 's',
      limit: () => ({ median: 60 })
    },
    { id: 'sim-start-memory', what: 'its memory, at most', unit: 'MiB', limit: () => ({ worst: 4_096 }) }
  ],
  sizes: { full: [10_000], quick: [100] },
  once: true,
  async measure({ sizes, interrupt }, take) {
    for (const nodes of sizes) {
      // No longer than until they are full: what settles afterwards is no part of it.
      const plan = await shippedPlan('calm', { nodes, deadlineMs: 600_000, settleMs: 0, seed: 1 })
      const { wallMs, maxRssBytes } = await simulate({ plan }, interrupt)
      take('sim-start-wall', wallMs / 1_000, nodes)
      take('sim-start-memory', maxRssBytes / 2 ** 20, nodes)
    }
  }
}
