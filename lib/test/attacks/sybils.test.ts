/** A flood of invented peers, by sync and by gossip. */
import type { Test } from 'tap'
import { addrOf, type TestNode, until } from '../libp2p/nodes.ts'
import { attack } from './toolkit/attack.ts'
import { isFull, measured, passing, scaled, untilOr } from './toolkit/duration.ts'
import { bookOf, sendRecords, startFeeder } from './toolkit/feeder.ts'
import { goneFrom, lists, startHonest } from './toolkit/honest.ts'
import { type Identity, identityOf, recordOf } from './toolkit/identity.ts'
import { type Stranger, startStranger } from './toolkit/stranger.ts'

/** A book with room for the honest and as many more. */
const HONEST = scaled(100, 1_000)
const ROOM = scaled(256, 16_384)
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
    const flooded = flood(await startStrangers(t, ip), nodes)
    if (isFirst) {
      await passing(500)
      first!.services.discovery.addPeer(feeder.addr)
    }
    const newcomer = await startHonest(t, { name: 'newcomer', maxEntries: ROOM, bootstrapPeers: [addrOf(first!)] })
    const startedMs = performance.now()
    const isKnown = (): boolean => nodes.filter(node => lists(node, keyOf(newcomer))).length >= 0.95 * nodes.length
    await until(isKnown)
    measured(t, 'until a newcomer is in the books, ms', performance.now() - startedMs)
    await flooded
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

async function startStrangers(t: Test, ip: string | undefined): Promise<Stranger[]> {
  const strangers: Stranger[] = []
  while (strangers.length < STRANGERS) strangers.push(await startStranger(t, ip === undefined ? {} : { ip }))
  return strangers
}

/** Each hands all that it has invented to each node, and publishes some of it. */
async function flood(strangers: readonly Stranger[], nodes: readonly TestNode[]): Promise<void> {
  const flooding = strangers.map(async stranger => {
    const invented = Array.from({ length: EACH }, () => recordOf(identityOf(), { epoch: Date.now() }))
    for (const node of nodes) {
      const link = await stranger.relink(node).catch(() => undefined)
      if (link !== undefined) await Promise.race([sendRecords(link, invented, 'push'), passing(scaled(3_000, 60_000))])
    }
    for (const envelope of invented.slice(0, scaled(20, 500))) {
      await stranger.publish(envelope).catch(() => {})
      if (isFull) await passing(10)
    }
  })
  await Promise.all(flooding)
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
