/** Patient strangers that take every place they are given, and never let go. */
import { peerIdFromString } from '@libp2p/peer-id'
import type { Test } from 'tap'
import { addrOf, type TestNode, until } from '../libp2p/nodes.ts'
import { attack } from './toolkit/attack.ts'
import { isFull, keepOn, measured, scaled, untilOr } from './toolkit/duration.ts'
import { records } from './toolkit/frames.ts'
import { lists, partnersAmong, startHonest, startNetwork } from './toolkit/honest.ts'
import { recordOf } from './toolkit/identity.ts'
import { type Stranger, startStranger } from './toolkit/stranger.ts'

/** By which the library marks the links of its own choice in libp2p's peer store. */
const LINK_TAG = 'gossip-discovery'

/** Longer than a node takes for a few dials. */
const PATIENCE_MS = 30_000

const HONEST = scaled(8, 30)
const LASTS_MS = scaled(6_000, 600_000)

/** Honest partners of every node that it chose itself; in a few seconds there is no renewal yet, so any honest partner counts. */
const LEAST = scaled(1, 2)

/*
 * Strangers of as many groups are equals of the honest nodes, one group each: what a node draws is honest by chance, so how many
 * partners are is measured, not promised (PROTOCOL, "Threats").
 */

/** Beyond that many, strangers are in every book, and are partners of some nodes only: a process has no room for more connections. */
const MANY = 30
const NODES_OF_MANY = 5

const crowds: [what: string, strangers: number, ipOf: (n: number) => string | undefined][] = [
  ['3 strangers of one group', 3, () => '127.99.4.1'],
  ['12 strangers of as many groups', 12, () => undefined],
  ['30 strangers of one group', 30, () => '127.99.4.1'],
  ['30 strangers of as many groups', 30, () => undefined],
  ['300 strangers of one group', 300, () => '127.99.4.1']
]

for (const [what, strangers, ipOf] of scaled(crowds.slice(0, 2), crowds)) {
  attack(`${what} that were there first and ignore every release leave each node honest partners`, async t => {
    const victim = await startHonest(t, { name: 'victim' })
    const crowd: Stranger[] = []
    for (let n = 0; n < strangers; n++) crowd.push(await startPatient(t, ipOf(n)))
    await linkAll(crowd, [victim])
    const network = await startNetwork(t, HONEST)
    const honest = [victim, ...network]
    await linkAll(crowd, honest)
    victim.services.discovery.addPeer(addrOf(network[0]!))
    await until(() => network.every(({ peerId }) => lists(victim, { peer: peerId.toString() })))
    await churn(t, honest, crowd)
    const counts = async (): Promise<number[]> => await Promise.all(honest.map(node => count(node, honest)))
    const least = async (): Promise<number> => Math.min(...(await counts()))
    const wanted = isFull && ipOf(0) === undefined ? 0 : LEAST
    await untilOr(PATIENCE_MS, async () => (await least()) >= wanted && isWhole(honest))
    measured(t, 'honest partners of the node that has fewest', await least())
    measured(t, 'of a node, on average', (await counts()).reduce((sum, each) => sum + each, 0) / honest.length)
    measured(t, 'of the node that they met first', await count(victim, honest))
    t.ok((await least()) >= wanted, 'every node has honest partners')
    t.ok(isWhole(honest), 'every honest node lists every other')
  })
}

/** It can be dialled, answers probes, and takes no notice of a `release`. */
async function startPatient(t: Test, ip: string | undefined): Promise<Stranger> {
  return await startStranger(t, { gossips: false, ...(ip !== undefined && { ip }) })
}

/** They are in every book, and the partners of each node. */
async function linkAll(crowd: readonly Stranger[], nodes: readonly TestNode[]): Promise<void> {
  for (const stranger of crowd) {
    const addrs = [stranger.addr.split('/p2p/')[0]!]
    for (const node of crowd.length > MANY ? nodes.slice(0, NODES_OF_MANY) : nodes) {
      const link = await stranger.relink(node).catch(() => undefined)
      link?.send(records([recordOf(stranger.identity, { epoch: Date.now(), name: 'patient', addrs })]))
    }
  }
}

/** Now and then an honest node goes and another one comes, and strangers that lost a link make it anew. */
async function churn(t: Test, honest: TestNode[], crowd: readonly Stranger[]): Promise<void> {
  await keepOn(LASTS_MS, scaled(1_500, 5_000), async n => {
    const at = 1 + (n % (honest.length - 1))
    await honest[at]!.stop()
    const known = honest.find((_, i) => i !== 0 && i !== at)!
    honest[at] = await startHonest(t, { name: `new ${n}`, bootstrapPeers: [addrOf(known)] })
    await linkAll(crowd, honest)
  })
}

function isWhole(honest: readonly TestNode[]): boolean {
  return honest.every(node =>
    honest.every(({ peerId }) => peerId.equals(node.peerId) || lists(node, { peer: peerId.toString() }))
  )
}

/** Honest partners; in the long run, only those that the node has chosen itself: libp2p keeps those first. */
async function count(node: TestNode, honest: readonly TestNode[]): Promise<number> {
  const peers = partnersAmong(
    node,
    honest.map(({ peerId }) => peerId.toString())
  )
  if (!isFull) return peers.length
  const known = await Promise.all(peers.map(async peer => await node.peerStore.get(peerIdFromString(peer))))
  return known.filter(({ tags }) => [...tags.keys()].includes(LINK_TAG)).length
}
