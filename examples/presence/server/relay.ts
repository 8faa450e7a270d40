/** The relay: every page dials it. It relays circuits between pages, and is a member of their network that hands over its book. */
import { gossipDiscovery } from '@gossip-discovery/libp2p'
import { circuitRelayServer } from '@libp2p/circuit-relay-v2'
import { gossipsub } from '@libp2p/gossipsub'
import { identify } from '@libp2p/identify'
import { noise } from '@libp2p/noise'
import { webSockets } from '@libp2p/websockets'
import { yamux } from '@libp2p/yamux'
import { createLibp2p } from 'libp2p'
import { MAX_PAGES, PACE, RELAY_ROLE, TOPIC } from '../network.ts'

export interface Relay {
  readonly peerId: string
  /** Where the web server hands over what pages send. Nobody else knows: pages dial the port of the web server. */
  readonly port: number
  /** Says farewell and closes every connection. */
  readonly stop: () => Promise<void>
}

export async function startRelay(): Promise<Relay> {
  const libp2p = await createLibp2p({
    start: false,
    addresses: { listen: ['/ip4/127.0.0.1/tcp/0/ws'], announceFilter: () => [] },
    transports: [webSockets()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    connectionManager: {
      maxConnections: MAX_PAGES,
      // All pages come from one address, that of the web server.
      inboundConnectionThreshold: MAX_PAGES,
      maxIncomingPendingConnections: MAX_PAGES
    },
    services: {
      identify: identify(),
      relay: circuitRelayServer({ reservations: { maxReservations: MAX_PAGES } }),
      pubsub: gossipsub({ scoreParams: { IPColocationFactorWeight: 0 } }),
      discovery: gossipDiscovery({ ...PACE, name: 'relay', topic: TOPIC, metadata: { role: RELAY_ROLE } })
    }
  })
  const port = new Promise<number>(resolve =>
    libp2p.addEventListener('transport:listening', ({ detail }) => {
      const [addr] = detail.getAddrs()
      if (addr !== undefined) resolve(Number(/\/tcp\/(\d+)/.exec(addr.toString())![1]))
    })
  )
  await libp2p.start()
  return { peerId: libp2p.peerId.toString(), port: await port, stop: async () => await libp2p.stop() }
}
