import type { Random } from '@gossip-discovery/libp2p/core'
import { hash32 } from '@gossip-discovery/libp2p/core'
import type { EventQueue } from '../host/event-queue.ts'

/** The links between any two machines. All times are one way. */
export interface LinkModel {
  /** Mean over all links. */
  latencyMs: number
  /** Links differ from the mean by at most this, each for good. */
  spreadMs: number
  /** Messages of one link differ by at most this, each for itself. */
  jitterMs: number
  /** Share of packets that are lost. TCP sends them again, so a loss is a delay. */
  lossRatio: number
  /** Share of dials that fail for no reason. */
  dialFailureRatio: number
}

/** Who is cut off from all others; `outbound` cuts only what the members send, `inbound` only what is sent to them. */
export interface Cut {
  readonly members: ReadonlySet<number>
  readonly direction: 'both' | 'outbound' | 'inbound'
  /** Packets that it has stopped. */
  stopped: number
}

/** Something that waits until a cut heals. */
export interface Waiting {
  /** Tries again; false when there is still no way through. */
  retry(): boolean
}

/** Linux: a retransmission waits for a round trip and at least this, then twice as long each time. */
const MIN_RETRANSMISSION_MS = 200
const MAX_RETRANSMISSION_MS = 120_000
const PACKET_BYTES = 1_448

export class Network {
  link: LinkModel
  /** Messages handed to it so far. */
  sent = 0
  /** Packets that were lost and sent again. */
  retransmissions = 0
  readonly #queue: EventQueue
  readonly #random: Random
  readonly #seed: number
  readonly #cuts: Cut[] = []
  readonly #waiting = new Set<Waiting>()

  constructor(queue: EventQueue, link: LinkModel, random: Random, seed: number) {
    this.#queue = queue
    this.link = link
    this.#random = random
    this.#seed = seed
  }

  get nowMs(): number {
    return this.#queue.nowMs
  }

  /** How far a link's latency is from the mean, as a share of the spread: from -1 to 1, equal in both directions. */
  deviation(a: number, b: number): number {
    const pair = `${Math.min(a, b)} ${Math.max(a, b)}`
    return hash32(pair, this.#seed) / 2 ** 31 - 1
  }

  /** How long a message is under way, its lost packets sent again. */
  transitMs(deviation: number, bytes: number): number {
    const { latencyMs, spreadMs, jitterMs, lossRatio } = this.link
    this.sent++
    const jitter = jitterMs === 0 ? 0 : jitterMs * (2 * this.#random() - 1)
    const transitMs = Math.max(0, latencyMs + spreadMs * deviation + jitter)
    return lossRatio === 0 ? transitMs : transitMs + this.#retransmissionMs(bytes)
  }

  /** Whether what `from` sends to `to` gets lost at this moment. */
  isCut(from: number, to: number): boolean {
    for (const cut of this.#cuts) {
      if (!stops(cut, from, to)) continue
      cut.stopped++
      return true
    }
    return false
  }

  /** Whether a connection between the two can be used in both directions. */
  isWhole(a: number, b: number): boolean {
    return !this.#cuts.some(cut => stops(cut, a, b) || stops(cut, b, a))
  }

  /** Whether a cut in one direction keeps the machine from answering, or others from asking it. */
  isHalfDeaf(machine: number): boolean {
    return this.#cuts.some(({ members, direction }) => direction !== 'both' && members.has(machine))
  }

  addCut(cut: Cut): void {
    this.#cuts.push(cut)
  }

  heal(cut: Cut): void {
    this.#cuts.splice(this.#cuts.indexOf(cut), 1)
    for (const waiting of [...this.#waiting]) if (waiting.retry()) this.#waiting.delete(waiting)
  }

  awaitHealing(waiting: Waiting): void {
    this.#waiting.add(waiting)
  }

  /** When TCP, which has sent in vain since `sinceMs`, tries again. */
  nextRetransmissionMs(sinceMs: number): number {
    let waitMs = this.#firstRetransmissionMs()
    let atMs = sinceMs + waitMs
    while (atMs < this.nowMs) {
      waitMs = Math.min(2 * waitMs, MAX_RETRANSMISSION_MS)
      atMs += waitMs
    }
    return atMs
  }

  /** Packets go side by side: the message has arrived when the unluckiest has. */
  #retransmissionMs(bytes: number): number {
    let longestMs = 0
    for (let packets = Math.ceil(bytes / PACKET_BYTES); packets > 0; packets--) {
      let delayMs = 0
      let waitMs = this.#firstRetransmissionMs()
      while (this.#random() < this.link.lossRatio) {
        this.retransmissions++
        delayMs += waitMs
        waitMs *= 2
      }
      longestMs = Math.max(longestMs, delayMs)
    }
    return longestMs
  }

  #firstRetransmissionMs(): number {
    return MIN_RETRANSMISSION_MS + 2 * this.link.latencyMs
  }
}

function stops({ members, direction }: Cut, from: number, to: number): boolean {
  const fromMember = members.has(from)
  if (fromMember === members.has(to)) return false
  return direction === 'both' || (direction === 'outbound') === fromMember
}
