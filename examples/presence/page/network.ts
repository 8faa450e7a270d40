/** This page as a node: it listens behind the relay, and reaches other pages through it, or directly over WebRTC. */
import { gossipDiscovery } from '@gossip-discovery/libp2p'
import { circuitRelayTransport } from '@libp2p/circuit-relay-v2'
import { gossipsub } from '@libp2p/gossipsub'
import { identify } from '@libp2p/identify'
import { noise } from '@libp2p/noise'
import { webRTC } from '@libp2p/webrtc'
import { webSockets } from '@libp2p/websockets'
import { yamux } from '@libp2p/yamux'
import { createLibp2p } from 'libp2p'
import { PACE, TOPIC } from '../network.ts'
import type { Profile } from './profile.ts'

export type PageNode = Awaited<ReturnType<typeof startNode>>

export async function startNode({ name, ...metadata }: Profile) {
  return await createLibp2p({
    addresses: { listen: ['/p2p-circuit', '/webrtc'] },
    // Without servers for STUN, two pages reach each other directly if they are in one network, and through the relay otherwise.
    transports: [webSockets(), circuitRelayTransport(), webRTC({ rtcConfiguration: { iceServers: [] } })],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    // By default a page dials no private address.
    connectionGater: { denyDialMultiaddr: () => false },
    services: {
      identify: identify(),
      pubsub: gossipsub({ scoreParams: { IPColocationFactorWeight: 0 } }),
      discovery: gossipDiscovery({ ...PACE, name, topic: TOPIC, metadata })
    }
  })
}
