import type { SoloFigure } from '../figure.ts'
import { shippedPlan, simulateAll } from '../simulation.ts'

/** Two halves cannot reach each other for 60 s: simulated. */
export const simHeal: SoloFigure = {
  name: 'sim-heal',
  metrics: [
    {
      id: 'sim-heal',
      what: 'simulated: halves healed after 60 s -> every book full',
      unit: 'ms',
      limit: nodes => ({ median: nodes <= 50 ? 5_000 : 15_000 })
    }
  ],
  sizes: { full: [50, 1_000], quick: [50] },
  once: true,
  async measure({ sizes, pace, interrupt }, take) {
    for (const nodes of sizes) {
      const options = await Promise.all(
        Array.from({ length: pace.samples }, async (_, index) => {
          return { plan: await shippedPlan('split', { nodes, deadlineMs: 300_000, seed: index + 1 }) }
        })
      )
      for (const { result } of await simulateAll(options, interrupt)) take('sim-heal', result.convergedAfterMs!, nodes)
    }
  }
}
