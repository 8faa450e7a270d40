import { test } from 'tap'
import { RateLimiter } from '../../../src/core/bounds/rate-limiter.ts'
import type { Output } from '../../../src/core/effects.ts'
import { Liveness } from '../../../src/core/liveness/liveness.ts'
import { Network, type TestNode } from '../network.ts'

const MINUTE_MS = 60_000
const PEERS = Array.from({ length: 10 }, (_, i) => `n${i}`)

test('a crash is seen within seconds by those who were not connected, too', async t => {
  const { network, nodes } = settledNetwork()
  network.crash('n4')
  const tookMs = network.until(() => network.allList(...PEERS.filter(peer => peer !== 'n4')), 5_000)
  t.ok(tookMs < 3_000, `took ${tookMs} ms`)
  for (const node of nodes.filter(({ peer }) => peer !== 'n4'))
    t.equal(node.events.filter(isAbout('n4')).at(-1), 'expired n4')
})

test('a node that falls silent with its connections open is gone within seconds', async t => {
  const { network, nodes } = settledNetwork()
  for (const peer of PEERS) network.cut('n4', peer)
  const others = nodes.filter(({ peer }) => peer !== 'n4')
  const tookMs = network.until(() => others.every(({ book }) => book.get('n4') === undefined), 20_000)
  t.ok(tookMs < 5_000, `took ${tookMs} ms`)
})

test('whoever was heard of lately is probed last', async t => {
  const liveness = new Liveness(0)
  for (const partner of ['a', 'b', 'c']) liveness.opened(partner)
  liveness.heard('a', 50_000)
  liveness.heard('b', 50_900)
  const probed = [51_000, 52_000, 53_000].flatMap(nowMs => liveness.probeNext(nowMs))
  t.same(probed, [ping('c'), ping('a'), ping('b')])
})

test('a node that has just started probes nobody', async t => {
  const liveness = new Liveness(1_000)
  liveness.opened('a')
  const firstMs = liveness.nextDeadlineMs()
  t.ok(firstMs > 6_000, `${firstMs} ms`)
  t.same(liveness.probeNext(firstMs - 1), [])
  t.same(liveness.probeNext(firstMs), [ping('a')])
})

test('a partner that somebody else suspects has to answer at once, or is let go', async t => {
  const { network, nodes } = settledNetwork()
  const [node] = nodes
  const [suspect, from] = [...node!.discovery.overlay.partners]
  const { epoch, seq } = node!.book.get(suspect!)!.record.announcement
  network.cut('n0', suspect!)
  node!.hear(from!, { type: 'suspicions', suspicions: [{ peer: suspect!, epoch, seq, refused: false, leftMs: 0 }] })
  network.run(1_600)
  t.notOk(node!.discovery.overlay.has(suspect!))
})

test('a suspect that is asked on its link is sent what it has to answer there', async t => {
  const { network, nodes } = settledNetwork()
  const [node] = nodes
  const [suspect, from] = [...node!.discovery.overlay.partners]
  const { epoch, seq } = node!.book.get(suspect!)!.record.announcement
  network.run(100)
  const heard: string[] = []
  nodes.find(({ peer }) => peer === suspect)!.hear = (_, { type }) => heard.push(type)
  node!.hear(from!, { type: 'suspicions', suspicions: [{ peer: suspect!, epoch, seq, refused: true, leftMs: 0 }] })
  network.run(10)
  t.same(heard, ['suspicions', 'ping'])
})

test('a connection that breaks between two live nodes costs nobody its entry', async t => {
  const { network, nodes } = settledNetwork()
  for (const peer of PEERS) network.disconnect('n4', peer)
  network.run(MINUTE_MS)
  t.ok(network.allList(...PEERS))
  for (const node of nodes) t.notOk(node.events.some(event => event.startsWith('expired')))
})

test('two halves that were cut apart list everybody again soon after healing', async t => {
  const { network } = settledNetwork()
  for (const one of PEERS.slice(0, 5)) for (const other of PEERS.slice(5)) network.cut(one, other)
  network.run(2 * MINUTE_MS)
  t.notOk(network.allList(...PEERS))
  network.heal()
  network.until(() => network.allList(...PEERS), 20_000)
})

