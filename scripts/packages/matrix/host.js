// Run by check-packages: a node that pages can dial. Prints its address, and ends with its stdin.
import { gossipDiscovery } from '@gossip-discovery/libp2p'
import { gossipsub } from '@libp2p/gossipsub'
import { identify } from '@libp2p/identify'
import { noise } from '@libp2p/noise'
import { webSockets } from '@libp2p/websockets'
import { yamux } from '@libp2p/yamux'
import { createLibp2p } from 'libp2p'

const libp2p = await createLibp2p({
  addresses: { listen: ['/ip4/127.0.0.1/tcp/0/ws'] },
  transports: [webSockets()],
  connectionEncrypters: [noise()],
  streamMuxers: [yamux()],
  services: { identify: identify(), pubsub: gossipsub(), discovery: gossipDiscovery({ name: 'host' }) }
})
console.log(libp2p.getMultiaddrs()[0].toString())
process.stdin.resume().on('end', () => libp2p.stop())
