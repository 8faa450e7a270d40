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
  readonly #machines: number
  /**
   * By machine: when its first copy arrives, in ms since the publication; infinity while none is under way. Made when a copy is:
   * of a crowd, most publish before they have anybody to send to.
   */
  #firstMs: Float32Array | undefined

  constructor(record: IssuedRecord, machines: number, publishedMs: number) {
    this.record = record
    this.bytes = BYTES.gossip + record.envelopeBytes
    this.#publishedMs = publishedMs
    this.#machines = machines
  }

  /** Notes a copy on its way; false when another comes before it. */
  claim(machine: number, atMs: number): boolean {
    if (machine === this.record.subject) return false
    this.#firstMs ??= new Float32Array(this.#machines).fill(Number.POSITIVE_INFINITY)
    const sinceMs = Math.fround(atMs - this.#publishedMs)
    if (sinceMs >= this.#firstMs[machine]!) return false
    this.#firstMs[machine] = sinceMs
    return true
  }

  /** A copy that was to arrive at this time has been stopped: the next may be the first. */
  disclaim(machine: number, atMs: number): void {
    if (this.#isClaimed(machine, atMs)) this.#firstMs![machine] = Number.POSITIVE_INFINITY
  }

  /** Whether the copy that was to arrive at `atMs` and is read at `nowMs` is the first. */
  isFirst(machine: number, atMs: number, nowMs: number): boolean {
    return this.#isClaimed(machine, atMs) || this.claim(machine, nowMs)
  }

  isSeen(machine: number, nowMs: number): boolean {
    if (machine === this.record.subject) return true
    return this.#firstMs !== undefined && this.#firstMs[machine]! <= Math.fround(nowMs - this.#publishedMs)
  }

  #isClaimed(machine: number, atMs: number): boolean {
    return this.#firstMs?.[machine] === Math.fround(atMs - this.#publishedMs)
  }
}
