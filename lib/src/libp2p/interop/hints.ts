/**
 * Peers that were heard of on topics of another discovery. They are hints whom to dial, and nothing more: an entry of the address book
 * comes with a peer's own record.
 */
import { equals } from 'uint8arrays/equals'
import type { PeerKey } from '../../core/index.ts'
import { groupOf } from '../addrs/addr-group.ts'

/** So many peers are kept; the one that was not heard of for longest makes room. */
const MAX_HINTS = 1_024

/** A peer says where it is every 10 s: one that was not heard of for so long is gone. */
const KEPT_MS = 300_000

/** Time before a peer is tried once more, and before one is whose connection was let go. */
const RETRY_MS = 60_000
const LEFT_ALONE_MS = 600_000

/** A peer that was heard of. */
export interface Hint {
  /** The message, in at most 4 KiB. */
  readonly said: Uint8Array
  /** Where it says that it is: until libp2p was told, also addresses that must not be dialled. */
  addrs: readonly string[]
  /** Whether libp2p was told of the peer, since some of the addresses may be dialled. */
  isTold: boolean
  wasTried: boolean
  heardAtMs: number
  notBeforeMs: number
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

  /** The hint that the peer has given before in these very bytes, as heard of at this time. */
  heardAgain(peer: PeerKey, said: Uint8Array, nowMs: number): Hint | undefined {
    const hint = this.#hints.get(peer)
    return hint !== undefined && equals(hint.said, said) ? this.#put(peer, hint, nowMs) : undefined
  }

  /** A peer that says something new: it has not been tried. */
  add(peer: PeerKey, said: Uint8Array, addrs: readonly string[], nowMs: number): Hint {
    // Of its own, for the message may be a view of a greater buffer.
    const news = { said: said.slice(), addrs, isTold: false, wasTried: false, heardAtMs: nowMs, notBeforeMs: nowMs }
    return this.#put(peer, news, nowMs)
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
  draw(isSought: (peer: PeerKey) => boolean, nowMs: number): [PeerKey, Hint] | undefined {
    this.#forget(nowMs)
    const due = [...this.#hints].filter(([peer, hint]) => hint.isTold && hint.notBeforeMs <= nowMs && isSought(peer))
    const untried = due.filter(([, { wasTried }]) => !wasTried)
    const groups = new Map<string, [PeerKey, Hint][]>()
    for (const one of untried.length > 0 ? untried : due) {
      const group = groupOf(one[1].addrs[0]!)
      groups.set(group, [...(groups.get(group) ?? []), one])
    }
    return anyOf(anyOf([...groups.values()]) ?? [])
  }

  /** The peer is about to be dialled. */
  tried(hint: Hint, nowMs: number): void {
    hint.wasTried = true
    hint.notBeforeMs = nowMs + RETRY_MS
  }

  /** The connection to the peer was given up: it is not tried again soon. */
  leaveAlone(peer: PeerKey, nowMs: number): void {
    const hint = this.#hints.get(peer)
    if (hint !== undefined) hint.notBeforeMs = nowMs + LEFT_ALONE_MS
  }

  #put(peer: PeerKey, hint: Hint, nowMs: number): Hint {
    hint.heardAtMs = nowMs
    this.#hints.delete(peer)
    this.#forget(nowMs)
    this.#hints.set(peer, hint)
    return hint
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
