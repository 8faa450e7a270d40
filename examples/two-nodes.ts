import { gossipDiscovery, type PeerLike } from '@gossip-discovery/libp2p'
import { gossipsub } from '@libp2p/gossipsub'
import { identify } from '@libp2p/identify'
import { noise } from '@libp2p/noise'
import { tcp } from '@libp2p/tcp'
import { yamux } from '@libp2p/yamux'
import { createLibp2p } from 'libp2p'

const startNode = async (name: string, bootstrapPeers: PeerLike[] = []) =>
  await createLibp2p({
    addresses: { listen: ['/ip4/127.0.0.1/tcp/0'] },
    transports: [tcp()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    services: { identify: identify(), pubsub: gossipsub(), discovery: gossipDiscovery({ name, bootstrapPeers }) }
  })

const alice = await startNode('alice')
const { addressBook } = alice.services.discovery
addressBook.addEventListener('joined', ({ detail: peer }) => console.log(`${peer.name} joined: ${peer.multiaddrs}`))
addressBook.addEventListener('left', ({ detail: peer }) => console.log(`${peer.name} left`))

const bob = await startNode('bob', alice.getMultiaddrs())
process.once('SIGINT', async () => {
  await bob.stop()
  await alice.stop()
})
