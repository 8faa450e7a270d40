import { startApart } from '../../../../lib/test/attacks/toolkit/apart.ts'
import { bookOf, startFeeder } from '../../../../lib/test/attacks/toolkit/feeder.ts'
import { withStopping } from '../../../../lib/test/attacks/toolkit/stopping.ts'
import { until } from '../../../../lib/test/libp2p/nodes.ts'
import type { SoloFigure } from '../../figure.ts'

const RECORDS = { full: 20_000, quick: 5_000 }

/** More than there are in a book by default. */
const MAX_ENTRIES = 32_768

/** Without garbage collection, by the processor time of the main thread, libp2p's part of each turn included. */
export const turn: SoloFigure = {
  name: 'turn',
  metrics: [
    {
      id: 'turn',
      what: 'longest turn of the loop while 20,000 records arrive',
      unit: 'ms',
      limit: () => ({ worst: 20 })
    },
    { id: 'turn-gc', what: 'longest garbage collection meanwhile', unit: 'ms' }
  ],
  sizes: { full: [], quick: [] },
  async measure({ pace, interrupt }, take) {
    const size = pace.isQuick ? RECORDS.quick : RECORDS.full
    await withStopping(interrupt, async t => {
      const feeder = await startFeeder(t, bookOf(size).envelopes)
      const node = await startApart(t, { name: 'node', maxEntries: MAX_ENTRIES })
      node.watchTurns(true)
      await node.usage()
      node.addPeer(feeder.addr)
      await until(() => node.book.size >= size)
      const { longestTurnMs, longestGcMs } = await node.usage()
      take('turn', longestTurnMs)
      take('turn-gc', longestGcMs)
    })
  }
}
