/** One node, told by its parent what it is started with, and telling it what becomes of its book. */
import { gossipsub } from '@libp2p/gossipsub'
import { identify } from '@libp2p/identify'
import { createLibp2p } from 'libp2p'
import { type GossipDiscovery, gossipDiscovery } from '../../../src/index.ts'
import { addrOf, type TestNode, transport } from '../../libp2p/nodes.ts'
import { type ApartEvent, type ApartOptions, SINK, type Usage } from './apart.ts'
import { NO_SIGN, OPEN_HOST } from './honest.ts'
import { identityOf, privateKeyOf } from './identity.ts'
import { type Turns, watchTurns } from './turns.ts'

interface Order {
  usage?: true
  watchTurns?: boolean
  addPeer?: string
}

process.once('message', async (options: ApartOptions) => await run(options))
// Nobody asks any more.
process.once('disconnect', () => process.exit())

async function run({ seed, ip, listens = true, ...init }: ApartOptions): Promise<void> {
  const node: TestNode = await createLibp2p({
    ...transport(ip),
    ...(!listens && { addresses: { listen: [] } }),
    privateKey: await privateKeyOf(identityOf(seed)),
    connectionManager: OPEN_HOST,
    services: { identify: identify(), pubsub: gossipsub(NO_SIGN), discovery: gossipDiscovery(init) }
  })
  // Takes whatever comes, so that what libp2p needs for bytes can be told apart.
  await node.handle(SINK, stream => stream.addEventListener('message', () => {}))
  const { discovery } = node.services
  tellOfBook(discovery)
  let turns: Turns | undefined
  process.on('message', async (order: Order) => {
    if (order.addPeer !== undefined) discovery.addPeer(order.addPeer)
    if (order.watchTurns !== undefined) {
      turns?.stop()
      turns = order.watchTurns ? watchTurns() : undefined
    }
    if (order.usage === true) tell({ type: 'usage', usage: await usageOf(node, turns) })
  })
  tell({ type: 'ready', peer: node.peerId.toString(), addr: listens ? addrOf(node) : '' })
}

function tellOfBook(discovery: GossipDiscovery): void {
  for (const type of ['joined', 'left', 'expired', 'evicted'] as const) {
    discovery.addressBook.addEventListener(type, ({ detail }) => {
      tell({ type, peer: detail.peerId.toString(), name: detail.name })
    })
  }
  const target: EventTarget = discovery
  target.addEventListener('warning', event => {
    tell({ type: 'warning', code: (event as CustomEvent<{ code: string }>).detail.code })
  })
}

async function usageOf(node: TestNode, turns: Turns | undefined): Promise<Usage> {
  const { turnMs: longestTurnMs, gcMs: longestGcMs } = turns?.take() ?? { turnMs: 0, gcMs: 0 }
  const { user, system } = process.cpuUsage()
  globalThis.gc?.()
  const { heapUsed, external } = process.memoryUsage()
  const { discovery } = node.services
  const usage: Usage = {
    cpuMs: (user + system) / 1_000,
    heldBytes: heapUsed + external,
    longestTurnMs,
    longestGcMs,
    bookSize: discovery.addressBook.size,
    partners: node
      .getConnections()
      .filter(({ streams }) => streams.some(({ protocol }) => protocol.startsWith('/gossip-discovery/')))
      .map(({ remotePeer }) => remotePeer.toString()),
    stats: discovery.stats
  }
  // What was done to answer is none of what is measured next.
  turns?.take()
  return usage
}

function tell(event: ApartEvent): void {
  process.send?.(event)
}
