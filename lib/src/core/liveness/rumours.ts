/** What this node tells its partners of suspects: hearsay at once, evidence in few frames where there is much of it. */

import type { Output } from '../effects.ts'
import { sendSuspicions } from '../gossip/send.ts'
import type { Suspicion } from '../gossip/sync.ts'
import type { PeerKey } from '../record/announcement.ts'
import type { Suspect } from './suspects.ts'

/** Half of a network at once is told in a few frames. */
const WAIT_MS_PER_SUSPECT = 10
const MAX_WAIT_MS = 100

export class Rumours {
  /** BOUNDED by the book. There is evidence, and partners are to be told. */
  readonly #proven = new Set<Suspect>()
  readonly #partners: () => Iterable<PeerKey>
  #notBeforeMs = Number.NEGATIVE_INFINITY

  constructor(partners: () => Iterable<PeerKey>) {
    this.#partners = partners
  }

  /** When partners are to be told of evidence. */
  get nextMs(): number {
    return this.#proven.size > 0 ? this.#notBeforeMs : Number.POSITIVE_INFINITY
  }

  /** There is evidence against the suspect; all partners are told as soon as {@link flush} may. */
  addProven(suspect: Suspect, nowMs: number): void {
    suspect.told(Math.max(nowMs, this.#notBeforeMs))
    this.#proven.add(suspect)
  }

  /** Nothing is to be told of the suspect. */
  drop(suspect: Suspect): void {
    this.#proven.delete(suspect)
  }

  /** One at once. The more there are, the longer the next wait for company: a frame is dearer than a suspicion. */
  flush(nowMs: number): Output[] {
    if (this.#proven.size === 0 || nowMs < this.#notBeforeMs) return []
    const proven = [...this.#proven]
    this.#proven.clear()
    this.#notBeforeMs = nowMs + Math.min(proven.length * WAIT_MS_PER_SUSPECT, MAX_WAIT_MS)
    return this.tell(proven, undefined, nowMs)
  }

  /** To all partners but one, who has told this node. */
  tell(suspects: Iterable<Suspect>, except: PeerKey | undefined, nowMs: number): Output[] {
    const out: Output[] = []
    const suspicions: Suspicion[] = []
    for (const suspect of suspects) {
      const { peer, timeoutMs, isSpread } = suspect
      if (!isSpread) out.push({ type: 'suspected', peer, timeoutMs })
      suspect.isSpread = true
      suspicions.push(suspect.suspicion(nowMs))
    }
    for (const partner of this.#partners()) {
      if (partner !== except) out.push(...sendSuspicions(partner, suspicions))
    }
    return out
  }
}
