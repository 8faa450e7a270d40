/** A flood of invented peers, by sync and by gossip. */
import type { Test } from 'tap'
import { addrOf, type TestNode, until } from '../libp2p/nodes.ts'
import { attack } from './toolkit/attack.ts'
import { measured, passing, scaled, untilOr } from './toolkit/duration.ts'
import { bookOf, startFeeder } from './toolkit/feeder.ts'
import { startFlood } from './toolkit/flood.ts'
import { goneFrom, lists, startHonest } from './toolkit/honest.ts'
import type { Identity } from './toolkit/identity.ts'

/** Twice as many invented peers as a book has room for. */
const HONEST = scaled(100, 1_000)
const ROOM = scaled(1_024, 16_384)
const STRANGERS = scaled(10, 100)
const EACH = scaled(200, 1_000)
const NODES = 4

interface Flood {
  readonly what: string
  readonly ip: string | undefined
  readonly isFirst: boolean
  /** Honest entries that may be missing. */
  readonly mayMiss: number
}

const floods: Flood[] = [
  { what: 'from one group', ip: '127.99.5.1', isFirst: false, mayMiss: 0 },
  { what: 'from one group, before the honest', ip: '127.99.5.2', isFirst: true, mayMiss: 0 },
  { what: 'from as many groups', ip: undefined, isFirst: false, mayMiss: HONEST / 100 },
  { what: 'from as many groups, before the honest', ip: undefined, isFirst: true, mayMiss: HONEST / 100 }
]

for (const { what, ip, isFirst, mayMiss } of scaled(floods.slice(0, 3), floods)) {
  attack(`${STRANGERS * EACH} invented peers ${what} keep no honest one out of the books`, async t => {
    const { subjects, envelopes } = bookOf(HONEST)
    const feeder = await startFeeder(t, envelopes)
    const nodes = await startNodes(t, feeder.addr, isFirst)
    const [first] = nodes
    const evicted = goneFrom(...nodes)
    if (!isFirst) await until(() => nodes.every(node => missing(node, subjects) === 0))
    const flood = await startFlood(t, {
      targets: nodes.map(node => ({ peer: keyOf(node).peer, addr: addrOf(node) })),
      strangers: STRANGERS,
      each: EACH,
      published: scaled(20, 500),
      ip,
      patienceMs: scaled(3_000, 60_000)
    })
    if (isFirst) {
      await passing(500)
      first!.services.discovery.addPeer(feeder.addr)
    }
    const newcomer = await startHonest(t, { name: 'newcomer', maxEntries: ROOM, bootstrapPeers: [addrOf(first!)] })
    const startedMs = performance.now()
    const isKnown = (): boolean => nodes.filter(node => lists(node, keyOf(newcomer))).length >= 0.95 * nodes.length
    await until(isKnown)
    measured(t, 'until a newcomer is in the books, ms', performance.now() - startedMs)
    await flood.over
    await untilOr(scaled(5_000, 60_000), () => [...nodes, newcomer].every(node => missing(node, subjects) <= mayMiss))
    expectHonestListed(t, nodes, newcomer, subjects, mayMiss)
    const honest = new Set([...subjects.map(({ peer }) => peer), ...nodes.map(node => keyOf(node).peer)])
    const lost = evicted.filter(({ peer }) => honest.has(peer)).length
    measured(t, 'honest entries that went out of a book', lost)
    t.ok(lost <= mayMiss * nodes.length, 'no honest entry was evicted')
  })
}

async function startNodes(t: Test, feederAddr: string, isFloodFirst: boolean): Promise<TestNode[]> {
  const nodes: TestNode[] = []
  while (nodes.length < NODES) {
    const known = nodes.length > 0 ? [addrOf(nodes[0]!)] : isFloodFirst ? [] : [feederAddr]
    nodes.push(await startHonest(t, { name: `n${nodes.length}`, maxEntries: ROOM, bootstrapPeers: known }))
  }
  await until(() => nodes.every(node => nodes.every(other => other === node || lists(node, keyOf(other)))))
  return nodes
}

function expectHonestListed(
  t: Test,
  nodes: readonly TestNode[],
  newcomer: TestNode,
  subjects: readonly Identity[],
  mayMiss: number
): void {
  const most = Math.max(...nodes.map(node => missing(node, subjects)))
  measured(t, 'honest entries that are missing, the most', most)
  t.ok(most <= mayMiss, 'every honest entry is in every book')
  measured(t, 'honest entries that the newcomer misses', missing(newcomer, subjects))
  t.ok(missing(newcomer, subjects) <= Math.max(mayMiss, HONEST / 100), 'and nearly every one in that of a newcomer')
}

function missing(node: TestNode, subjects: readonly Identity[]): number {
  return subjects.filter(subject => !lists(node, subject)).length
}

function keyOf(node: TestNode): { peer: string } {
  return { peer: node.peerId.toString() }
}
