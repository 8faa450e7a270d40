import type { Random } from '@gossip-discovery/libp2p/core'
import { hash32 } from '@gossip-discovery/libp2p/core'
import type { EventQueue } from '../host/event-queue.ts'
import type { Cut } from './cuts.ts'
import { type LinkModel, type Shaping, type WorseLinks, withLinks } from './links.ts'
import { BYTES } from './sizes.ts'

/** Something that waits until a cut heals. */
export interface Waiting {
  /** Tries again; false when there is still no way through. */
  retry(): boolean
}

/** Linux: a retransmission waits for a round trip and at least this, then twice as long each time. */
const MIN_RETRANSMISSION_MS = 200
const MAX_RETRANSMISSION_MS = 120_000
const MAX_RETRANSMISSIONS = 15
const PACKET_BYTES = 1_448

export class Network {
  /** Of every machine that no worse links are in force for. */
  link: LinkModel
  readonly #queue: EventQueue
  readonly #random: Random
  readonly #seed: number
  readonly #cuts: Cut[] = []
  readonly #healed: { readonly cut: Cut; readonly atMs: number }[] = []
  readonly #waiting = new Set<Waiting>()
  readonly #worse: WorseLinks[] = []
  /** By machine: until when what it has sent takes the bandwidth that it has. */
  readonly #busyUntilMs = new Map<number, number>()

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

  /** How long a message that `from` sends at `atMs` is under way, its lost packets sent again. */
  transitMs(deviation: number, bytes: number, from: number, atMs: number): number {
    const link = this.#worse.length === 0 ? this.link : this.#linkOf(from)
    const { latencyMs, spreadMs, jitterMs, lossRatio, shaping } = link
    const jitter = jitterMs === 0 ? 0 : jitterMs * (2 * this.#random() - 1)
    let transitMs = Math.max(0, latencyMs + spreadMs * deviation + jitter)
    if (shaping !== undefined) transitMs = this.#shapedMs(shaping, transitMs, bytes, from, atMs)
    return lossRatio === 0 ? transitMs : transitMs + this.#retransmissionMs(link, bytes, from)
  }

  /** Whether what `from` sends to `to` gets lost at this moment. */
  isCut(from: number, to: number): boolean {
    for (const cut of this.#cuts) {
      if (!cut.stops(from, to)) continue
      cut.stopped++
      return true
    }
    return false
  }

  /** Whether a connection between the two can be used in both directions. */
  isWhole(a: number, b: number): boolean {
    return !this.#cuts.some(cut => cut.stops(a, b) || cut.stops(b, a))
  }

  /** Whether a cut in one direction keeps the machine from answering, or others from asking it. */
  isHalfDeaf(machine: number): boolean {
    return this.#cuts.some(({ halfDeaf }) => halfDeaf.has(machine))
  }

  /** Whether a cut has kept `subject` from answering `observer`, or anybody, at any moment since then. */
  wasCutSince(observer: number, subject: number, sinceMs: number): boolean {
    if (!this.isWhole(observer, subject) || this.isHalfDeaf(subject)) return true
    return this.#healed.some(({ cut, atMs }) => {
      if (atMs < sinceMs) return false
      return cut.stops(observer, subject) || cut.stops(subject, observer) || cut.halfDeaf.has(subject)
    })
  }

  /** Whether a cut has kept the machine apart from the rest at any moment since then. */
  wasApartSince(machine: number, sinceMs: number): boolean {
    if (this.#cuts.some(({ named }) => named.has(machine))) return true
    return this.#healed.some(({ cut, atMs }) => atMs >= sinceMs && cut.named.has(machine))
  }

  addCut(cut: Cut): void {
    this.#cuts.push(cut)
  }

  heal(cut: Cut): void {
    this.#cuts.splice(this.#cuts.indexOf(cut), 1)
    this.#healed.push({ cut, atMs: this.nowMs })
    for (const waiting of [...this.#waiting]) if (waiting.retry()) this.#waiting.delete(waiting)
  }

  /** The last one in force says what a link does, where several say it. */
  addWorseLinks(worse: WorseLinks): void {
    this.#worse.push(worse)
  }

  removeWorseLinks(worse: WorseLinks): void {
    this.#worse.splice(this.#worse.indexOf(worse), 1)
  }

  awaitHealing(waiting: Waiting): void {
    this.#waiting.add(waiting)
  }

  /** When TCP, which has sent in vain since `sinceMs`, tries again. */
  nextRetransmissionMs(sinceMs: number): number {
    let waitMs = firstRetransmissionMs(this.link)
    let atMs = sinceMs + waitMs
    while (atMs < this.nowMs) {
      waitMs = Math.min(2 * waitMs, MAX_RETRANSMISSION_MS)
      atMs += waitMs
    }
    return atMs
  }

  #worseOf(machine: number): WorseLinks[] {
    return this.#worse.filter(({ machines }) => machines.has(machine))
  }

  #linkOf(machine: number): LinkModel {
    let link = this.link
    for (const worse of this.#worseOf(machine)) {
      worse.sent++
      link = withLinks(link, worse.links)
    }
    return link
  }

  #shapedMs(shaping: Shaping, transitMs: number, bytes: number, from: number, atMs: number): number {
    const { duplicateRatio, reorderRatio, bytesPerSecond } = shaping
    const happens = (ratio: number) => ratio > 0 && this.#random() < ratio
    const isOvertaking = happens(reorderRatio)
    const copies = happens(duplicateRatio) ? 2 : 1
    const waitMs = bytes <= BYTES.segment ? 0 : this.#queueMs(bytesPerSecond, bytes, copies, from, atMs)
    for (const worse of this.#worseOf(from)) {
      worse.overtaking += Number(isOvertaking)
      worse.duplicated += copies - 1
      worse.held += Number(waitMs > 0)
    }
    return waitMs + (isOvertaking ? 0 : transitMs)
  }

  /** Until the message is sent, after those before it. Bare segments, which dials reckon ahead, pass between the others. */
  #queueMs(bytesPerSecond: number, bytes: number, copies: number, from: number, atMs: number): number {
    const packets = Math.ceil(bytes / PACKET_BYTES)
    const freeAtMs = Math.max(atMs, this.#busyUntilMs.get(from) ?? 0)
    const takesMs = (1_000 * (bytes + packets * BYTES.segment)) / bytesPerSecond
    this.#busyUntilMs.set(from, freeAtMs + copies * takesMs)
    return freeAtMs + takesMs - atMs
  }

  /** Packets go side by side: the message has arrived when the unluckiest has. */
  #retransmissionMs(link: LinkModel, bytes: number, from: number): number {
    let longestMs = 0
    for (let packets = Math.ceil(bytes / PACKET_BYTES); packets > 0; packets--) {
      let delayMs = 0
      let waitMs = firstRetransmissionMs(link)
      for (let tries = 0; tries < MAX_RETRANSMISSIONS && this.#random() < link.lossRatio; tries++) {
        for (const worse of this.#worseOf(from)) worse.lost++
        delayMs += waitMs
        waitMs = Math.min(2 * waitMs, MAX_RETRANSMISSION_MS)
      }
      longestMs = Math.max(longestMs, delayMs)
    }
    return longestMs
  }
}

function firstRetransmissionMs({ latencyMs }: LinkModel): number {
  return MIN_RETRANSMISSION_MS + 2 * latencyMs
}
