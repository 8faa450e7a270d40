/** A node hangs up only what it dialled for itself and nobody else uses, on real connections. */
import { identify } from '@libp2p/identify'
import type { Connection, Libp2p, Stream } from '@libp2p/interface'
import { lpStream } from '@libp2p/utils'
import { multiaddr } from '@multiformats/multiaddr'
import { createLibp2p } from 'libp2p'
import { type Test, test } from 'tap'
import type { ReleaseMessage } from '../../../src/core/gossip/sync.ts'
import { decodeSyncFrame, encodeSyncMessage, type SyncFrame } from '../../../src/libp2p/sync/frames.ts'
import { Finder } from '../finder.ts'
import { addrOf, startNode, type TestNode, transport, until } from '../nodes.ts'
import { openSync, PROTOCOL, type Stranger, startStranger } from '../stranger.ts'

/** A topic of the application. */
const TOPIC = 'chat'

/** The node, its connection to a stranger that asks to be let go, and that stranger. */
type Use = (node: TestNode, connection: Connection, stranger: Stranger) => Promise<unknown>

const uses: readonly (readonly [what: string, use: Use])[] = [
  ['a stream of bitswap', streamOf('/ipfs/bitswap/1.2.0')],
  ['a stream named nearly as one of pubsub', streamOf('/meshsub/9.9.9')],
  ['a stream named nearly as one of libp2p', streamOf('/libp2p/mine/1.0.0')],
  ['a sync stream of another network of ours', streamOf(`${PROTOCOL}/other`)],
  ['a stream that the other side opened', streamBack],
  ['a tag', async ({ peerStore }, { remotePeer }) => await peerStore.merge(remotePeer, tagged(1))],
  ['a tag worth nothing', async ({ peerStore }, { remotePeer }) => await peerStore.merge(remotePeer, tagged(0))],
  ['a topic of the application', commonTopic]
]

for (const [what, use] of uses) {
  test(`a connection with ${what} stays when its partner is let go, one without closes`, async t => {
    const { node, used, idle } = await startDialler(t)
    await use(node, used.connection, used.stranger)
    for (const { say } of [used, idle]) await say({ type: 'release' })
    await onlyOthersAreLeft(node)
    await until(() => idle.connection.status === 'closed')
    t.equal(used.connection.status, 'open')
  })
}

test('a connection that the other side says it needs stays, though nobody uses it here', async t => {
  const { node, used, idle } = await startDialler(t)
  await used.say({ type: 'release', isNeeded: true })
  await idle.say({ type: 'release' })
  await onlyOthersAreLeft(node)
  await until(() => idle.connection.status === 'closed')
  t.equal(used.connection.status, 'open')
})

test('a connection that the application dialled stays, though nothing but discovery runs over it', async t => {
  const { node, used, idle } = await startDialler(t, async (host, stranger) => {
    await host.dial(multiaddr(addrOf(stranger)))
  })
  for (const { say } of [used, idle]) await say({ type: 'release' })
  await onlyOthersAreLeft(node)
  await until(() => idle.connection.status === 'closed')
  t.equal(used.connection.status, 'open')
})

test('a node that uses a connection otherwise says so to the peer that dialled it and goes', async t => {
  const node = await startNode(t)
  await startNode(t, { bootstrapPeers: [addrOf(node)] })
  await until(() => node.services.discovery.stats.partners === 1)
  for (const isNeeded of [undefined, true] as const) {
    const stranger = await startStranger(t)
    const { frames } = await openSync(stranger, node)
    await until(() => node.services.discovery.stats.partners >= 2)
    if (isNeeded) await node.peerStore.merge(stranger.peerId, tagged(1))
    await frames.write(encodeSyncMessage({ type: 'release' }))
    let answer: SyncFrame
    do answer = decodeSyncFrame((await frames.read()).subarray())
    while (answer.type !== 'release')
    t.same(answer, { type: 'release', ...(isNeeded && { isNeeded }) })
  }
})

test('a peer that another discovery found, and that does not take part, is let go unless its connection is used', async t => {
  const [used, idle] = await Promise.all([startWithoutDiscovery(t), startWithoutDiscovery(t)])
  await used.handle('/files/1.0.0', () => {})
  const finder = new Finder()
  const node = await startNode(t, { host: { peerDiscovery: [() => finder] } })
  const closed: string[] = []
  node.addEventListener('connection:close', ({ detail }) => closed.push(detail.remotePeer.toString()))
  finder.find(used.peerId, used.getMultiaddrs())
  await until(() => node.getConnections(used.peerId).length > 0)
  await node.getConnections(used.peerId)[0]!.newStream('/files/1.0.0')
  finder.find(idle.peerId, idle.getMultiaddrs())
  await until(() => closed.length > 0)
  t.same(closed, [idle.peerId.toString()])
})

/** How many nodes there are beside the strangers: partners enough. */
const OTHERS = 2

interface Dialled {
  readonly stranger: Stranger
  /** The node's end. */
  readonly connection: Connection
  readonly say: (word: ReleaseMessage) => Promise<void>
}

/**
 * A node whose partners are two others and two strangers, all of which it has dialled.
 *
 * @param before - what happens to the first stranger before the node's service knows of it
 */
async function startDialler(
  t: Test,
  before: (node: TestNode, stranger: Stranger) => Promise<void> = async () => {}
): Promise<{ node: TestNode; used: Dialled; idle: Dialled }> {
  const others = [await startNode(t), await startNode(t)]
  const [used, idle] = [await startStranger(t), await startStranger(t)]
  const streams = new Map<Stranger, Stream>()
  for (const stranger of [used, idle]) {
    await stranger.handle(PROTOCOL, stream => {
      streams.set(stranger, stream)
    })
  }
  const node = await startNode(t, { targetConnections: OTHERS })
  await before(node, used)
  node.services.discovery.addPeers([...others, used, idle].map(addrOf))
  await until(() => streams.size === 2 && node.services.discovery.stats.partners === OTHERS + 2)
  const dialled = (stranger: Stranger): Dialled => ({
    stranger,
    connection: node.getConnections(stranger.peerId)[0]!,
    say: async word => await lpStream(streams.get(stranger)!).write(encodeSyncMessage(word))
  })
  return { node, used: dialled(used), idle: dialled(idle) }
}

async function onlyOthersAreLeft(node: TestNode): Promise<void> {
  await until(() => node.services.discovery.stats.partners === OTHERS)
}

/** A host that has no service of this package. */
async function startWithoutDiscovery(t: Test): Promise<Libp2p> {
  const host = await createLibp2p({ ...transport(), services: { identify: identify() } })
  t.teardown(async () => await host.stop())
  return host
}

/** A stream that stays open, opened by the node. */
function streamOf(protocol: string): Use {
  return async (_, connection, stranger) => {
    await stranger.handle(protocol, () => {})
    await connection.newStream(protocol)
  }
}

async function streamBack(node: TestNode, _: Connection, stranger: Stranger): Promise<void> {
  await node.handle('/files/1.0.0', () => {})
  await stranger.getConnections(node.peerId)[0]!.newStream('/files/1.0.0')
}

async function commonTopic({ services: { pubsub } }: TestNode, _: Connection, stranger: Stranger): Promise<void> {
  pubsub.subscribe(TOPIC)
  stranger.services.pubsub.subscribe(TOPIC)
  await until(() => pubsub.getSubscribers(TOPIC).some(peer => peer.equals(stranger.peerId)))
}

function tagged(value: number) {
  return { tags: { 'of-the-application': { value } } }
}
