/** `@libp2p/pubsub-peer-discovery` over gossipsub as a node of the contract. */
import { gossipsub } from '@libp2p/gossipsub'
import { identify } from '@libp2p/identify'
import type { PeerId } from '@libp2p/interface'
import { pubsubPeerDiscovery } from '@libp2p/pubsub-peer-discovery'
import { createLibp2p } from 'libp2p'
import type { Flags } from '../contract-js/flags.ts'
import { addrsOf, dialEach, listFound, transportOf } from '../contract-js/libp2p.ts'
import { type Lines, run, type System } from '../contract-js/run.ts'

void run(start)

async function start(flags: Flags, { book }: Lines): Promise<System> {
  const { announceIntervalMs } = flags
  const init = announceIntervalMs === undefined ? {} : { interval: announceIntervalMs }
  const node = await createLibp2p({
    ...(await transportOf(flags)),
    peerDiscovery: [
      (components: { peerId: PeerId }) => {
        const discovery = pubsubPeerDiscovery(init)(components as never)
        listFound(discovery, components.peerId, book, addrs => dialEach(node, addrs))
        return discovery as never
      }
    ],
    services: { identify: identify(), pubsub: gossipsub({ allowPublishToZeroTopicPeers: true }) }
  })
  await node.start()
  dialEach(node, flags.bootstrap)
  return {
    peerId: node.peerId.toString(),
    addrs: addrsOf(node),
    fields: ['addrs'],
    can: ['key'],
    dial: addrs => dialEach(node, addrs),
    stop: async () => await node.stop()
  }
}
