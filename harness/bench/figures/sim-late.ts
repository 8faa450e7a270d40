import type { SoloFigure } from '../figure.ts'
import { shippedPlan, simulateAll } from '../simulation.ts'

/** One more node comes to a large network with links of 50 ms: simulated. */
export const simLate: SoloFigure = {
  name: 'sim-late',
  metrics: [
    {
      id: 'sim-late-full',
      what: 'simulated, 50 ms links: late joiner -> its book full',
      unit: 'ms',
      limit: () => ({ median: 500 })
    },
    {
      id: 'sim-late-listed',
      what: 'simulated, 50 ms links: late joiner -> in every book',
      unit: 'ms',
      limit: () => ({ median: 2_000 })
    }
  ],
  sizes: { full: [1_000], quick: [50] },
  once: true,
  async measure({ sizes, pace, interrupt }, take) {
    for (const nodes of sizes) {
      const options = await Promise.all(
        Array.from({ length: pace.samples }, async (_, index) => {
          return { plan: await shippedPlan('late-joiner', { nodes: nodes + 1, deadlineMs: 120_000, seed: index + 1 }) }
        })
      )
      for (const { result } of await simulateAll(options, interrupt)) {
        const { fullMs, visible100Ms } = result.joins.at(-1)!
        take('sim-late-full', fullMs!, nodes)
        take('sim-late-listed', visible100Ms!, nodes)
      }
    }
  }
}
