/** Invented records with the addresses of others: nodes are not made to dial whom a stranger likes. */
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { multiaddr } from '@multiformats/multiaddr'
import type { Test } from 'tap'
import { addrOf, until } from '../libp2p/nodes.ts'
import { attack } from './toolkit/attack.ts'
import { keepOn, measured, scaled } from './toolkit/duration.ts'
import { records } from './toolkit/frames.ts'
import { lists, startHonest, startNetwork } from './toolkit/honest.ts'
import { identityOf, recordOf } from './toolkit/identity.ts'
import { startStranger } from './toolkit/stranger.ts'

const LASTS_MS = scaled(6_000, 180_000)

attack('a socket whose address stands in invented records is hardly ever dialled', async t => {
  const target = await startTarget(t)
  const nodes = await startNetwork(t, 3)
  const liar = await startStranger(t)
  const invented = () => recordOf(identityOf(), { epoch: Date.now(), addrs: target.addrs, name: 'victim' })
  const endMs = performance.now() + LASTS_MS
  await keepOn(LASTS_MS, 100, async n => {
    for (const node of nodes) (await liar.relink(node)).send(records([invented(), invented()]))
    await liar.publish(invented())
    if (n % 20 !== 0 || performance.now() > endMs - 1_000 || nodes.length >= 6) return
    nodes.push(await startHonest(t, { name: `late ${n}`, bootstrapPeers: [addrOf(nodes[0]!)] }))
  })
  const minutes = LASTS_MS / 60_000
  const most = nodes.length * (1 + minutes)
  measured(t, 'connections to the victim', target.connections())
  measured(t, 'for each node and minute', target.connections() / nodes.length / minutes)
  t.ok(target.connections() <= most, 'at most one a minute from each node')
})

/** What leads nowhere, to everybody, or to what is reachable for the node itself alone. */
const SPECIAL = [
  '/ip4/0.0.0.0/tcp/4001',
  '/ip4/0.1.2.3/tcp/4001',
  '/ip4/169.254.169.254/tcp/80',
  '/ip4/224.0.0.1/tcp/4001',
  '/ip4/239.255.255.250/tcp/1900',
  '/ip4/255.255.255.255/tcp/4001',
  '/ip4/240.0.0.1/tcp/4001',
  '/ip4/127.0.0.1/tcp/0',
  '/ip6/::/tcp/4001',
  '/ip6/fe80::1/tcp/4001',
  '/ip6/ff02::1/tcp/4001',
  '/ip6/::ffff:169.254.169.254/tcp/80',
  '/ip6/::ffff:0.0.0.0/tcp/80',
  '/ip6/64:ff9b::169.254.169.254/tcp/80',
  '/ip6zone/eth0/ip6/fe80::1/tcp/4001',
  '/unix/%2Fvar%2Frun%2Fdocker.sock'
]

attack('special addresses are dialled by nobody, whoever announces them', async t => {
  const dialled: string[] = []
  const connectionGater = {
    denyDialMultiaddr: (addr: { toString(): string }) => {
      dialled.push(addr.toString())
      return false
    }
  }
  const node = await startHonest(t, { name: 'node', host: { connectionGater } })
  const liar = await startStranger(t)
  const link = await liar.link(node)
  const subjects = SPECIAL.flatMap(addr => [0, 1, 2].map(() => ({ addr, subject: identityOf() })))
  link.send(records(subjects.map(({ addr, subject }) => recordOf(subject, { addrs: [multiaddr(addr).bytes] }))))
  await until(() => subjects.some(({ subject }) => lists(node, subject)) || !link.isOpen)
  await keepOn(scaled(4_000, 60_000), 100, () => {})
  const special = new Set(SPECIAL.filter(addr => dialled.some(text => text.startsWith(addr))))
  measured(t, 'dials of anything', dialled.length)
  t.same([...special], [], 'none of them was dialled')
})

/** A socket that takes every connection, says nothing, and counts. */
async function startTarget(t: Test): Promise<{ addrs: string[]; connections(): number }> {
  let connections = 0
  const server = createServer(socket => {
    connections++
    socket.on('error', () => {})
  })
  server.listen(0, '127.99.6.1')
  await once(server, 'listening')
  t.teardown(() => server.close())
  const { port } = server.address() as AddressInfo
  return { addrs: [`/ip4/127.99.6.1/tcp/${port}`], connections: () => connections }
}
