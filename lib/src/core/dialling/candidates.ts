/** Peers that the application or another discovery knows, beside those of the book. */

import { LazyMap, putBounded } from '../bounds/lazy-map.ts'
import type { DialTarget, PeerSource } from '../effects.ts'
import { BOUNDS } from '../record/announcement.ts'

/** Addresses of one bootstrap list or one local network; the oldest makes room. */
const MAX_CANDIDATES = 256

/** Somebody to dial, and those of its addresses that no stranger wrote. */
export interface Candidate extends DialTarget {
  readonly trusted: readonly string[]
}

export class Candidates {
  /** BOUNDED by `MAX_CANDIDATES`. Peers that the application named: dialled until each was reached once, and again when alone. */
  readonly #named = new Map<string, Candidate & { reached: boolean }>()
  /** BOUNDED by `MAX_CANDIDATES`. Peers that another discovery found, or a former run: dialled while connections are wanted. */
  readonly #found = new LazyMap<string, Candidate>()

  /** @param reached - the peer is connected already */
  addNamed(target: DialTarget, reached: boolean): void {
    const addrs = mergedAddrs(target.addrs, this.#named.get(target.id)?.addrs)
    putBounded(this.#named, MAX_CANDIDATES, target.id, { id: target.id, addrs, trusted: addrs, reached })
  }

  addFound(target: DialTarget, source: PeerSource): void {
    const former = this.#found.get(target.id)
    const addrs = mergedAddrs(target.addrs, former?.addrs)
    const trusted = mergedAddrs(source === 'snapshot' ? target.addrs : [], former?.trusted)
    putBounded(this.#found, MAX_CANDIDATES, target.id, { id: target.id, addrs, trusted })
  }

  /** A peer that is to be dialled, or is being dialled, with all of its addresses; no longer among those that were found. */
  take(id: string): Candidate | undefined {
    const found = this.#found.get(id)
    this.#found.delete(id)
    return this.#named.get(id) ?? found
  }

  isNamed(id: string): boolean {
    return this.#named.has(id)
  }

  reached(id: string): void {
    const named = this.#named.get(id)
    if (named !== undefined) named.reached = true
  }

  /** The named peers that are to be dialled though the book has others: each until it was reached, all while `isAlone`. */
  owed(isAlone: boolean): Candidate[] {
    const owed: Candidate[] = []
    for (const named of this.#named.values()) if (isAlone || !named.reached) owed.push(named)
    return owed
  }

  /** The next peer that was found; it is tried once. */
  takeFound(): Candidate | undefined {
    const found = this.#found.values().next().value
    if (found !== undefined) this.#found.delete(found.id)
    return found
  }
}

/** The first ones come first; as many as one record may hold. */
export function mergedAddrs(addrs: readonly string[], others: readonly string[] = []): string[] {
  return [...new Set([...addrs, ...others])].slice(0, BOUNDS.addrs)
}
