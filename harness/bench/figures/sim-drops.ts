import type { SoloFigure } from '../figure.ts'
import { longLossyPlan, simulateAll } from '../simulation.ts'

const SEEDS = { full: 20, quick: 2 }

/** The scenario lasts for nine tenths of it, and for an hour at most. */
const DEADLINE_MS = { full: 4_000_000, quick: 120_000 }

/** Bad links and pauses of random nodes for an hour: how often a live node is dropped from a book. Simulated. */
export const simDrops: SoloFigure = {
  name: 'sim-drops',
  metrics: [
    {
      id: 'sim-drops',
      what: 'simulated, 1 h of 5 % loss, 50 +- 50 ms, pauses of 1 s: live nodes dropped',
      unit: '',
      limit: () => ({ worst: 0 })
    }
  ],
  sizes: { full: [100], quick: [25] },
  once: true,
  async measure({ sizes, pace, interrupt }, take) {
    const [seeds, deadlineMs] = pace.isQuick ? [SEEDS.quick, DEADLINE_MS.quick] : [SEEDS.full, DEADLINE_MS.full]
    for (const nodes of sizes) {
      const options = await Promise.all(
        Array.from({ length: seeds }, async (_, index) => {
          return { plan: await longLossyPlan({ nodes, deadlineMs, seed: index + 1 }) }
        })
      )
      for (const { result } of await simulateAll(options, interrupt, true)) take('sim-drops', result.drops.false, nodes)
    }
  }
}
