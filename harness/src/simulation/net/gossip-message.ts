import type { IssuedRecord } from '../host/issuer.ts'
import { BYTES } from './sizes.ts'

/** Gossipsub's own talk, about the one topic there is. */
export type GossipControl =
  | { readonly type: 'subscribe' | 'graft' | 'prune' }
  | { readonly type: 'ihave' | 'iwant'; readonly messages: readonly GossipMessage[] }

/**
 * A published announcement, and who has seen it: the seen caches of all machines in one place, where a copy that would come
 * second can be told as soon as it is sent.
 */
export class GossipMessage {
  readonly type = 'copy'
  readonly record: IssuedRecord
  readonly bytes: number
  readonly #publishedMs: number
  readonly #firstMs: FirstArrivals

  constructor(record: IssuedRecord, machines: number, publishedMs: number) {
    this.record = record
    this.bytes = BYTES.gossip + record.envelopeBytes
    this.#publishedMs = publishedMs
    this.#firstMs = new FirstArrivals(machines)
  }

  /** Notes a copy on its way; false when another comes before it. */
  claim(machine: number, atMs: number): boolean {
    if (machine === this.record.subject) return false
    const sinceMs = Math.fround(atMs - this.#publishedMs)
    if (sinceMs >= this.#firstMs.of(machine)) return false
    this.#firstMs.set(machine, sinceMs)
    return true
  }

  /** A copy that was to arrive at this time has been stopped: the next may be the first. */
  disclaim(machine: number, atMs: number): void {
    if (this.#isClaimed(machine, atMs)) this.#firstMs.set(machine, Number.POSITIVE_INFINITY)
  }

  /** Whether the copy that was to arrive at `atMs` and is read at `nowMs` is the first. */
  isFirst(machine: number, atMs: number, nowMs: number): boolean {
    return this.#isClaimed(machine, atMs) || this.claim(machine, nowMs)
  }

  isSeen(machine: number, nowMs: number): boolean {
    if (machine === this.record.subject) return true
    return this.#firstMs.of(machine) <= Math.fround(nowMs - this.#publishedMs)
  }

  #isClaimed(machine: number, atMs: number): boolean {
    return this.#firstMs.of(machine) === Math.fround(atMs - this.#publishedMs)
  }
}

/** A message that reaches more machines than this may reach all of them. */
const MAX_FEW = 32

/**
 * By machine: when its first copy arrives, in ms since the publication; infinity while none is under way.
 *
 * A map while they are few: of a crowd that starts, each node publishes to a neighbour or two, before it has more. Then a table.
 */
class FirstArrivals {
  readonly #machines: number
  /** BOUNDED by `MAX_FEW`. */
  #few: Map<number, number> | undefined
  #all: Float32Array | undefined

  constructor(machines: number) {
    this.#machines = machines
  }

  of(machine: number): number {
    if (this.#all !== undefined) return this.#all[machine]!
    return this.#few?.get(machine) ?? Number.POSITIVE_INFINITY
  }

  set(machine: number, sinceMs: number): void {
    if (this.#all === undefined && (this.#few?.size ?? 0) < MAX_FEW) {
      this.#few ??= new Map()
      this.#few.set(machine, sinceMs)
      return
    }
    this.#all ??= this.#table()
    this.#all[machine] = sinceMs
  }

  #table(): Float32Array {
    const table = new Float32Array(this.#machines).fill(Number.POSITIVE_INFINITY)
    for (const [machine, sinceMs] of this.#few ?? []) table[machine] = sinceMs
    this.#few = undefined
    return table
  }
}
