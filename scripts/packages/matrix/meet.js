// Run by check-packages in projects of other package managers and by other runtimes: two nodes find each other.

import process from 'node:process'
import { gossipDiscovery } from '@gossip-discovery/libp2p'
import { gossipsub } from '@libp2p/gossipsub'
import { identify } from '@libp2p/identify'
import { noise } from '@libp2p/noise'
import { tcp } from '@libp2p/tcp'
import { yamux } from '@libp2p/yamux'
import { createLibp2p } from 'libp2p'

async function startNode(name, bootstrapPeers) {
  return await createLibp2p({
    addresses: { listen: ['/ip4/127.0.0.1/tcp/0'] },
    transports: [tcp()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    services: { identify: identify(), pubsub: gossipsub(), discovery: gossipDiscovery({ name, bootstrapPeers }) }
  })
}

const listed = ({ addressBook }) =>
  new Promise(resolve => {
    if (addressBook.size > 0) resolve()
    addressBook.addEventListener('joined', resolve, { once: true })
  })

const alice = await startNode('alice', [])
const bob = await startNode(
  'bob',
  alice.getMultiaddrs().map(addr => addr.toString())
)
await Promise.all([alice, bob].map(({ services }) => listed(services.discovery)))
await bob.stop()
await alice.stop()
console.log('bob and alice have met')
// Deno does not end by itself once libp2p has listened on TCP, with this library or without.
process.exit()
