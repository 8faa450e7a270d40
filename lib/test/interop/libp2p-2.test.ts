/** libp2p 2 with @chainsafe/libp2p-gossipsub 14 and libp2p 3 with @libp2p/gossipsub 17 in one network. */
import { generateKeyPair } from '@libp2p/crypto/keys'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { test } from 'tap'
import { DEFAULT_TOPIC, type GossipDiscovery, openAnnouncement, signAnnouncement } from '../../src/index.ts'
import { addrOf, eventsOf, startNode, until } from '../libp2p/nodes.ts'
import { multiaddr2, startNode2, startPlainNode2 } from './libp2p-2.ts'

test('nodes of libp2p 2 and libp2p 3 in one network have equal books, whoever dials whom', async t => {
  const a = await startNode(t, { name: 'a, libp2p 3' })
  const b = await startNode2(t, { name: 'b, libp2p 2', bootstrapPeers: [addrOf(a)] })
  const c = await startNode2(t, { name: 'c, libp2p 2', bootstrapPeers: [b.getMultiaddrs().join()] })
  const d = await startNode(t, { name: 'd, libp2p 3', bootstrapPeers: [c.getMultiaddrs().join()] })
  const all = [a, b, c, d].map(node => node.services.discovery)
  await until(() => all.every(discovery => discovery.addressBook.size === 3))
  const books = all.map(discovery => contents(discovery))
  for (const book of books) t.strictSame(book, books[0])
  t.equal(books[0]?.length, 4)
})

test('a farewell reaches nodes of the other version at once', async t => {
  const alice = await startNode(t, { name: 'alice' })
  const bob = await startNode2(t, { name: 'bob', bootstrapPeers: [addrOf(alice)] })
  const charlie = await startNode(t, { name: 'charlie', bootstrapPeers: [addrOf(alice)] })
  const books = [alice, bob, charlie].map(node => node.services.discovery.addressBook)
  await until(() => books.every(book => book.size === 2))
  const events = eventsOf(alice)
  await bob.stop()
  await until(() => events.includes('left bob'))
  const left: string[] = []
  charlie.services.discovery.addressBook.addEventListener('left', event => left.push(event.detail.name))
  await alice.stop()
  await until(() => left.includes('alice'))
})

test('a host of libp2p 2 can dial by its id a peer that was only heard of', async t => {
  const few = { targetConnections: 1 }
  const alice = await startNode(t, { ...few, name: 'alice' })
  const relay = await startNode(t, { ...few, name: 'relay', bootstrapPeers: [addrOf(alice)] })
  const bob = await startNode2(t, { ...few, name: 'bob', bootstrapPeers: [addrOf(relay)] })
  const stored = async () => (await bob.peerStore.all()).find(({ id }) => id.toString() === alice.peerId.toString())
  await until(async () => (await stored()) !== undefined)
  const heardOf = await stored()
  t.strictSame(
    heardOf?.addresses.map(({ multiaddr }) => multiaddr.toString()),
    alice.services.discovery.announcedAddrs
  )
  const connection = await bob.dial(heardOf!.id)
  t.equal(connection.status, 'open')
})

test('a service that is stopped leaves no listener on its host of libp2p 2, and can be started again', async t => {
  const alice = await startNode2(t, { name: 'alice' })
  const { discovery } = alice.services
  const counts = (): number[] =>
    ['connection:open', 'transport:listening', 'self:peer:update', 'peer:discovery'].map(type =>
      eventsOfHost(alice).listenerCount(type)
    )
  const whileStarted = counts()
  await discovery.stop()
  t.same(
    counts(),
    whileStarted.map(count => count - 1)
  )
  await discovery.start()
  await discovery.afterStart()
  t.same(counts(), whileStarted)
  const bob = await startNode(t, { name: 'bob', bootstrapPeers: [alice.getMultiaddrs().join()] })
  await until(() => discovery.addressBook.has(bob.peerId))
})

test('an announcement that a plain gossipsub 14 node publishes enters the book, and it receives ours', async t => {
  const plain = await startPlainNode2(t)
  const received: Uint8Array[] = []
  plain.services.pubsub.addEventListener('message', ({ detail }) => received.push(detail.data))
  plain.services.pubsub.subscribe(DEFAULT_TOPIC)
  const alice = await startNode(t, { name: 'alice', announceIntervalMs: 500 })
  await plain.dial(multiaddr2(addrOf(alice)))
  await until(() => received.length > 0)
  const { announcement } = await openAnnouncement(received[0]!, DEFAULT_TOPIC)
  t.equal(announcement.peer, alice.peerId.toString())
  t.equal(announcement.name, 'alice')

  const privateKey = await generateKeyPair('Ed25519')
  const subject = peerIdFromPrivateKey(privateKey)
  const { envelope } = await signAnnouncement(
    {
      peer: subject.toString(),
      epoch: Date.now(),
      seq: 1,
      name: 'a friend of libp2p 2',
      addrs: [],
      ttlMs: 60_000,
      leaving: false,
      metadata: new Map()
    },
    privateKey,
    DEFAULT_TOPIC
  )
  const { recipients } = await plain.services.pubsub.publish(DEFAULT_TOPIC, envelope)
  t.equal(recipients.length, 1)
  await until(() => alice.services.discovery.addressBook.get(subject)?.name === 'a friend of libp2p 2')
})

/** Every node that a node knows of, itself included, in what must be equal everywhere. */
function contents({ peerId, epoch, announcedAddrs, addressBook }: GossipDiscovery): string[] {
  const others = [...addressBook].map(peer => [peer.peerId, peer.epoch, peer.multiaddrs.join()].join(' '))
  return [...others, [peerId, epoch, announcedAddrs.join()].join(' ')].sort()
}

function eventsOfHost(node: unknown): { listenerCount(type: string): number } {
  return (node as { components: { events: { listenerCount(type: string): number } } }).components.events
}
