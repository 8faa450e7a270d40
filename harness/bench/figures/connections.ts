import { resolveConfig } from '@gossip-discovery/libp2p/core'
import type { FleetFigure } from '../figure.ts'

/** Beyond twice as many as it wants, a node lets its surplus connections go. */
const MAX_CONNECTIONS = 2 * resolveConfig().targetConnections

/** The well-known node of a network that starts has been dialled by all others, and takes some time to let them go. */
const SETTLE_FACTOR = 10

/** Connections of each node of a network at rest, as the nodes say. */
export const connections: FleetFigure = {
  name: 'connections',
  metrics: [
    {
      id: 'connections-max',
      what: 'connections of a node, the most',
      unit: '',
      limit: () => ({ worst: MAX_CONNECTIONS })
    },
    { id: 'connections-mean', what: 'connections of a node, mean', unit: '' }
  ],
  sizes: { full: [100], quick: [5] },
  once: true,
  serf: false,
  async observe(fleet, { settleMs }, take) {
    await fleet.rest(SETTLE_FACTOR * settleMs)
    const counts = fleet.members.map(({ run }) => run.stats?.connections ?? 0)
    take('connections-max', Math.max(...counts), fleet.size)
    take('connections-mean', counts.reduce((sum, count) => sum + count, 0) / fleet.size, fleet.size)
  }
}
