/** Suspicions that are not true, at any rate, from any number of sides: what they must not do, and what must go on beside them. */
import fc from 'fast-check'
import { test } from 'tap'
import { RateLimiter } from '../../../src/core/bounds/rate-limiter.ts'
import type { Suspicion } from '../../../src/core/gossip/sync.ts'
import { SuspicionPower } from '../../../src/core/liveness/suspicion-power.ts'
import { Network, type TestNode } from '../network.ts'
import type { Stranger } from '../stranger.ts'

const PEERS = Array.from({ length: 10 }, (_, i) => `n${i}`)
const MINUTE_MS = 60_000

/** Each node hears of each other so often: 10,000 suspicions a second in all, also of the newest version there is. */
const ROUND_MS = 10

for (const leftMs of [0, 1]) {
  const what = leftMs === 0 ? 'hearsay' : 'evidence'
  test(`a liar at 10,000 suspicions a second, as ${what}, drops nobody, and a crash meanwhile is seen in time`, async t => {
    const { network, nodes } = settledNetwork()
    for (const node of nodes) takeOneASecond(network, node)
    const liar = network.stranger('liar')
    liar.connect(...PEERS)
    accuseEverybody(network, liar, nodes, leftMs)
    network.run(MINUTE_MS / 4)
    t.same(dropped(nodes), [])
    network.crash('n4')
    const others = nodes.filter(({ peer }) => peer !== 'n4')
    const tookMs = network.until(() => others.every(({ book }) => !book.has('n4')), 5_000)
    t.ok(tookMs <= 3_000, `took ${tookMs} ms`)
    network.run(MINUTE_MS / 4)
    t.same([...new Set(dropped(others))], ['expired n4'])
    t.ok(network.allList(...PEERS.filter(peer => peer !== 'n4')))
  })
}

test('a liar that has lost its power causes no more announcements', async t => {
  const { network, nodes } = settledNetwork()
  const liar = network.stranger('liar')
  liar.connect(...PEERS)
  accuseEverybody(network, liar, nodes, 1)
  network.run(MINUTE_MS / 4)
  const before = announcementsOf(nodes)
  network.run(MINUTE_MS / 4)
  const perSecond = (announcementsOf(nodes) - before) / 15
  t.ok(perSecond < 4, `${perSecond} a second, of ten nodes that announce one a second anyway`)
})

test('behind an honest node a liar drops nobody either, and that node is still believed', async t => {
  const { network, nodes } = settledNetwork()
  const liar = network.stranger('liar')
  liar.connect('n3')
  accuseEverybody(network, liar, nodes, 1)
  network.run(MINUTE_MS)
  t.same(dropped(nodes), [])
  const [witness, other] = [
    nodes[3]!,
    nodes.find(({ peer, discovery }) => peer !== 'n3' && discovery.overlay.has('n3'))!
  ]
  const suspect = [...witness.book.values()]
    .map(({ record }) => record.announcement)
    .find(({ peer }) => peer !== other.peer && !other.discovery.overlay.has(peer))!
  const { peer, epoch, seq } = suspect
  const outputs = other.discovery.handle(
    {
      type: 'message',
      from: 'n3',
      message: { type: 'suspicions', suspicions: [{ peer, epoch, seq: seq + 1, refused: false, leftMs: 0 }] }
    },
    network.nowMs
  )
  t.ok(
    outputs.some(output => output.type === 'suspected' && output.peer === peer),
    'its word is passed on'
  )
})

test('a power that is lost comes back, and honest forwarders never lose theirs', async t => {
  const power = new SuspicionPower()
  let refuted = 0
  for (; power.isBelieved('liar', 9, 0); refuted++) power.chargeReporter('liar', 9, 0)
  t.equal(refuted, 123, '96 and three for each entry of the book')
  t.ok(power.isBelieved('other', 9, 0))
  t.notOk(power.isBelieved('liar', 9, 3_000))
  t.ok(power.isBelieved('liar', 9, 4_000), 'one more every three seconds')
  fc.assert(
    fc.property(
      fc.array(fc.record({ waitMs: fc.nat(20_000), chosen: fc.boolean(), times: fc.nat(50) }), { maxLength: 50 }),
      fc.nat(2_000),
      (lies, size) => {
        const [forwarder, receiver] = [new SuspicionPower(), new SuspicionPower()]
        let nowMs = 0
        for (const { waitMs, chosen, times } of lies) {
          nowMs += waitMs
          const word = chosen ? 'chosen' : 'inbound'
          for (let i = 0; i < times; i++) {
            if (!forwarder.mayRelay(word, size, nowMs)) continue
            forwarder.chargeRelay(word, size, nowMs)
            receiver.chargeReporter('forwarder', size, nowMs)
          }
          if (!receiver.isBelieved('forwarder', size, nowMs)) return false
        }
        return true
      }
    )
  )
})

function settledNetwork(): { network: Network; nodes: TestNode[] } {
  const network = new Network()
  const nodes = PEERS.map((peer, i) => network.start(peer, { bootstrap: i === 0 ? [] : ['n0'] }))
  network.run(MINUTE_MS)
  return { network, nodes }
}

/** Refutations get through as seldom as that, so that only what a node believes can save an entry. */
function takeOneASecond(network: Network, node: TestNode): void {
  const limiter = new RateLimiter({ burst: 1, perSecond: 1, keys: PEERS.length })
  node.admits = ({ announcement }) => limiter.admits(announcement.peer, network.nowMs)
}

/** For ever: every node that the liar is connected to hears that every other is gone, under the number that it lists. */
function accuseEverybody(network: Network, liar: Stranger, nodes: readonly TestNode[], leftMs: number): void {
  for (const { peer, book } of nodes) {
    const suspicions: Suspicion[] = [...book.values()].map(({ record }) => {
      const { peer, epoch, seq } = record.announcement
      return { peer, epoch, seq, refused: true, leftMs }
    })
    const own = nodes.find(other => other.peer === peer)!.discovery.version
    liar.say(peer, { type: 'suspicions', suspicions: [...suspicions, { peer, ...own, refused: true, leftMs }] })
  }
  network.after(ROUND_MS, () => accuseEverybody(network, liar, nodes, leftMs))
}

function dropped(nodes: readonly TestNode[]): string[] {
  return nodes.flatMap(({ events }) => events.filter(event => event.startsWith('expired')))
}

function announcementsOf(nodes: readonly TestNode[]): number {
  return nodes.reduce((sum, { announced }) => sum + announced.length, 0)
}
