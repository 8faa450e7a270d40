// Bundled by check-packages for a browser: a page that joins the network of the node whose address its URL names.
import { gossipDiscovery } from '@gossip-discovery/libp2p'
import { gossipsub } from '@libp2p/gossipsub'
import { identify } from '@libp2p/identify'
import { noise } from '@libp2p/noise'
import { webSockets } from '@libp2p/websockets'
import { yamux } from '@libp2p/yamux'
import { createLibp2p } from 'libp2p'

const [name, bootstrapAddr] = decodeURIComponent(location.hash.slice(1)).split(',')
const libp2p = await createLibp2p({
  transports: [webSockets()],
  connectionEncrypters: [noise()],
  streamMuxers: [yamux()],
  // By default a page dials neither private addresses nor ws://.
  connectionGater: { denyDialMultiaddr: () => false },
  services: {
    identify: identify(),
    pubsub: gossipsub(),
    discovery: gossipDiscovery({ name, bootstrapPeers: [bootstrapAddr] })
  }
})
window.names = () => [...libp2p.services.discovery.addressBook].map(entry => entry.name)
