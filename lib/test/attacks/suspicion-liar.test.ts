/** Suspicions that are not true, at any rate: nobody who lives goes out of a book, and who has crashed goes out in time. */
import type { Test } from 'tap'
import { addrOf, type TestNode, until } from '../libp2p/nodes.ts'
import { type NodeApart, startApart } from './toolkit/apart.ts'
import { attack } from './toolkit/attack.ts'
import { isFull, keepOn, measured, scaled } from './toolkit/duration.ts'
import { type Gone, goneFrom, lists, liveOnes, startNetwork } from './toolkit/honest.ts'
import { type Liar, type Lie, lies, startLiar, stayLinked } from './toolkit/liar.ts'

const NODES = 10
const LASTS_MS = scaled(4_000, 60_000)

/** Until a crash is noticed everywhere; on a host with other work three times as long. */
const GONE_WITHIN_MS = scaled(9_000, 3_000)

interface Attack {
  readonly what: string
  /** How many of the nodes the liar is linked to. */
  readonly links: number
  readonly everyMs: number
  /** In each frame. */
  readonly suspicions: number
  readonly lie?: Omit<Lie, 'about'>
  /** Left to `npm run attacks`. */
  readonly fullOnly?: true
}

const attacks: Attack[] = [
  { what: '8 suspicions each 100 ms', links: NODES, everyMs: 100, suspicions: 8 },
  { what: '10,000 suspicions a second', links: 2, everyMs: 50, suspicions: 250, fullOnly: true },
  { what: '10,000 suspicions a second over one honest node to all others', links: 1, everyMs: 50, suspicions: 500 },
  {
    what: 'suspicions of versions that are yet to come',
    links: NODES,
    everyMs: 100,
    suspicions: 20,
    lie: { ahead: 3 }
  },
  {
    what: 'suspicions of the number before',
    links: NODES,
    everyMs: 100,
    suspicions: 20,
    lie: { ahead: -1 },
    fullOnly: true
  },
  {
    what: 'silence, and much time left',
    links: 3,
    everyMs: 50,
    suspicions: 50,
    lie: { refused: false, leftMs: 2 ** 31 },
    fullOnly: true
  }
]

for (const { what, links, everyMs, suspicions, lie, fullOnly } of attacks) {
  if (fullOnly === true && !isFull) continue
  attack(`one liar with ${what} drops no live entry, and a real crash is noticed meanwhile`, async t => {
    const nodes = await startNetwork(t, NODES)
    const crashing = await startApart(t, { name: 'crashing', bootstrapPeers: [addrOf(nodes[0]!)] })
    await until(() => nodes.every(node => lists(node, crashing)))
    const liar = await startLiar(t, nodes.slice(0, links))
    const gone = goneFrom(...nodes)
    const about = nodes.map(({ peerId }) => peerId.toString())
    let killedAtMs: number | undefined
    const startedAtMs = performance.now()
    await keepOn(LASTS_MS, everyMs, async () => {
      for (const link of await stayLinked(liar, nodes.slice(0, links)))
        link.send(lies(liar, { about, ...lie }, suspicions))
      if (killedAtMs !== undefined || performance.now() < startedAtMs + LASTS_MS / 4) return
      crashing.signal('SIGKILL')
      killedAtMs = performance.now()
    })
    await expectCrashNoticed(t, nodes, crashing, killedAtMs!, gone)
    expectNobodyDropped(t, gone, nodes, liar)
  })
}

async function expectCrashNoticed(
  t: Test,
  nodes: readonly TestNode[],
  crashed: NodeApart,
  killedAtMs: number,
  gone: readonly Gone[]
): Promise<void> {
  await until(() => nodes.every(node => !lists(node, crashed)))
  const lastMs = Math.max(...gone.filter(({ peer }) => peer === crashed.peer).map(({ atMs }) => atMs))
  measured(t, 'from the crash until gone from every book, ms', lastMs - killedAtMs)
  t.ok(lastMs - killedAtMs <= GONE_WITHIN_MS, 'who has crashed is gone from every book in time')
}

function expectNobodyDropped(t: Test, gone: readonly Gone[], nodes: readonly TestNode[], liar: Liar): void {
  const dropped = liveOnes(gone, ...nodes)
  measured(
    t,
    'suspicions sent, bytes',
    liar.links.reduce((sum, { bytes }) => sum + bytes.sent, 0)
  )
  measured(t, 'live entries dropped', dropped.length)
  t.equal(dropped.length, 0, 'nobody who lives was dropped')
}
