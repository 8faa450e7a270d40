/**
 * Records beyond the rate of their subject: the newest of each is kept, and taken when its turn comes. So a subject that changes at
 * any pace costs its neighbours a few records a second, and what it said last is always what they list in the end.
 */
import { LazyMap } from '../bounds/lazy-map.ts'
import { SubjectRates } from '../bounds/subject-rates.ts'
import type { AgedRecord } from '../record/aged-record.ts'
import { compareSigned, type PeerKey } from '../record/announcement.ts'

/** Beyond, the one that has waited for longest is taken before its turn: its signature is paid for, and nothing is dropped. */
const MAX_HELD = 1_024

/** Records that are due are taken together. */
const GRAIN_MS = 25

/** A verified record, and who handed it on. */
export interface HeldRecord {
  readonly aged: AgedRecord
  readonly forwarder: PeerKey
}

interface Held extends HeldRecord {
  readonly atMs: number
  readonly dueMs: number
}

export class HeldRecords {
  /** BOUNDED by `MAX_HELD`, one of each subject. The one that came first stands first. */
  readonly #held = new LazyMap<PeerKey, Held>()
  readonly #rates = new SubjectRates()
  #nextMs = Number.POSITIVE_INFINITY

  /** When a record is due. */
  get nextMs(): number {
    return this.#nextMs
  }

  get size(): number {
    return this.#held.size
  }

  /** Whether no subject has been heard of lately, but for newcomers: whatever comes may be taken at once. */
  get isIdle(): boolean {
    return this.#held.size === 0 && !this.#rates.isInUse
  }

  /** Whether a record of the subject would be kept for later. */
  wouldHold(subject: PeerKey, leaving: boolean, nowMs: number): boolean {
    return this.#rates.mayBeTakenAtMs(subject, leaving, nowMs) > nowMs
  }

  /** Whether the subject has been heard of within the last seconds: all others may be taken at once. */
  concerns(subject: PeerKey): boolean {
    return this.#held.has(subject) || this.#rates.knows(subject)
  }

  /** Keeps a record until its turn; `outdoes` an older one, is `outdone` by a newer one that is kept, or is `due` at once. */
  hold(aged: AgedRecord, forwarder: PeerKey, nowMs: number): 'held' | 'outdoes' | 'outdone' | 'due' {
    const { peer, leaving } = aged.record.announcement
    const held = this.#held.get(peer)
    if (held !== undefined && compareSigned(aged.record, held.aged.record) <= 0) return 'outdone'
    const dueMs = this.#rates.mayBeTakenAtMs(peer, leaving, nowMs)
    if (dueMs <= nowMs) {
      if (held !== undefined) this.#held.delete(peer)
      return 'due'
    }
    // A newer one does not put the turn off.
    this.#held.set(peer, { aged, forwarder, atMs: nowMs, dueMs: Math.min(dueMs, held?.dueMs ?? dueMs) })
    this.#lookAt(this.#held.size > MAX_HELD ? nowMs : dueMs)
    return held === undefined ? 'held' : 'outdoes'
  }

  /** A record of the subject was taken, and was news. */
  taken(subject: PeerKey, leaving: boolean, nowMs: number): void {
    this.#rates.taken(subject, leaving, nowMs)
  }

  /** Takes out the records whose turn has come, each as old as it is by now. */
  due(nowMs: number): HeldRecord[] {
    if (nowMs < this.#nextMs) return []
    const due: HeldRecord[] = []
    let over = this.#held.size - MAX_HELD
    this.#nextMs = Number.POSITIVE_INFINITY
    for (const [peer, held] of this.#held) {
      if (held.dueMs > nowMs && over <= 0) {
        this.#lookAt(held.dueMs)
        continue
      }
      over--
      this.#held.delete(peer)
      const ageMs = held.aged.ageMs + Math.floor(nowMs - held.atMs)
      due.push({ aged: { ...held.aged, ageMs }, forwarder: held.forwarder })
    }
    return due
  }

  #lookAt(dueMs: number): void {
    this.#nextMs = Math.min(this.#nextMs, Math.ceil(dueMs / GRAIN_MS) * GRAIN_MS)
  }
}
