/** `@libp2p/mdns` as a node of the contract. */
import { identify } from '@libp2p/identify'
import type { PeerId } from '@libp2p/interface'
import { mdns } from '@libp2p/mdns'
import { createLibp2p } from 'libp2p'
import type { Flags } from '../contract-js/flags.ts'
import { addrsOf, dialEach, listFound, transportOf } from '../contract-js/libp2p.ts'
import { type Lines, run, type System } from '../contract-js/run.ts'

void run(start)

/** Bootstrap nodes are left aside: it is multicast that finds the others. */
async function start(flags: Flags, { book }: Lines): Promise<System> {
  const { announceIntervalMs } = flags
  const init = announceIntervalMs === undefined ? {} : { interval: announceIntervalMs }
  const node = await createLibp2p({
    ...(await transportOf(flags)),
    peerDiscovery: [
      (components: { peerId: PeerId }) => {
        const discovery = mdns(init)(components as never)
        listFound(discovery, components.peerId, book, addrs => dialEach(node, addrs))
        return discovery
      }
    ],
    services: { identify: identify() }
  })
  await node.start()
  return {
    peerId: node.peerId.toString(),
    addrs: addrsOf(node),
    fields: ['addrs'],
    can: ['key'],
    dial: addrs => dialEach(node, addrs),
    stop: async () => await node.stop()
  }
}
