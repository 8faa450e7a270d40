/** Whose a connection is, and who uses it, as far as the host tells. */
import type { Connection } from '@libp2p/interface'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { type Multiaddr, multiaddr } from '@multiformats/multiaddr'
import { test } from 'tap'
import { ConnectionUse } from '../../../src/libp2p/host/connection-use.ts'
import { type SigningPubSub, useTopic } from '../../../src/libp2p/interop/foreign-topics.ts'
import { keyOf } from '../../crafted.ts'
import { refused, type StubHost, stubHost } from './stub-host.ts'

const PROTOCOL = '/gossip-discovery/sync/1.0.0//ours'
const EXPECTED = [PROTOCOL, '/ipfs/id/1.0.0', '/ipfs/id/push/1.0.0', '/ipfs/ping/1.0.0', '/meshsub/1.2.0']
const ADDR = multiaddr('/ip4/192.0.2.1/tcp/1')
const peer = peerIdFromPrivateKey(await keyOf(2))

test('a connection that this service has dialled, with nothing on it but what every connection has, may be closed', async t => {
  const { use, connection } = await dialled()
  t.equal(await use.mayClose(connection), true)
  t.equal(await use.isUsed(connection), false)
})

test('a connection that somebody else has opened may not be closed, whoever asks for it afterwards', async t => {
  const inbound = await dialled({ before: (host, connection) => host.connections.push(connection) })
  t.equal(await inbound.use.mayClose(inbound.connection), false)
  for (const type of ['dial-queue:already-connected', 'dial-queue:already-in-dial-queue']) {
    const shared = await dialled({ progress: type })
    t.equal(await shared.use.mayClose(shared.connection), false, type)
  }
  const { use } = await dialled()
  t.equal(await use.mayClose(connectionOf()), false, 'one that was not dialled at all')
})

const uses: readonly (readonly [what: string, begin: (host: StubHost, connection: Connection) => unknown])[] = [
  ['a stream of an application', (_, { streams }) => streams.push(streamOf('/ipfs/bitswap/1.2.0'))],
  ['a stream of a newer pubsub', (_, { streams }) => streams.push(streamOf('/meshsub/1.9.0'))],
  ['a stream that is being opened', (_, { streams }) => streams.push(streamOf(''))],
  ['a sync stream of another network', (_, { streams }) => streams.push(streamOf(`${PROTOCOL}/2`))],
  ['a tag', host => Object.assign(host.peerStore, { get: async () => ({ tags: new Map([['theirs', {}]]) }) })],
  ['a peer store that fails', host => Object.assign(host.peerStore, { get: refused })],
  ['an address through the peer', host => listen(host, 'addrs')],
  ['a relay that is asked for an address', host => listen(host, 'listenAddrs')],
  ['a topic that both subscribe to', host => subscribed(host, { getTopics: () => ['chat'] })],
  ['a topic that this node publishes to', host => subscribed(host, { fanout: new Map([['chat', []]]) })],
  ['a pubsub that stays connected to the peer', host => subscribed(host, { direct: new Set([peer.toString()]) })],
  ['a pubsub that has stopped', host => subscribed(host, { getTopics: stopped })]
]

for (const [what, begin] of uses) {
  test(`a connection with ${what} is used, and is not closed`, async t => {
    const { host, use, connection } = await dialled()
    begin(host, connection)
    t.equal(await use.isUsed(connection), true)
    t.equal(await use.mayClose(connection), false)
  })
}

test('the tag, the topic and the streams of this service itself are no use by others', async t => {
  const { host, use, connection } = await dialled()
  Object.assign(host.peerStore, { get: async () => ({ tags: new Map([['ours', {}]]) }) })
  subscribed(host, { getTopics: () => ['/ours'] })
  t.equal(await use.mayClose(connection), true)
})

