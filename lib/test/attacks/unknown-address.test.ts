/** Records that this version cannot use in whole or in part: whoever hands them on is not to blame. */

import { multiaddr } from '@multiformats/multiaddr'
import type { Test } from 'tap'
import * as varint from 'uint8-varint'
import { concat } from 'uint8arrays/concat'
import { addrOf, type TestNode, until } from '../libp2p/nodes.ts'
import { attack } from './toolkit/attack.ts'
import { keepOn, measured, scaled } from './toolkit/duration.ts'
import { records } from './toolkit/frames.ts'
import { entryOf, goneFrom, liveOnes, partnersAmong, startHonest, streamsBetween } from './toolkit/honest.ts'
import { identityOf, recordOf } from './toolkit/identity.ts'
import { startStranger } from './toolkit/stranger.ts'

/** No protocol of multiaddr has this number. */
const UNKNOWN = 0x3f_ff_01
const KNOWN = '/ip4/127.0.0.1/tcp/4001'

const unknown = concat([varint.encode(UNKNOWN), Uint8Array.of(4, 1, 2, 3, 4)])
const unknownAfterKnown = concat([multiaddr(KNOWN).bytes, varint.encode(UNKNOWN)])

const usable: [what: string, addrs: (string | Uint8Array)[], listed: string[]][] = [
  ['an unknown protocol beside a known one', [unknown, KNOWN], [KNOWN]],
  ['nothing but an unknown protocol', [unknown], []],
  ['a known protocol with an unknown one upon it', [KNOWN, unknownAfterKnown], [KNOWN]]
]

attack(
  'a record with addresses of another version is listed without them, also behind a node that knows them as little',
  async t => {
    const nodes = await startChain(t, 3)
    const [gone, streams] = [goneFrom(...nodes), streamsBetween(nodes)]
    const stranger = await startStranger(t)
    for (const [what, addrs, listed] of usable) {
      const subject = identityOf()
      ;(await stranger.relink(nodes[0]!)).send(records([recordOf(subject, { addrs })]))
      await until(
        () => nodes.every(node => entryOf(node, subject) !== undefined),
        () => what
      )
      for (const node of nodes) {
        t.same(entryOf(node, subject)!.multiaddrs.map(String), listed, `${what}: only what can be used is listed`)
      }
    }
    await expectUnharmed(t, nodes, streams, gone)
  }
)

const useless: [what: string, envelope: () => Uint8Array][] = [
  ['another version of the payload', () => recordOf(identityOf(), { payloadType: '/gossip-discovery/announcement/2' })],
  ['another payload', () => recordOf(identityOf(), { payloadType: '/gossip-discovery/something-else/1' })],
  ['a name with a line break', () => recordOf(identityOf(), { name: 'two\nlines' })],
  ['a ttl of a year', () => recordOf(identityOf(), { ttlMs: 365 * 86_400_000 })],
  ['an address that is cut short', () => recordOf(identityOf(), { addrs: [Uint8Array.of(4, 127, 0)] })],
  ['an address without bytes', () => recordOf(identityOf(), { addrs: [new Uint8Array()] })]
]

attack('a record that this version cannot use costs its forwarder nothing, nor the records beside it', async t => {
  const nodes = await startChain(t, 3)
  const [gone, streams] = [goneFrom(...nodes), streamsBetween(nodes)]
  const stranger = await startStranger(t)
  const link = await stranger.link(nodes[0]!)
  for (const [what, envelope] of useless) {
    const before = identityOf()
    const after = identityOf()
    link.send(records([recordOf(before), envelope(), recordOf(after)]))
    await until(
      () => nodes.every(node => [before, after].every(subject => entryOf(node, subject) !== undefined)),
      () => what
    )
    t.ok(link.isOpen, `${what}: the link is open, and what came beside it is listed`)
  }
  await expectUnharmed(t, nodes, streams, gone)
})

/** Each is the partner of the one before it, and has no other. */
async function startChain(t: Test, size: number): Promise<TestNode[]> {
  const nodes = [await startHonest(t, { targetConnections: 1 })]
  while (nodes.length < size) {
    nodes.push(await startHonest(t, { targetConnections: 1, bootstrapPeers: [addrOf(nodes.at(-1)!)] }))
  }
  await until(() => nodes.every(({ services }) => services.discovery.addressBook.size >= size - 1))
  return nodes
}

async function expectUnharmed(
  t: Test,
  nodes: readonly TestNode[],
  streams: ReturnType<typeof streamsBetween>,
  gone: ReturnType<typeof goneFrom>
): Promise<void> {
  await keepOn(scaled(500, 20_000), 20, streams.look)
  measured(t, 'sync streams that there were between honest nodes', streams.count())
  t.ok(streams.count() <= nodes.length, 'no honest node cut another one off')
  const peers = nodes.map(({ peerId }) => peerId.toString())
  t.ok(nodes.every(node => partnersAmong(node, peers).length > 0))
  t.equal(liveOnes(gone, ...nodes).length, 0)
}
