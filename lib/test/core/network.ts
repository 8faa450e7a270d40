/** A few cores in virtual time on a network without loss: whatever happens here is the protocol's doing, never the clock's. */
import type { GroupOf } from '../../src/core/bounds/group.ts'
import { type DiscoveryInit, resolveConfig } from '../../src/core/config.ts'
import { Discovery, type Host } from '../../src/core/discovery.ts'
import type { Input, Output } from '../../src/core/effects.ts'
import type { SyncMessage } from '../../src/core/gossip/sync.ts'
import { seededRandom } from '../../src/core/random.ts'
import type { AgedRecord } from '../../src/core/record/aged-record.ts'
import {
  type Announcement,
  type PeerKey,
  type SignedAnnouncement,
  signedAnnouncement
} from '../../src/core/record/announcement.ts'
import { contentHashOf, peersOf } from './records.ts'
import { Stranger } from './stranger.ts'

/** A message from one node to another. */
const LATENCY_MS = 5

/** A connection, from dial to open stream. */
const HANDSHAKE_MS = 20

/** When virtual time 0 is, for epochs. */
const WALL_CLOCK_MS = 1_700_000_000_000

export interface TestNodeInit extends DiscoveryInit {
  bootstrap?: PeerKey[]
  epoch?: number
}

/** Somebody whom the network delivers to, honest or not. */
export interface Member {
  readonly peer: PeerKey
  take(input: Input): void
  hear(from: PeerKey, message: SyncMessage): void
  hearGossip(from: PeerKey, record: SignedAnnouncement): void
}

export class Network {
  nowMs = 0
  readonly #nodes = new Map<PeerKey, TestNode>()
  /** Nodes and strangers. */
  readonly #members = new Map<PeerKey, Member>()
  readonly #links = new Map<PeerKey, Set<PeerKey>>()
  readonly #cuts = new Set<string>()
  readonly #queue: { atMs: number; order: number; run: () => void }[] = []
  readonly #seed: number
  readonly #groupOf: GroupOf
  #scheduled = 0

  /**
   * @param seed - of all chance of all nodes
   * @param groupOf - every address is a group of its own by default
   */
  constructor(seed = 0, groupOf: GroupOf = addr => addr) {
    this.#seed = seed
    this.#groupOf = groupOf
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
    this.#nodes.get(peer)!.take({ type: 'leave' })
    this.after(2 * LATENCY_MS, () => this.crash(peer))
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
    this.#members.get(one)?.take({ type: 'partner-closed', peer: other })
    this.#members.get(other)?.take({ type: 'partner-closed', peer: one })
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
    this.after(LATENCY_MS, () => {
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
        this.after(hops * LATENCY_MS, () => this.#members.get(peer)?.hearGossip(from, record))
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
    if (this.#links.get(from)?.has(to) === true) return
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

export class TestNode implements Member {
  readonly peer: PeerKey
  readonly discovery: Discovery
  /** What became of the book and what was ignored, such as `joined b` and `ignored b stale`. */
  readonly events: string[] = []
  /** Every announcement that this node asked to be signed. */
  readonly announced: Announcement[] = []
  /** Says which of the records that matter the adapter hands to the core; another may be put in its place. */
  admits: (record: SignedAnnouncement) => boolean = () => true
  readonly #network: Network
  /** When the one timer goes off, or infinity. */
  #timerMs = Number.POSITIVE_INFINITY

  constructor(network: Network, peer: PeerKey, discovery: Discovery) {
    this.#network = network
    this.peer = peer
    this.discovery = discovery
  }

  get book(): Discovery['book'] {
    return this.discovery.book
  }

  take(input: Input): void {
    for (const output of this.discovery.handle(input, this.#network.nowMs)) this.#perform(output)
    this.#armTimer()
  }

  /** As an adapter hands a partner's message on: without records that are no news. */
  hear(from: PeerKey, message: SyncMessage): void {
    if (!this.discovery.overlay.isConnected(from)) return
    const news = 'records' in message ? { ...message, records: this.#mattering(message.records) } : message
    this.take({ type: 'message', from, message: news })
  }

  hearGossip(from: PeerKey, record: SignedAnnouncement): void {
    if (this.#matters({ record, ageMs: 0 })) this.take({ type: 'gossip', from, record })
  }

  /** Most inputs put the deadline off: a timer that goes off too soon is armed again. */
  #armTimer(): void {
    const deadlineMs = this.discovery.nextDeadlineMs(this.#network.nowMs)
    if (deadlineMs >= this.#timerMs) return
    this.#timerMs = deadlineMs
    this.#network.after(Math.max(0, deadlineMs - this.#network.nowMs), () => {
      if (this.#timerMs !== deadlineMs) return
      this.#timerMs = Number.POSITIVE_INFINITY
      if (!this.#network.runs(this)) return
      if (this.discovery.nextDeadlineMs(this.#network.nowMs) <= this.#network.nowMs) this.take({ type: 'tick' })
      else this.#armTimer()
    })
  }

  #mattering(records: readonly AgedRecord[]): AgedRecord[] {
    return records.filter(aged => this.#matters(aged))
  }

  #matters({ record, ageMs }: AgedRecord): boolean {
    const interest = this.discovery.interestIn(record.announcement, ageMs)
    return interest !== 'known' && interest !== 'outlived' && this.admits(record)
  }

  #perform(output: Output): void {
    switch (output.type) {
      case 'announce':
        this.announced.push(output.announcement)
        this.#network.after(0, () => this.take({ type: 'signed', record: signed(output.announcement) }))
        break
      case 'publish':
        this.#network.publish(this.peer, output.record)
        break
      case 'send':
        this.#network.send(this.peer, output.to, output.message)
        break
      case 'dial':
        this.#network.dial(this, output.target.addrs[0]!.slice(1), output.timeoutMs)
        break
      case 'hang-up':
        // What was said before arrives before.
        this.#network.after(LATENCY_MS, () => this.#network.disconnect(this.peer, output.peer))
        break
      case 'suspected':
      case 'refuted':
        this.events.push(`${output.type} ${output.peer}`)
        break
      case 'warned':
        this.events.push(`warned ${output.warning.code}`)
        break
      case 'ignored':
        this.events.push(`ignored ${output.peer} ${output.reason}`)
        break
      case 'renew':
        break
      default:
        if ('entry' in output) this.events.push(`${output.type} ${output.entry.record.announcement.peer}`)
    }
  }
}

/** Every address is a group of its own. */
export function testHost(seed: number): Host {
  return { random: seededRandom(seed), groupOf: addr => addr }
}

export function signed(announcement: Announcement): SignedAnnouncement {
  const text = JSON.stringify({ ...announcement, metadata: [...announcement.metadata] })
  return signedAnnouncement(announcement, new TextEncoder().encode(text), contentHashOf(announcement))
}

function targetOf(id: PeerKey): { id: string; addrs: string[] } {
  return { id, addrs: [`/${id}`] }
}

function pairOf(one: PeerKey, other: PeerKey): string {
  return one < other ? `${one},${other}` : `${other},${one}`
}
