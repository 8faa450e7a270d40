/** What a bad link does to packets, decided with a seeded chance and an argument for the time. */
import type { Links } from '../../../faults/fault.ts'

/** BOUNDED: packets under way on one wire; more are dropped, as the kernel's netem does by default. */
export const MAX_UNDER_WAY = 1_000

/** What became of the packets of one wire so far. */
export interface WireCounts {
  passed: number
  lost: number
  /** There were too many under way. */
  overflowed: number
  duplicated: number
  reordered: number
  /** Between arrival and departure, of all that passed. */
  delayMs: number
}

interface PacketUnderWay {
  packet: Buffer
  arrivedMs: number
  dueMs: number
}

export class Wire {
  readonly counts: WireCounts = { passed: 0, lost: 0, overflowed: 0, duplicated: 0, reordered: 0, delayMs: 0 }
  /** In the order of `dueMs`. */
  readonly #underWay: PacketUnderWay[] = []
  readonly #chance: () => number
  #links: Links = {}
  /** When the last packet will have been sent, at the bandwidth of the wire. */
  #freeMs = 0

  /** @param chance - numbers from 0 to 1, without 1 */
  constructor(chance: () => number) {
    this.#chance = chance
  }

  /** From the next packet on. */
  setLinks(links: Links): void {
    this.#links = links
    this.#freeMs = 0
  }

  enter(packet: Buffer, nowMs: number): void {
    const { lossRatio = 0, duplicateRatio = 0 } = this.#links
    if (this.#chance() < lossRatio) {
      this.counts.lost += 1
      return
    }
    this.#queue(packet, nowMs)
    if (this.#chance() >= duplicateRatio) return
    this.counts.duplicated += 1
    this.#queue(packet, nowMs)
  }

  /** Undefined if none is under way. */
  nextDueMs(): number | undefined {
    return this.#underWay[0]?.dueMs
  }

  /** Takes out the packets that are due. */
  leave(nowMs: number): Buffer[] {
    const firstNotDue = this.#underWay.findIndex(({ dueMs }) => dueMs > nowMs)
    return this.#take(firstNotDue === -1 ? this.#underWay.length : firstNotDue, nowMs)
  }

  /** Takes out all packets, due or not. */
  flush(nowMs: number): Buffer[] {
    return this.#take(this.#underWay.length, nowMs)
  }

  #take(count: number, nowMs: number): Buffer[] {
    const left = this.#underWay.splice(0, count)
    for (const { arrivedMs } of left) this.counts.delayMs += nowMs - arrivedMs
    this.counts.passed += left.length
    return left.map(({ packet }) => packet)
  }

  #queue(packet: Buffer, arrivedMs: number): void {
    if (this.#underWay.length >= MAX_UNDER_WAY) {
      this.counts.overflowed += 1
      return
    }
    const dueMs = this.#dueMs(packet.length, arrivedMs)
    const after = this.#underWay.findLastIndex(earlier => earlier.dueMs <= dueMs)
    this.#underWay.splice(after + 1, 0, { packet, arrivedMs, dueMs })
  }

  #dueMs(bytes: number, nowMs: number): number {
    const { latencyMs = 0, jitterMs = 0, reorderRatio = 0, bytesPerSecond } = this.#links
    let sentMs = nowMs
    if (bytesPerSecond !== undefined) {
      this.#freeMs = Math.max(this.#freeMs, nowMs) + (bytes / bytesPerSecond) * 1_000
      sentMs = this.#freeMs
    }
    if (reorderRatio > 0 && this.#chance() < reorderRatio) {
      this.counts.reordered += 1
      return sentMs
    }
    const jitter = jitterMs === 0 ? 0 : (2 * this.#chance() - 1) * jitterMs
    return sentMs + Math.max(0, latencyMs + jitter)
  }
}

/** The effect of several faults on the same link. */
export function combine(all: readonly Links[]): Links {
  const sum = (key: 'latencyMs' | 'jitterMs') => all.reduce((total, links) => total + (links[key] ?? 0), 0)
  const either = (key: 'lossRatio' | 'duplicateRatio' | 'reorderRatio') =>
    1 - all.reduce((none, links) => none * (1 - (links[key] ?? 0)), 1)
  const bytesPerSecond = Math.min(...all.map(links => links.bytesPerSecond ?? Number.POSITIVE_INFINITY))
  return {
    latencyMs: sum('latencyMs'),
    jitterMs: sum('jitterMs'),
    lossRatio: either('lossRatio'),
    duplicateRatio: either('duplicateRatio'),
    reorderRatio: either('reorderRatio'),
    ...(Number.isFinite(bytesPerSecond) && { bytesPerSecond })
  }
}

/** Equal seeds give equal numbers, from 0 to 1 (mulberry32). */
export function seededChance(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
