/** Networks under virtual time: quiet ones stay whole, and patient strangers do not come between a node and its network. */
import assert from 'node:assert/strict'
import { test } from 'tap'
import type { Input } from '../../../src/core/effects.ts'
import type { SyncMessage } from '../../../src/core/gossip/sync.ts'
import { seededRandom } from '../../../src/core/random.ts'
import { type Member, Network, signed, type TestNode } from '../network.ts'
import { announcement } from '../records.ts'

test('quiet networks of 8 to 14 nodes stay whole for ten minutes, whatever their target', async t => {
  for (const [targetConnections, seeds] of [
    [1, 8],
    [2, 2],
    [3, 2]
  ] as const) {
    let longestTornMs = 0
    for (let seed = 1; seed <= seeds; seed++) {
      const network = new Network(seed)
      const nodes = startAll(network, 8 + (seed % 7), { targetConnections })
      network.run(5_000)
      let tornMs = 0
      for (let second = 0; second < 600; second += 5) {
        network.run(5_000)
        tornMs = islandsOf(nodes) > 1 ? tornMs + 5_000 : 0
        longestTornMs = Math.max(longestTornMs, tornMs)
      }
      const expired = nodes.flatMap(({ events }) => events.filter(event => event.startsWith('expired')))
      assert.deepEqual(expired, [], `seed ${seed}`)
      const degrees = nodes.map(({ discovery }) => discovery.overlay.size)
      assert.ok(Math.max(...degrees) <= 2 * Math.max(targetConnections, Math.min(targetConnections, 2) + 1))
    }
    // With one link each, parts that chose each other are joined by the dials to peers that fade, and no entry is lost meanwhile.
    if (targetConnections > 1) t.equal(longestTornMs, 0)
  }
})

test('patient strangers of one group in every book: after minutes of churn nodes have two honest links of their own choice', async t => {
  for (const [strangers, rounds] of [
    [3, 30],
    [30, 20]
  ] as const) {
    const { own, links, isWhole } = surrounded(40, strangers, rounds, peer =>
      peer.startsWith('liar') ? 'liars' : peer
    )
    t.ok(mean(own) >= 1.95, `${mean(own)} on average, ${strangers} strangers`)
    t.ok(own.filter(honest => honest >= 2).length >= 0.9 * own.length, 'nearly all have two')
    t.ok(Math.min(...own) >= 1, 'and none is without')
    t.ok(mean(links) >= 2, 'beside those that honest others chose')
    t.ok(isWhole, 'every honest node lists every other')
  }
})

test('patient strangers in as many groups as they are: honest draws keep the honest connected', async t => {
  for (const [strangers, expected] of [
    [3, 1.95],
    [30, 1.2]
  ] as const) {
    const { own, links, isWhole } = surrounded(40, strangers, 20, peer => peer)
    t.ok(mean(own) >= expected, `${mean(own)} honest ones of two, ${strangers} strangers`)
    t.ok(mean(links) >= 2, `${mean(links)} honest links`)
    t.ok(isWhole, 'every honest node lists every other')
  }
})

/** Churn among honest nodes, one in eleven seconds, each of them held by every stranger as well. */
function surrounded(honest: number, strangers: number, rounds: number, groupOfPeer: (peer: string) => string) {
  const network = new Network(honest + strangers, addr => groupOfPeer(addr.slice(1)))
  const random = seededRandom(strangers)
  const nodes = startAll(network, honest)
  network.run(20_000)
  const liars = Array.from({ length: strangers }, (_, i) => new Stranger(network, `liar-${i}`))
  for (let round = 0; round < rounds; round++) {
    for (const liar of liars) for (const node of nodes) network.connect(liar.peer, node.peer)
    if (round % 6 === 0) for (const liar of liars) liar.announce()
    if (round < rounds - 5) {
      const index = Math.floor(random() * nodes.length)
      const { peer } = nodes[index]!
      network.crash(peer)
      network.run(1_000)
      nodes[index] = network.start(peer, {
        bootstrap: nodes
          .filter(node => node.peer !== peer)
          .slice(0, 2)
          .map(node => node.peer)
      })
    }
    network.run(10_000)
  }
  const isHonest = (peer: string) => !peer.startsWith('liar')
  const byPeer = new Map(nodes.map(node => [node.peer, node]))
  const own = nodes.map(
    ({ discovery: { overlay } }) =>
      [...overlay.partners].filter(peer => isHonest(peer) && overlay.isChosen(peer)).length
  )
  const links = nodes.map(
    ({ peer: self, discovery: { overlay } }) =>
      [...overlay.partners].filter(
        peer => isHonest(peer) && (overlay.isChosen(peer) || byPeer.get(peer)!.discovery.overlay.isChosen(self))
      ).length
  )
  const isWhole = nodes.every(({ peer, book }) => nodes.every(other => other.peer === peer || book.has(other.peer)))
  return { own, links, isWhole }
}

function startAll(network: Network, count: number, init: { targetConnections?: number } = {}): TestNode[] {
  const nodes: TestNode[] = []
  for (let i = 0; i < count; i++) {
    network.after(i * 37, () => {
      nodes.push(network.start(`${i}`, { ...init, bootstrap: i === 0 ? [] : ['0'] }))
    })
  }
  network.run(count * 37)
  return nodes
}

/** In every book, connected to everybody, answers every dial and probe, and never lets go; nothing else. */
class Stranger implements Member {
  readonly peer: string
  readonly #network: Network
  #seq = 0

  constructor(network: Network, peer: string) {
    this.#network = network
    this.peer = peer
    network.join(this)
  }

  announce(): void {
    const { peer } = this
    this.#network.publish(peer, signed(announcement({ peer, seq: ++this.#seq, addrs: [`/${peer}`], ttlMs: 3_600_000 })))
  }

  hear(from: string, message: SyncMessage): void {
    if (message.type === 'ping') this.#network.send(this.peer, from, { type: 'pong' })
  }

  take(_input: Input): void {}

  hearGossip(): void {}
}

/** Groups of nodes between which no partner leads. */
function islandsOf(nodes: readonly TestNode[]): number {
  const byPeer = new Map(nodes.map(node => [node.peer, node]))
  let islands = 0
  const unseen = new Set(byPeer.keys())
  for (const start of byPeer.keys()) {
    if (!unseen.delete(start)) continue
    islands++
    const open = [start]
    for (let peer = open.pop(); peer !== undefined; peer = open.pop()) {
      for (const other of byPeer.get(peer)!.discovery.overlay.partners) if (unseen.delete(other)) open.push(other)
    }
  }
  return islands
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
