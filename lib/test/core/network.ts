/** A few cores in virtual time on a network without loss: whatever happens here is the protocol's doing, never the clock's. */
import type { GroupOf } from '../../src/core/bounds/group.ts'
import { type DiscoveryInit, resolveConfig } from '../../src/core/config.ts'
import { Discovery, type Host } from '../../src/core/discovery.ts'
import type { SyncMessage } from '../../src/core/gossip/sync.ts'
import { seededRandom } from '../../src/core/random.ts'
import type { PeerKey, SignedAnnouncement } from '../../src/core/record/announcement.ts'
import { peersOf } from './records.ts'
import { Stranger } from './stranger.ts'
import { type Links, type Member, TestNode } from './test-node.ts'

export { type Member, signed, TestNode } from './test-node.ts'

/** A message from one node to another, unless a test asks for slower links. */
const LATENCY_MS = 5

/** A connection, from dial to open stream. */
const HANDSHAKE_MS = 20

/** When virtual time 0 is, for epochs. */
const WALL_CLOCK_MS = 1_700_000_000_000

export interface TestNodeInit extends DiscoveryInit {
  bootstrap?: PeerKey[]
  epoch?: number
}

export class Network implements Links {
  nowMs = 0
  readonly #nodes = new Map<PeerKey, TestNode>()
  /** Nodes and strangers. */
  readonly #members = new Map<PeerKey, Member>()
  readonly #links = new Map<PeerKey, Set<PeerKey>>()
  /** Each connection as `dialler>listener`. */
  readonly #dialled = new Set<string>()
  readonly #cuts = new Set<string>()
  readonly #queue: { atMs: number; order: number; run: () => void }[] = []
  readonly #seed: number
  readonly #groupOf: GroupOf
  readonly #latencyMs: number
  #scheduled = 0

  /**
   * @param seed - of all chance of all nodes
   * @param groupOf - every address is a group of its own by default
   * @param latencyMs - of a message between two nodes
   */
  constructor(seed = 0, groupOf: GroupOf = addr => addr, latencyMs = LATENCY_MS) {
    this.#seed = seed
    this.#groupOf = groupOf
    this.#latencyMs = latencyMs
  }

