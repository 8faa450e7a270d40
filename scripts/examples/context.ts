/** What the examples of the documentation take for granted: a node that runs, and whom it knows. */

import type { GossipDiscovery } from '@gossip-discovery/libp2p'
import type { Libp2p } from '@libp2p/interface'

declare global {
  /** Made by createLibp2p with the service `discovery: gossipDiscovery()`. */
  const libp2p: Libp2p<{ discovery: GossipDiscovery }>
  const bootstrapAddrs: string[]
}
