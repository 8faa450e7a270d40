/** Peers of which several addresses are known, most of them dead: refused, or never answered at all. */
import { createServer, type Server } from 'node:net'
import type { PeerDiscovery, PeerDiscoveryEvents, PeerId } from '@libp2p/interface'
import { peerDiscoverySymbol } from '@libp2p/interface'
import { multiaddr } from '@multiformats/multiaddr'
import { TypedEventEmitter } from 'main-event'
import { type Test, test } from 'tap'
import { PATIENCE_MS } from '../../../../scripts/tests/until.ts'
import { addrOf, allList, nextIp, startNode, type TestNode, until } from '../nodes.ts'

/** How an application, or another discovery, tells of a peer. */
type Way = 'options' | 'options, by id' | 'addPeer' | 'bootstrap' | 'mdns'

const WAYS: readonly Way[] = ['options', 'options, by id', 'addPeer', 'bootstrap', 'mdns']

for (const way of WAYS) {
  for (const [dead, kind] of [
    [1, 'refuses'],
    [1, 'hangs'],
    [7, 'refuses'],
    [7, 'hangs']
  ] as const) {
    test(`${way}: a peer is found by its one good address, first or last, beside ${dead} of which each ${kind}`, async t => {
      for (const place of [0, dead]) {
        const alice = await startNode(t, { name: 'alice' })
        const addrs = await Promise.all(Array.from({ length: dead }, async () => await deadAddr(t, alice.peerId, kind)))
        addrs.splice(place, 0, addrOf(alice))
        const bob = await told(t, way, alice.peerId, addrs)
        await until(() => allList(alice, bob))
      }
    })
  }
}

test('an address that becomes known while a dead one is being dialled is tried at once', async t => {
  const alice = await startNode(t, { name: 'alice' })
  const bob = await startNode(t, { name: 'bob' })
  bob.services.discovery.addPeer(await deadAddr(t, alice.peerId, 'hangs'))
  await until(() => bob.getDialQueue().length > 0)
  bob.services.discovery.addPeer(addrOf(alice))
  await until(() => allList(alice, bob))
})

test('a dead address that the application is dialling keeps nobody waiting', async t => {
  const alice = await startNode(t, { name: 'alice' })
  const bob = await startNode(t, { name: 'bob' })
  const ended: string[] = []
  const dead = multiaddr(await deadAddr(t, alice.peerId, 'hangs'))
  bob.dial(dead, { signal: AbortSignal.timeout(PATIENCE_MS) }).then(
    () => ended.push('reached'),
    () => ended.push('failed')
  )
  await until(() => bob.getDialQueue().length > 0)
  bob.services.discovery.addPeer(addrOf(alice))
  await until(() => allList(alice, bob) || ended.length > 0)
  t.same(ended, [], 'it is dialling still')
})

test('the dials that lost are given up', async t => {
  const alice = await startNode(t, { name: 'alice' })
  const dead = await deadAddr(t, alice.peerId, 'hangs')
  const bob = await startNode(t, { name: 'bob', bootstrapPeers: [dead, addrOf(alice)] })
  await until(() => allList(alice, bob))
  await until(() => bob.getDialQueue().length === 0)
  t.equal(bob.getConnections(alice.peerId).length, 1)
})

test('a host that denies an address is not sent there', async t => {
  const alice = await startNode(t, { name: 'alice' })
  const dead = await deadAddr(t, alice.peerId, 'hangs')
  const denied: string[] = []
  const connectionGater = {
    denyDialMultiaddr: (addr: { toString(): string }) => {
      denied.push(addr.toString())
      return addr.toString() === addrOf(alice)
    }
  }
  const bob = await startNode(t, { name: 'bob', bootstrapPeers: [dead, addrOf(alice)], host: { connectionGater } })
  await until(() => denied.includes(addrOf(alice)))
  await until(() => bob.getDialQueue().length === 0)
  t.equal(bob.getConnections().length, 0)
})

/** A node that was told of the peer under these addresses. */
async function told(t: Test, way: Way, id: PeerId, addrs: string[]): Promise<TestNode> {
  const multiaddrs = addrs.map(addr => multiaddr(addr))
  if (way === 'options') return await startNode(t, { name: 'bob', bootstrapPeers: addrs })
  if (way === 'options, by id') return await startNode(t, { name: 'bob', bootstrapPeers: [{ id, multiaddrs }] })
  if (way === 'addPeer') {
    const bob = await startNode(t, { name: 'bob' })
    for (const addr of addrs) bob.services.discovery.addPeer(addr)
    return bob
  }
  const finder = new Finder()
  const bob = await startNode(t, { name: 'bob', host: { peerDiscovery: [() => finder] } })
  // One address a time, as from a list of bootstrap peers, or all together.
  if (way === 'bootstrap') for (const addr of multiaddrs) finder.find(id, [addr])
  else finder.find(id, multiaddrs)
  return bob
}

/** Another discovery. */
class Finder extends TypedEventEmitter<PeerDiscoveryEvents> implements PeerDiscovery {
  readonly [peerDiscoverySymbol] = this
  readonly [Symbol.toStringTag] = 'finder'

  find(id: PeerId, multiaddrs: ReturnType<typeof multiaddr>[]): void {
    this.safeDispatchEvent('peer', { detail: { id, multiaddrs } })
  }
}

/** Of the peer, as somebody says: nobody listens there, or somebody who takes connections and never says a word. */
async function deadAddr(t: Test, id: PeerId, kind: 'refuses' | 'hangs'): Promise<string> {
  const ip = nextIp()
  const server = await listening(
    createServer(() => {}),
    ip
  )
  const { port } = server.address() as { port: number }
  const sockets = new Set<{ destroy(): void }>()
  server.on('connection', socket => sockets.add(socket.on('error', () => {})))
  const close = async (): Promise<void> => {
    for (const socket of sockets) socket.destroy()
    await new Promise(resolve => server.close(resolve))
  }
  if (kind === 'refuses') await close()
  else t.teardown(close)
  return `/ip4/${ip}/tcp/${port}/p2p/${id}`
}

async function listening(server: Server, ip: string): Promise<Server> {
  await new Promise<void>(resolve => server.listen(0, ip, resolve))
  return server
}
