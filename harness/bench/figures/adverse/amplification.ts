import {
  askAnew,
  connectionCpuMs,
  cpuOf,
  startFull,
  type Traffic
} from '../../../../lib/test/attacks/toolkit/asking.ts'
import { withStopping } from '../../../../lib/test/attacks/toolkit/stopping.ts'
import type { SoloFigure } from '../../figure.ts'

const ENTRIES = 1_000

/** Connections under a fresh peer id each; the credit of their group and of the node is spent before those that count. */
const ROUNDS = { full: 1_000, quick: 40 }
const SPENT_AFTER = { full: 200, quick: 20 }

/** Strangers of one group ask a node of 1,000 entries for all that it has, again and again. */
export const amplification: SoloFigure = {
  name: 'amplification',
  metrics: [
    {
      id: 'amplification',
      what: 'bytes that strangers are answered for each byte of their questions',
      unit: '',
      limit: () => ({ worst: 20 })
    },
    {
      id: 'amplification-cpu',
      what: 'processor time for it, % of a core',
      unit: '',
      limit: () => ({ worst: 5 })
    }
  ],
  sizes: { full: [], quick: [] },
  once: true,
  async measure({ pace, interrupt }, take) {
    const [rounds, spentAfter] = pace.isQuick ? [ROUNDS.quick, SPENT_AFTER.quick] : [ROUNDS.full, SPENT_AFTER.full]
    await withStopping(interrupt, async t => {
      const node = await startFull(t, ENTRIES)
      // What libp2p takes for the connections is none of the library's.
      const bareCpuMs = await connectionCpuMs(t, node, spentAfter)
      await askAnew(t, node, spentAfter)
      const fromMs = performance.now()
      let traffic: Traffic = { sent: 0, received: 0 }
      const cpuMs = await cpuOf(node, async () => {
        traffic = await askAnew(t, node, rounds)
      })
      const ownCpuMs = Math.max(0, cpuMs - bareCpuMs * rounds)
      take('amplification', traffic.received / traffic.sent)
      take('amplification-cpu', (100 * ownCpuMs) / (performance.now() - fromMs))
    })
  }
}