test('a topic that this node is subscribed to for services of this package alone is no use by others', async t => {
  const { host, use, connection } = await dialled()
  useTopic(host.pubsub as unknown as SigningPubSub, 'theirs', () => true)
  subscribed(host, {})
  t.same(host.pubsub.getTopics(), ['theirs'])
  t.equal(await use.mayClose(connection), true)
})

test('a peer that the store does not know has no tags', async t => {
  const { host, use, connection } = await dialled()
  const notFound = Object.assign(new Error('unknown'), { name: 'NotFoundError' })
  Object.assign(host.peerStore, { get: async () => await Promise.reject(notFound) })
  t.equal(await use.mayClose(connection), true)
})

test('a stream that is opened while the store is read saves the connection', async t => {
  const { host, use, connection } = await dialled()
  Object.assign(host.peerStore, {
    get: async () => {
      connection.streams.push(streamOf('/late/1.0.0'))
      return { tags: new Map() }
    }
  })
  t.equal(await use.mayClose(connection), false)
})

test('of two connections between two peers, one side ends its own: the circuit, or that of the greater id', async t => {
  const { host, use } = await dialled()
  const [one, other] = [connectionOf(), connectionOf()]
  const circuit = { ...connectionOf(), limits: {} } as Connection
  t.equal(use.isTwin(one, one), false)
  t.equal(use.isTwin(one, other), host.components.peerId.toString() > peer.toString())
  t.equal(use.isTwin(circuit, one), true)
  t.equal(use.isTwin(one, circuit), false)
})

test('where there is a circuit to a peer already, no second one is opened', async t => {
  const { host, use } = await dialled()
  const circuit = connectionOf()
  host.connections.push(circuit)
  const relayed = multiaddr(`/ip4/192.0.2.2/tcp/1/p2p/${host.components.peerId}/p2p-circuit`)
  t.equal(await use.dial([relayed], peer, {}), circuit)
  t.not(await use.dial([relayed, ADDR], peer, {}), circuit, 'a direct address may lead to a better one')
})

test('a stream that is being opened is waited for, since libp2p opens some on every connection', async t => {
  const { use, connection } = await dialled()
  const stream = streamOf('')
  connection.streams.push(stream)
  const closing = use.mayClose(connection)
  stream.protocol = '/ipfs/id/1.0.0'
  t.equal(await closing, true)
})

interface Dialled {
  /** What libp2p reports meanwhile. */
  progress?: string
  before?: (host: StubHost, connection: Connection) => unknown
}

/** A connection of the service, by a dial. */
async function dialled({ progress = 'dial-queue:start-dial', before = () => {} }: Dialled = {}) {
  const host = await stubHost()
  const connection = connectionOf()
  Object.assign(host.pubsub, { protocols: ['/meshsub/1.2.0'] })
  Object.assign(host.connectionManager, {
    openConnection: async (_: Multiaddr[], { onProgress }: { onProgress: (event: { type: string }) => void }) => {
      onProgress({ type: progress })
      return connection
    }
  })
  before(host, connection)
  const use = new ConnectionUse(host.components, { topic: '/ours', protocol: PROTOCOL, tag: 'ours' })
  await use.dial([ADDR], peer, {})
  return { host, use, connection }
}

let connections = 0

function connectionOf(): Connection {
  const connection = { id: `${++connections}`, remotePeer: peer, status: 'open', streams: EXPECTED.map(streamOf) }
  return connection as unknown as Connection
}

function streamOf(protocol: string): Connection['streams'][number] {
  return { protocol } as Connection['streams'][number]
}

/** Both subscribe to everything that the change names. */
function subscribed(host: StubHost, change: object): void {
  Object.assign(host.pubsub, { getSubscribers: () => [peer], ...change })
}

function listen(host: StubHost, which: 'addrs' | 'listenAddrs'): void {
  host[which] = [multiaddr(`/ip4/192.0.2.1/tcp/1/p2p/${peer}/p2p-circuit`)]
}

function stopped(): never {
  throw new Error('not started')
}
