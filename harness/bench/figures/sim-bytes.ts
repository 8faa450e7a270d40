import { growthExponent } from '../../src/statistics/growth.ts'
import type { SoloFigure } from '../figure.ts'
import { restingPlan, simulate } from '../simulation.ts'

/** Half of it is a network at rest. */
const DEADLINE_MS = 240_000

const MAX_BYTES_PER_SECOND = 5_000

/** What a node of a network at rest receives, and how that grows with the network: simulated. */
export const simBytes: SoloFigure = {
  name: 'sim-bytes',
  metrics: [
    {
      id: 'sim-bytes',
      what: 'simulated: received by a node at rest, headers included',
      unit: 'bytes/s',
      limit: nodes => (nodes === 100 ? { median: MAX_BYTES_PER_SECOND } : undefined)
    },
    {
      id: 'sim-bytes-growth',
      what: 'simulated: exponent by which it grows with N',
      unit: '',
      limit: () => ({ median: 0.1 })
    }
  ],
  sizes: { full: [100, 1_000, 10_000], quick: [25, 100] },
  once: true,
  async measure({ sizes, interrupt }, take) {
    const points: { x: number; y: number }[] = []
    for (const nodes of sizes) {
      const plan = await restingPlan({ nodes, deadlineMs: DEADLINE_MS, seed: 1 })
      const { result } = await simulate({ plan }, interrupt)
      const bytesPerSecond = result.traffic.rest!.wireBytesPerSecond
      take('sim-bytes', bytesPerSecond, nodes)
      points.push({ x: nodes, y: bytesPerSecond })
    }
    take('sim-bytes-growth', growthExponent(points))
  }
}