test('a liar who suspects everybody, again and again, drops nobody', async t => {
  const { network, nodes } = settledNetwork()
  const before = announcementsOf(nodes)
  for (let second = 0; second < 60; second++) {
    suspectEverybody(network, nodes)
    network.run(1_000)
    t.ok(network.allList(...PEERS), `after ${second} s`)
  }
  const perNodeAndSecond = (announcementsOf(nodes) - before) / nodes.length / 60
  t.ok(perNodeAndSecond < 6, `each node announced ${perNodeAndSecond} times a second`)
})

test('a suspicion of an older announcement is answered with the newer one, as old as it is', async t => {
  const { network, nodes } = settledNetwork()
  const { discovery, book } = nodes[0]!
  const entry = book.get('n4')!
  const { epoch } = entry.record.announcement
  const message = {
    type: 'suspicions',
    suspicions: [{ peer: 'n4', epoch, seq: 0, refused: false, leftMs: 0 }]
  } as const
  const outputs = discovery.handle({ type: 'message', from: 'n1', message }, network.nowMs)
  const answers = outputs.flatMap(output => (output.type === 'send' ? [output.message] : []))
  const ageMs = Math.floor(network.nowMs - entry.bornAtMs)
  t.same(answers, [{ type: 'records', records: [{ record: entry.record, ageMs, isHearsay: false }] }])
  t.ok(ageMs > 0)
})

test('a suspicion is handed on with the number that this node has seen, whatever number it came with', async t => {
  const { network, nodes } = settledNetwork()
  const { discovery, book } = nodes[0]!
  const stranger = [...book.values()].find(({ record }) => !discovery.overlay.has(record.announcement.peer))!
  const { peer, epoch, seq } = stranger.record.announcement
  const [from] = discovery.overlay.partners
  const forged = {
    type: 'suspicions',
    suspicions: [{ peer, epoch: epoch + 1, seq: 99, refused: true, leftMs: 0 }]
  } as const
  const outputs = discovery.handle({ type: 'message', from: from!, message: forged }, network.nowMs)
  const handedOn = outputs.flatMap(output => (output.type === 'send' ? [output] : []))
  t.not(handedOn.length, 0)
  for (const { to, message } of handedOn) {
    t.same(message, { type: 'suspicions', suspicions: [{ peer, epoch, seq, refused: true, leftMs: 0 }] })
    t.not(to, from)
  }
})

test('a bucket admits its burst, then its rate, and no key pays for another', async t => {
  const limiter = new RateLimiter({ burst: 3, perSecond: 2, keys: 10 })
  const admitted = (key: string, nowMs: number) => [1, 2, 3, 4, 5].filter(() => limiter.admits(key, nowMs)).length
  t.equal(admitted('a', 0), 3)
  t.equal(admitted('a', 499), 0)
  t.equal(admitted('a', 500), 1)
  t.equal(admitted('b', 500), 3)
  t.equal(admitted('a', MINUTE_MS), 3, 'never more than a burst')
})

function settledNetwork(): { network: Network; nodes: TestNode[] } {
  const network = new Network()
  const nodes = PEERS.map((peer, i) => network.start(peer, { bootstrap: i === 0 ? [] : ['n0'] }))
  network.run(MINUTE_MS)
  return { network, nodes }
}

/** Every node hears from one of its partners that every other is gone, under numbers from old to impossible. */
function suspectEverybody(network: Network, nodes: TestNode[]): void {
  for (const node of nodes) {
    const [liar] = node.discovery.overlay.partners
    for (const [peer, i] of PEERS.map((peer, i) => [peer, i] as const)) {
      const epoch = node.book.get(peer)?.record.announcement.epoch ?? node.discovery.version.epoch
      const seq = i % 2 === 0 ? Number.MAX_SAFE_INTEGER : (node.book.get(peer)?.record.announcement.seq ?? 1)
      network.after(0, () =>
        node.hear(liar!, { type: 'suspicions', suspicions: [{ peer, epoch, seq, refused: true, leftMs: 0 }] })
      )
    }
  }
}

function announcementsOf(nodes: TestNode[]): number {
  return nodes.reduce((sum, node) => sum + node.announced.length, 0)
}

function isAbout(peer: string): (event: string) => boolean {
  return event => event.endsWith(` ${peer}`) && !event.startsWith('suspected')
}

function ping(to: string): Output {
  return { type: 'send', to, message: { type: 'ping' } }
}
