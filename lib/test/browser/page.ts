/** A node in a browser page, `page.html#<name>,<address of a node>`; it keeps what the test asks for in `window.discovery`. */
import { gossipsub } from '@libp2p/gossipsub'
import { identify } from '@libp2p/identify'
import { noise } from '@libp2p/noise'
import { webSockets } from '@libp2p/websockets'
import { yamux } from '@libp2p/yamux'
import { createLibp2p } from 'libp2p'
import { gossipDiscovery } from '../../src/index.ts'

const [name = '', bootstrapAddr = ''] = decodeURIComponent(location.hash.slice(1)).split(',')

const libp2p = await createLibp2p({
  transports: [webSockets()],
  connectionEncrypters: [noise()],
  streamMuxers: [yamux()],
  // By default a page dials neither private addresses nor ws://.
  connectionGater: { denyDialMultiaddr: () => false },
  services: {
    identify: identify(),
    pubsub: gossipsub(),
    discovery: gossipDiscovery({
      name,
      bootstrapPeers: [bootstrapAddr],
      announceIntervalMs: 300,
      entryTtlMs: 1_500,
      maxAnnouncementsPerSecond: 100
    })
  }
})
const { addressBook } = libp2p.services.discovery
const events: string[] = []
for (const type of ['joined', 'left', 'expired'] as const) {
  addressBook.addEventListener(type, event => events.push(`${type} ${event.detail.name}`))
}

Object.assign(window, { book: () => [...addressBook].map(peer => ({ name: peer.name, seq: peer.seq })), events })
