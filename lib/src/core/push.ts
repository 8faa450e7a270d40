/** Fresh records on their way to every partner: the first at once, those that follow closely together. */
import type { PeerKey } from './announcement.ts'
import type { Output } from './effects.ts'
import { type AgedRecord, recordsMessages } from './sync.ts'

/** A crowd that joins at once costs frames, not floods; a lone newcomer does not wait. */
const PUSH_INTERVAL_MS = 10

export class Push {
  /** BOUNDED by what arrives within one interval. Each record with the partner that it came from. */
  #fresh: { aged: AgedRecord; from: PeerKey | undefined }[] = []
  #notBeforeMs = 0

  /** When {@link flush} has something to hand on. */
  get nextMs(): number {
    return this.#fresh.length > 0 ? this.#notBeforeMs : Number.POSITIVE_INFINITY
  }

  add(aged: AgedRecord, from: PeerKey | undefined): void {
    this.#fresh.push({ aged, from })
  }

  flush(partners: Iterable<PeerKey>, nowMs: number): Output[] {
    return nowMs < this.nextMs ? [] : this.flushNow(partners, nowMs)
  }

  /** Every fresh record to every partner, but not back to where it came from, nor to its own subject. */
  flushNow(partners: Iterable<PeerKey>, nowMs: number): Output[] {
    const fresh = this.#fresh
    this.#fresh = []
    this.#notBeforeMs = nowMs + PUSH_INTERVAL_MS
    return [...partners].flatMap(to => {
      const records = fresh.filter(({ aged, from }) => from !== to && aged.record.announcement.peer !== to)
      return recordsMessages(records.map(({ aged }) => aged)).map(message => ({ type: 'send', to, message }) as const)
    })
  }
}