  /** Starts a node, or a former one again: with a greater epoch unless its clock was set back. */
  start(peer: PeerKey, init: TestNodeInit = {}): TestNode {
    const { bootstrap = [], epoch = WALL_CLOCK_MS + this.nowMs, ...options } = init
    const host = { random: seededRandom(1_000 * this.#seed + this.#nodes.size + 1), groupOf: this.#groupOf }
    const discovery = new Discovery(resolveConfig(options), { peer, epoch }, host, this.nowMs)
    const node = new TestNode(this, peer, discovery)
    this.#nodes.set(peer, node)
    this.join(node)
    // The first announcement carries addresses, as it does in production.
    node.take({ type: 'content-changed', content: { addrs: [`/${peer}`] } })
    for (const id of bootstrap) node.take({ type: 'peer-found', target: targetOf(id), source: 'named' })
    return node
  }

  /** Somebody who is no node of ours takes part. */
  join(member: Member): void {
    this.#members.set(member.peer, member)
  }

  /** Ends a node without a word; its partners see their connections break. */
  crash(peer: PeerKey): void {
    this.#nodes.delete(peer)
    this.#members.delete(peer)
    for (const other of [...(this.#links.get(peer) ?? [])]) this.disconnect(peer, other)
  }

  /** Says farewell and ends once that is delivered. */
  stop(peer: PeerKey): void {
    const node = this.#nodes.get(peer)!
    node.take({ type: 'leave' })
    this.after(2 * this.#latencyMs, () => {
      if (this.runs(node)) this.crash(peer)
    })
  }

  /** Somebody who speaks the protocol and keeps to no rule of it; it hands no gossip on. */
  stranger(peer: PeerKey): Stranger {
    const stranger = new Stranger(this, peer)
    this.join(stranger)
    return stranger
  }

  /** Nothing passes between the two any more, and neither notices. */
  cut(one: PeerKey, other: PeerKey): void {
    this.#cuts.add(pairOf(one, other))
  }

  heal(): void {
    this.#cuts.clear()
  }

  disconnect(one: PeerKey, other: PeerKey): void {
    if (this.#links.get(one)?.delete(other) !== true) return
    this.#links.get(other)!.delete(one)
    for (const connection of [`${one}>${other}`, `${other}>${one}`]) this.#dialled.delete(connection)
    this.#members.get(one)?.take({ type: 'partner-closed', peer: other })
    this.#members.get(other)?.take({ type: 'partner-closed', peer: one })
  }

  /**
   * For nodes: closes the connection that it dialled, or that of the other if it dialled none, once what was said before has arrived.
   * Two nodes that dialled each other at once stay connected.
   */
  hangUp(one: PeerKey, other: PeerKey): void {
    this.after(this.#latencyMs, () => {
      const isOwn = this.#dialled.delete(`${one}>${other}`)
      if (!isOwn || !this.#dialled.has(`${other}>${one}`)) this.disconnect(one, other)
    })
  }

  run(durationMs: number): void {
    const endMs = this.nowMs + durationMs
    while (this.#queue.length > 0 && this.#queue[0]!.atMs <= endMs) this.#step()
    this.nowMs = endMs
  }

  /**
   * @returns how long it took, in ms
   * @throws {Error} with every book when the condition does not hold within the limit
   */
  until(condition: () => boolean, limitMs: number): number {
    const startMs = this.nowMs
    while (!condition()) {
      const next = this.#queue[0]
      if (next === undefined || next.atMs > startMs + limitMs)
        throw new Error(`not within ${limitMs} ms: ${this.books()}`)
      this.#step()
    }
    return this.nowMs - startMs
  }

  /** Whether every node lists exactly these others, itself apart. */
  allList(...peers: PeerKey[]): boolean {
    return [...this.#nodes.values()].every(
      ({ peer, book }) =>
        book.size === peers.filter(other => other !== peer).length &&
        peers.every(other => other === peer || book.get(other) !== undefined)
    )
  }

  /** Whether each of these nodes can be reached from the first one, by way of each other and of links that both ends want. */
  isWhole(peers: readonly PeerKey[]): boolean {
    const reached = new Set(peers.slice(0, 1))
    for (const peer of reached) for (const other of peers) if (this.#arePartners(peer, other)) reached.add(other)
    return reached.size === peers.length
  }

  books(): string {
    return [...this.#nodes.values()].map(({ peer, book }) => `${peer} lists ${peersOf(book).join(' ')}`).join(', ')
  }

  after(delayMs: number, run: () => void): void {
    const event = { atMs: this.nowMs + delayMs, order: this.#scheduled++, run }
    this.#queue.splice(this.#placeOf(event.atMs), 0, event)
  }

  /** Whether the node has not ended. */
  runs(node: TestNode): boolean {
    return this.#nodes.get(node.peer) === node
  }

  /** For nodes: a message on its way. */
  send(from: PeerKey, to: PeerKey, message: SyncMessage): void {
    if (this.#links.get(from)?.has(to) !== true) return
    this.after(this.#latencyMs, () => {
      if (!this.#isCut(from, to)) this.#members.get(to)?.hear(from, message)
    })
  }

  /** For nodes: gossip floods along the connections. */
  publish(from: PeerKey, record: SignedAnnouncement): void {
    const reached = new Set([from])
    let frontier = [from]
    for (let hops = 1; frontier.length > 0; hops++) {
      frontier = frontier.flatMap(peer => this.#neighbors(peer)).filter(peer => !reached.has(peer))
      for (const peer of frontier) {
        if (reached.has(peer)) continue
        reached.add(peer)
        this.after(hops * this.#latencyMs, () => this.#members.get(peer)?.hearGossip(from, record))
      }
    }
  }

  /** For nodes: connects, or tells why not. */
  dial(from: TestNode, id: string, timeoutMs: number): void {
    const isCut = this.#isCut(from.peer, id)
    this.after(isCut ? timeoutMs : HANDSHAKE_MS, () => {
      const reached = !isCut && this.#members.has(id) && this.#nodes.get(from.peer) === from
      if (reached) this.connect(from.peer, id)
      from.take({ type: 'dialled', id, outcome: reached ? 'reached' : isCut ? 'failed' : 'refused' })
    })
  }

  /** Connects two nodes that run, the first as the dialler. */
  connect(from: PeerKey, to: PeerKey): void {
    if (this.#dialled.has(`${from}>${to}`)) return
    this.#dialled.add(`${from}>${to}`)
    for (const [one, other] of [
      [from, to],
      [to, from]
    ] as const) {
      this.#links.set(one, (this.#links.get(one) ?? new Set()).add(other))
    }
    this.#members.get(to)!.take({ type: 'partner-opened', peer: from, initiator: false, addr: `/${from}` })
    this.#members.get(from)!.take({ type: 'partner-opened', peer: to, initiator: true, addr: `/${to}` })
  }

  #neighbors(peer: PeerKey): PeerKey[] {
    return [...(this.#links.get(peer) ?? [])].filter(other => !this.#isCut(peer, other))
  }

  #arePartners(one: PeerKey, other: PeerKey): boolean {
    const overlays = [one, other].map(peer => this.#nodes.get(peer)!.discovery.overlay)
    return overlays[0]!.has(other) && overlays[1]!.has(one)
  }

  #isCut(one: PeerKey, other: PeerKey): boolean {
    return this.#cuts.size > 0 && this.#cuts.has(pairOf(one, other))
  }

  /** Behind whatever happens no later. By halving: nodes that replan leave thousands of events behind. */
  #placeOf(atMs: number): number {
    let from = 0
    let to = this.#queue.length
    while (from < to) {
      const middle = (from + to) >>> 1
      if (this.#queue[middle]!.atMs <= atMs) from = middle + 1
      else to = middle
    }
    return from
  }

  #step(): void {
    const { atMs, run } = this.#queue.shift()!
    this.nowMs = atMs
    run()
  }
}

/** Every address is a group of its own. */
export function testHost(seed: number): Host {
  return { random: seededRandom(seed), groupOf: addr => addr }
}

function targetOf(id: PeerKey): { id: string; addrs: string[] } {
  return { id, addrs: [`/${id}`] }
}

function pairOf(one: PeerKey, other: PeerKey): string {
  return one < other ? `${one},${other}` : `${other},${one}`
}
