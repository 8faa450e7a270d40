/** Peers of which several addresses are known, most of them dead: refused, or never answered at all. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect, createServer, type Server } from 'node:net'
import { bootstrap } from '@libp2p/bootstrap'
import type { PeerId, PeerInfo, PeerRouting } from '@libp2p/interface'
import { multiaddr } from '@multiformats/multiaddr'
import { type Test, test } from 'tap'
import { FILE_PATIENCE_MS, PATIENCE_MS } from '../../../../scripts/tests/until.ts'
import { Finder } from '../finder.ts'
import { addrOf, allList, nextIp, startNode, type TestNode, until } from '../nodes.ts'

/** How an application, or another discovery, tells of a peer: as one list, in a list each, or as mdns does, which lib/test/interop has. */
type Way = 'options' | 'options, by id' | 'addPeer' | '@libp2p/bootstrap' | '@libp2p/bootstrap, twice' | 'mdns'

/** Where nobody answers. */
const DEAD_IP = nextIp()

/** Connections that wait for a listener to take them; Linux lets one more wait. */
const BACKLOG = 1

/** Its event loop stands still once it listens. It ends with this test at the latest, which kills it. */
const LISTENER = `
  const server = require('node:net').createServer()
  server.listen({ host: process.argv[1], port: 0, backlog: ${BACKLOG} }, () => {
    require('node:fs').writeSync(1, String(server.address().port))
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ${FILE_PATIENCE_MS})
  })
`

const WAYS: readonly Way[] = [
  'options',
  'options, by id',
  'addPeer',
  '@libp2p/bootstrap',
  '@libp2p/bootstrap, twice',
  'mdns'
]

for (const way of WAYS) {
  for (const [dead, kind] of [
    [1, 'refuses'],
    [1, 'hangs'],
    [1, 'is full'],
    [7, 'refuses'],
    [7, 'hangs'],
    [7, 'is full']
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
  const connectionManager = { addressDialTimeout: PATIENCE_MS }
  const bob = await startNode(t, { name: 'bob', host: { connectionManager } })
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

for (const [how, add] of [
  ['named in the options', undefined],
  ['added', (node, id) => node.services.discovery.addPeer(id)],
  ['added as a text', (node, id) => node.services.discovery.addPeer(`/p2p/${id}`)]
] as [string, ((node: TestNode, id: PeerId) => void) | undefined][]) {
  test(`a bare peer id that is ${how} is reached wherever libp2p's routing finds it`, async t => {
    const alice = await startNode(t, { name: 'alice' })
    const peerRouters = [() => new Router(alice)]
    const named = add === undefined && { bootstrapPeers: [`/p2p/${alice.peerId}`] }
    const bob = await startNode(t, { name: 'bob', ...named, host: { peerRouters } })
    add?.(bob, alice.peerId)
    await until(() => allList(alice, bob))
  })
}

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
  if (way !== 'mdns') {
    const lists = way === '@libp2p/bootstrap' ? [addrs] : addrs.map(addr => [addr])
    return await startNode(t, {
      name: 'bob',
      host: { peerDiscovery: lists.map(list => bootstrap({ list, timeout: 0 })) }
    })
  }
  const finder = new Finder()
  const bob = await startNode(t, { name: 'bob', host: { peerDiscovery: [() => finder] } })
  finder.find(id, multiaddrs)
  return bob
}

/** Knows where one node is, as a DHT would. */
class Router implements PeerRouting {
  readonly #node: TestNode

  constructor(node: TestNode) {
    this.#node = node
  }

  async findPeer(id: PeerId): Promise<PeerInfo> {
    return { id, multiaddrs: id.equals(this.#node.peerId) ? this.#node.getMultiaddrs() : [] }
  }

  async *getClosestPeers(): AsyncIterable<PeerInfo> {}
}

type Dead = 'refuses' | 'hangs' | 'is full'

/**
 * Of the peer, as somebody says: nobody listens there; or somebody who takes connections and never says a word; or somebody who takes no
 * more connections, so that the system does not answer.
 */
async function deadAddr(t: Test, id: PeerId, kind: Dead): Promise<string> {
  if (kind === 'is full') return `/ip4/${DEAD_IP}/tcp/${await fullPort(t)}/p2p/${id}`
  const server = await listening(createServer(), DEAD_IP)
  const { port } = server.address() as { port: number }
  const sockets = new Set<{ destroy(): void }>()
  server.on('connection', socket => sockets.add(socket.on('error', () => {})))
  const close = async (): Promise<void> => {
    for (const socket of sockets) socket.destroy()
    await new Promise(resolve => server.close(resolve))
  }
  if (kind === 'refuses') await close()
  else t.teardown(close)
  return `/ip4/${DEAD_IP}/tcp/${port}/p2p/${id}`
}

/** A program that listens and then does nothing more, with as many connections waiting as there is room for. */
async function fullPort(t: Test): Promise<number> {
  const program = spawn(process.execPath, ['--eval', LISTENER, DEAD_IP], { stdio: ['pipe', 'pipe', 'inherit'] })
  t.teardown(() => program.kill('SIGKILL'))
  const [line] = await once(program.stdout, 'data')
  const port = Number(line)
  const sockets = Array.from({ length: BACKLOG + 3 }, () => connect(port, DEAD_IP).on('error', () => {}))
  t.teardown(() => {
    for (const socket of sockets) socket.destroy()
  })
  await until(() => sockets.filter(({ readyState }) => readyState === 'open').length > BACKLOG)
  return port
}

async function listening(server: Server, ip: string): Promise<Server> {
  await new Promise<void>(resolve => server.listen(0, ip, resolve))
  return server
}
