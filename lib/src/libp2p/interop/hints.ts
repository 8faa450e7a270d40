/**
 * Peers that were heard of on topics of another discovery. They are hints whom to dial, and nothing more: an entry of the address book
 * comes with a peer's own record.
 */
import type { PeerKey } from '../../core/index.ts'
import { groupOf } from '../addrs/addr-group.ts'

/** So many peers are kept; the one that was not heard of for longest makes room. */
const MAX_HINTS = 1_024

/** A peer says where it is every 10 s: one that was not heard of for so long is gone. */
const KEPT_MS = 300_000

/** Time before a peer is tried once more, and before one is whose connection was let go. */
const RETRY_MS = 60_000
const LEFT_ALONE_MS = 600_000

interface Hint {
  readonly addrs: readonly string[]
  heardAtMs: number
  notBeforeMs: number
  isTried: boolean
}

/** A hint that was drawn. */
export interface DrawnHint {
  readonly peer: PeerKey
  readonly addrs: readonly string[]
  /** Whether it had been drawn before. */
  readonly wasTried: boolean
}

export class Hints {
  /** BOUNDED by `MAX_HINTS`. In the order in which they were heard of last. */
  readonly #hints = new Map<PeerKey, Hint>()

  get size(): number {
    return this.#hints.size
  }

  has(peer: PeerKey): boolean {
    return this.#hints.has(peer)
  }

  /** Whether the peer is known under just these addresses. */
  knows(peer: PeerKey, addrs: readonly string[]): boolean {
    return this.#hints.get(peer)?.addrs.join() === addrs.join()
  }

  /** The peer was heard of. One with other addresses than before is tried anew. */
  put(peer: PeerKey, addrs: readonly string[], nowMs: number): void {
    const hint = this.knows(peer, addrs)
      ? this.#hints.get(peer)!
      : { addrs, heardAtMs: nowMs, notBeforeMs: nowMs, isTried: false }
    hint.heardAtMs = nowMs
    this.#hints.delete(peer)
    this.#forget(nowMs)
    this.#hints.set(peer, hint)
  }

  delete(peer: PeerKey): void {
    this.#hints.delete(peer)
  }

  /** Keeps those whose peers are still nothing but heard of. */
  filter(isKept: (peer: PeerKey) => boolean): void {
    for (const peer of this.#hints.keys()) if (!isKept(peer)) this.#hints.delete(peer)
  }

  /**
   * One to try, at random, and as likely from each group of addresses. Those that were tried before come last.
   *
   * @param isSought - whether a peer is a candidate at all
   */
  draw(isSought: (peer: PeerKey) => boolean, nowMs: number): DrawnHint | undefined {
    this.#forget(nowMs)
    const due = [...this.#hints].filter(([peer, { notBeforeMs }]) => notBeforeMs <= nowMs && isSought(peer))
    const untried = due.filter(([, { isTried }]) => !isTried)
    const groups = new Map<string, (typeof due)[number][]>()
    for (const one of untried.length > 0 ? untried : due) {
      const group = groupOf(one[1].addrs[0]!)
      groups.set(group, [...(groups.get(group) ?? []), one])
    }
    const drawn = anyOf(anyOf([...groups.values()]) ?? [])
    if (drawn === undefined) return undefined
    const [peer, hint] = drawn
    const wasTried = hint.isTried
    hint.isTried = true
    hint.notBeforeMs = nowMs + RETRY_MS
    return { peer, addrs: hint.addrs, wasTried }
  }

  /** The connection to the peer was given up: it is not tried again soon. */
  leaveAlone(peer: PeerKey, nowMs: number): void {
    const hint = this.#hints.get(peer)
    if (hint !== undefined) hint.notBeforeMs = nowMs + LEFT_ALONE_MS
  }

  #forget(nowMs: number): void {
    for (const [peer, { heardAtMs }] of this.#hints) {
      if (this.#hints.size < MAX_HINTS && nowMs - heardAtMs < KEPT_MS) return
      this.#hints.delete(peer)
    }
  }
}

function anyOf<T>(values: readonly T[]): T | undefined {
  return values[Math.floor(Math.random() * values.length)]
}
