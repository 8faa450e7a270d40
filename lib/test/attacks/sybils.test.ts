/** A flood of invented peers, by sync and by gossip. */
import type { Test } from 'tap'
import { until } from '../libp2p/nodes.ts'
import { type ApartEvent, type NodeApart, startApart } from './toolkit/apart.ts'
import { attack } from './toolkit/attack.ts'
import { measured, passing, scaled, untilOr } from './toolkit/duration.ts'
import { bookOf, startFeeder } from './toolkit/feeder.ts'
import { startFlood } from './toolkit/flood.ts'
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
    if (!isFirst) await until(() => nodes.every(node => missing(node, subjects) === 0))
    const flood = await startFlood(t, {
      targets: nodes.map(({ peer, addr }) => ({ peer, addr })),
      strangers: STRANGERS,
      each: EACH,
      published: scaled(20, 500),
      ip,
      patienceMs: scaled(3_000, 60_000)
    })
    if (isFirst) {
      await passing(500)
      first!.addPeer(feeder.addr)
    }
    const newcomer = await startApart(t, { name: 'newcomer', maxEntries: ROOM, bootstrapPeers: [first!.addr] })
    const startedMs = performance.now()
    const isKnown = (): boolean => nodes.filter(({ book }) => book.has(newcomer.peer)).length >= 0.95 * nodes.length
    await until(isKnown)
    measured(t, 'until a newcomer is in the books, ms', performance.now() - startedMs)
    await flood.over
    await untilOr(scaled(5_000, 60_000), () => [...nodes, newcomer].every(node => missing(node, subjects) <= mayMiss))
    expectHonestListed(t, nodes, newcomer, subjects, mayMiss)
    const honest = new Set([...subjects, ...nodes].map(({ peer }) => peer))
    const lost = nodes.flatMap(({ events }) => events).filter(event => hasGone(event) && honest.has(event.peer)).length
    measured(t, 'honest entries that went out of a book', lost)
    t.ok(lost <= mayMiss * nodes.length, 'no honest entry was evicted')
  })
}

/** Each in a process of its own, as nodes are: what one of them has to do keeps no other one waiting. */
async function startNodes(t: Test, feederAddr: string, isFloodFirst: boolean): Promise<NodeApart[]> {
  const nodes: NodeApart[] = []
  while (nodes.length < NODES) {
    const known = nodes.length > 0 ? [nodes[0]!.addr] : isFloodFirst ? [] : [feederAddr]
    nodes.push(await startApart(t, { name: `n${nodes.length}`, maxEntries: ROOM, bootstrapPeers: known }))
  }
  await until(() => nodes.every(node => nodes.every(other => other === node || node.book.has(other.peer))))
  return nodes
}

function expectHonestListed(
  t: Test,
  nodes: readonly NodeApart[],
  newcomer: NodeApart,
  subjects: readonly Identity[],
  mayMiss: number
): void {
  const most = Math.max(...nodes.map(node => missing(node, subjects)))
  measured(t, 'honest entries that are missing, the most', most)
  t.ok(most <= mayMiss, 'every honest entry is in every book')
  measured(t, 'honest entries that the newcomer misses', missing(newcomer, subjects))
  t.ok(missing(newcomer, subjects) <= Math.max(mayMiss, HONEST / 100), 'and nearly every one in that of a newcomer')
}

function missing({ book }: NodeApart, subjects: readonly Identity[]): number {
  return subjects.filter(({ peer }) => !book.has(peer)).length
}

function hasGone(event: ApartEvent): event is ApartEvent & { peer: string } {
  return event.type === 'left' || event.type === 'expired' || event.type === 'evicted'
}
