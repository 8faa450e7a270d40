/** Liars repeat what a crashed node has said, as if it were new. */
import type { Test } from 'tap'
import { addrOf, type TestNode, until } from '../libp2p/nodes.ts'
import { type NodeApart, startApart } from './toolkit/apart.ts'
import { attack } from './toolkit/attack.ts'
import { keepOn, measured, scaled } from './toolkit/duration.ts'
import { records } from './toolkit/frames.ts'
import { goneFrom, lists, startNetwork } from './toolkit/honest.ts'
import type { Heard } from './toolkit/ledger.ts'
import { type Liar, startLiar } from './toolkit/liar.ts'

const LIARS = 10
/** The fastest pace that there is, so that there is much to repeat. */
const PACE = { announceIntervalMs: 100, entryTtlMs: 3_000, maxAnnouncementsPerSecond: 1_000 } as const

/** Of a node that only liars know. */
const TTL_MS = 1_500

/** How many of the last heartbeats are repeated. */
const REPEATED = 1_000

/** Until a crash is noticed everywhere without liars; on a host with other work three times as long. */
const GONE_WITHIN_MS = scaled(9_000, 3_000)

attack(
  'ten liars that repeat the last heartbeats of a crashed node keep it in no book, and bring it back to none',
  async t => {
    const nodes = await startNetwork(t, 5)
    const crashing = await startApart(t, { name: 'crashing', ...PACE, bootstrapPeers: [addrOf(nodes[0]!)] })
    const liars = await startLiars(t, nodes)
    const heard = () => liars[0]!.ledger.all.filter(({ peer }) => peer === crashing.peer)
    await until(() => nodes.every(node => lists(node, crashing)) && heard().length >= scaled(10, 100))
    const joined = joinsOf(nodes, crashing)
    const gone = goneFrom(...nodes)
    crashing.signal('SIGKILL')
    const killedAtMs = performance.now()
    await keepOn(scaled(5_000, 30_000), 50, n => repeat(liars, heard().slice(-REPEATED), n))
    await until(() => nodes.every(node => !lists(node, crashing)))
    const lastMs = Math.max(...gone.filter(({ peer }) => peer === crashing.peer).map(({ atMs }) => atMs))
    measured(t, 'from the crash until gone from every book, ms', lastMs - killedAtMs)
    t.ok(lastMs - killedAtMs <= GONE_WITHIN_MS, 'as fast as without them')
    t.same(joined, [], 'and it did not come back')
  }
)

attack(
  'versions that liars have withheld keep a crashed node in the books for one ttl after the last of them',
  async t => {
    const nodes = await startNetwork(t, 3)
    const liars = await startLiars(t, nodes)
    // Its only partner is a liar, nobody else can dial it, and all that is known of it is what the liars hand on.
    const victim = await startApart(t, {
      name: 'victim',
      announceIntervalMs: 300,
      entryTtlMs: TTL_MS,
      listens: false,
      targetConnections: 1,
      bootstrapPeers: [liars[0]!.addr]
    })
    const withheld = await withholdThree(nodes, liars, victim)
    victim.signal('SIGKILL')
    const said = () => liars[0]!.ledger.all.filter(({ peer }) => peer === victim.peer)
    for (const { envelope } of withheld) {
      for (const liar of liars) liar.sendAll(records([envelope]))
      await keepOn(500, 50, n => repeat(liars, said(), n))
    }
    await keepOn(TTL_MS + 2_000, 50, n => repeat(liars, said(), n))
    t.ok(
      nodes.every(node => !lists(node, victim)),
      'gone from every book'
    )
  }
)

/** Liars hand on what they hear of the victim until every node lists it, and nothing of what comes then. */
async function withholdThree(nodes: readonly TestNode[], liars: readonly Liar[], victim: NodeApart): Promise<Heard[]> {
  const { ledger } = liars[0]!
  const heard = () => ledger.all.filter(({ peer }) => peer === victim.peer)
  let handedOn = 0
  await until(() => {
    for (const { envelope } of heard().slice(handedOn)) for (const liar of liars) liar.sendAll(records([envelope]))
    handedOn = heard().length
    return nodes.every(node => lists(node, victim))
  })
  await until(() => heard().length >= handedOn + 3)
  return heard().slice(handedOn)
}

async function startLiars(t: Test, nodes: readonly TestNode[]): Promise<Liar[]> {
  const liars: Liar[] = []
  while (liars.length < LIARS) liars.push(await startLiar(t, [nodes[liars.length % nodes.length]!]))
  return liars
}

/** By sync in both kinds of frame, and by gossip; the newest in each round, and a part of the others. */
async function repeat(liars: readonly Liar[], heard: readonly Heard[], round: number): Promise<void> {
  if (heard.length === 0) return
  const envelopes = [heard.at(-1)!, heard[round % heard.length]!].map(({ envelope }) => envelope)
  for (const liar of liars) {
    for (const kind of ['records', 'push'] as const) liar.sendAll(records(envelopes, 0, kind))
  }
  const liar = liars[round % liars.length]!
  // Gossipsub itself refuses what it has published before.
  await liar.publish(envelopes[1]!).catch(() => {})
}

function joinsOf(nodes: readonly TestNode[], { peer }: NodeApart): string[] {
  const joined: string[] = []
  for (const node of nodes) {
    node.services.discovery.addressBook.addEventListener('joined', ({ detail }) => {
      if (detail.peerId.toString() === peer) joined.push(node.peerId.toString())
    })
  }
  return joined
}
