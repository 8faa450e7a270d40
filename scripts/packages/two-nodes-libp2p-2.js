// Run by check-packages in a project that has libp2p 2, where its compiler reads it as well.
import { gossipsub } from '@chainsafe/libp2p-gossipsub'
import { noise } from '@chainsafe/libp2p-noise'
import { yamux } from '@chainsafe/libp2p-yamux'
import { gossipDiscovery } from '@gossip-discovery/libp2p/libp2p-2'
import { identify } from '@libp2p/identify'
import { tcp } from '@libp2p/tcp'
import { multiaddr } from '@multiformats/multiaddr'
import { createLibp2p } from 'libp2p'

/**
 * @param {string} name
 * @param {string[]} bootstrapPeers
 */
async function startNode(name, bootstrapPeers) {
  return await createLibp2p({
    addresses: { listen: ['/ip4/127.0.0.1/tcp/0'] },
    transports: [tcp()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    services: {
      identify: identify(),
      pubsub: gossipsub(),
      discovery: gossipDiscovery({ name, bootstrapPeers, multiaddr })
    }
  })
}

const alice = await startNode('alice', [])
const addrs = alice.getMultiaddrs().map(addr => addr.toString())
const bob = await startNode('bob', addrs)
const { addressBook } = alice.services.discovery
if (addressBook.size === 0)
  await new Promise(resolve => addressBook.addEventListener('joined', resolve, { once: true }))
await bob.stop()
await alice.stop()
