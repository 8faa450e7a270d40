/** Invented records with the addresses of others: nodes are not made to dial whom a stranger likes. */
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { multiaddr } from '@multiformats/multiaddr'
import type { Test } from 'tap'
import { until } from '../libp2p/nodes.ts'
import { attack } from './toolkit/attack.ts'
import { measured, passing, scaled } from './toolkit/duration.ts'
import { records } from './toolkit/frames.ts'
import { lists, startHonest, startNetwork } from './toolkit/honest.ts'
import { identityOf, recordOf } from './toolkit/identity.ts'
import { startStranger } from './toolkit/stranger.ts'

const LASTS_MS = scaled(8_000, 180_000)

attack(
  'a socket whose address stands in invented records is hardly ever dialled, not even by who knows nobody else',
  async t => {
    const target = await startTarget(t)
    const invented = (): Uint8Array =>
      recordOf(identityOf(), { epoch: Date.now(), addrs: target.addrs, name: 'victim' })
    const book = records(Array.from({ length: 100 }, invented))
    // Whoever has it for a bootstrap peer is handed invented peers, and is left alone.
    const liar = await startStranger(t, {
      gossips: false,
      onLink: async link => {
        link.send(book)
        await passing(500)
        await link.stream.close().catch(() => {})
      }
    })
    const nodes = await startNetwork(t, 3)
    for (const node of nodes) await liar.link(node)
    while (nodes.length < 6) nodes.push(await startHonest(t, { bootstrapPeers: [liar.addr] }))
    const fromMs = performance.now()
    await passing(LASTS_MS)
    const minutes = (performance.now() - fromMs) / 60_000
    measured(t, 'connections to the victim', target.connections())
    measured(t, 'for each node and minute', target.connections() / nodes.length / minutes)
    t.ok(target.connections() <= nodes.length * (1 + minutes), 'at most one a minute from each node')
  }
)

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
  await passing(scaled(4_000, 60_000))
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
