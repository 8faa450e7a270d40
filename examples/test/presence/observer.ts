/** A member of the presence example's network that is no page: it counts what pages announce, which no page shows. */
import { type GossipDiscovery, gossipDiscovery } from '@gossip-discovery/libp2p'
import { gossipsub } from '@libp2p/gossipsub'
import { identify } from '@libp2p/identify'
import { noise } from '@libp2p/noise'
import { webSockets } from '@libp2p/websockets'
import { yamux } from '@libp2p/yamux'
import { createLibp2p } from 'libp2p'
import type { Test } from 'tap'
import { PACE, RELAY_PATH, RELAY_ROLE, TOPIC } from '../../presence/network.ts'
import { relayAddr } from '../../presence/page/relay-addr.ts'

/** Of the relay's role, so that pages do not list it among the people. */
export async function startObserver(t: Test, url: string): Promise<GossipDiscovery> {
  const { peerId } = (await (await fetch(`${url}${RELAY_PATH}`)).json()) as { peerId: string }
  const node = await createLibp2p({
    transports: [webSockets()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    services: {
      identify: identify(),
      pubsub: gossipsub({ scoreParams: { IPColocationFactorWeight: 0 } }),
      discovery: gossipDiscovery({
        ...PACE,
        topic: TOPIC,
        name: 'observer',
        metadata: { role: RELAY_ROLE },
        bootstrapPeers: [relayAddr(new URL(url), peerId)]
      })
    }
  })
  t.teardown(async () => await node.stop())
  return node.services.discovery
}
