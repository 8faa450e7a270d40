/**
 * What a partner has to hear that lists a peer which is gone from this book. Without a word the two books would differ until the
 * peer's next announcement.
 */
import type { AddressBook } from '../book/address-book.ts'
import { agedEntry } from '../book/entry.ts'
import { Recent } from '../bounds/recent.ts'
import { type AgedRecord, agedRecord } from '../record/aged-record.ts'
import { compareVersions, type PeerKey, type SignedAnnouncement } from '../record/announcement.ts'
import type { PeerVersion, Suspicion, SyncMessage } from './sync.ts'
import { recordsMessages, suspicionMessages } from './sync.ts'

/** A partner is told the same of a peer at most so often: what it was told takes its time. */
const REPEAT_MS = 1_000

/** What partners were told: so many are remembered for certain, and at most twice as many. */
const REMEMBERED = 4_096

/**
 * Farewells, and records that have run out: the partner applies what is newer than its own, and lets it expire. Where it has the very
 * version that is gone here, or one that was suspected before its time, a suspicion as well, so that the peer can refute it.
 */
export function contradict(book: AddressBook, listed: readonly PeerVersion[], nowMs: number): SyncMessage[] {
  if (book.tombstones === 0) return []
  const records: AgedRecord[] = []
  const suspicions: Suspicion[] = []
  for (const item of listed.filter(item => book.isGone(item))) {
    const { record, bornAtMs, overAtMs } = book.tombstoneOf(item.peer)!
    const { peer, epoch, seq, leaving } = record.announcement
    const isNewer = compareVersions(record.announcement, item) > 0
    // Nobody vouches for whom it does not list itself.
    if (leaving) records.push({ record, ageMs: 0, isHearsay: true })
    else if (isNewer) records.push(agedRecord(record, bornAtMs, nowMs, true))
    if (!leaving && (!isNewer || nowMs < overAtMs)) suspicions.push({ peer, epoch, seq, refused: false, leftMs: 0 })
  }
  return [...recordsMessages(records), ...suspicionMessages(suspicions)]
}

/** {@link contradict}, but nobody is told the same again at once. */
export class Contradiction {
  readonly #book: AddressBook
  /** BOUNDED by `REMEMBERED`, twice. */
  readonly #told = new Recent<string, { readonly atMs: number }>(REMEMBERED)

  constructor(book: AddressBook) {
    this.#book = book
  }

  /** The answer to what a partner lists. */
  answer(partner: PeerKey, listed: readonly PeerVersion[], nowMs: number): SyncMessage[] {
    if (this.#book.tombstones === 0) return []
    const gone = listed.filter(item => this.#book.isGone(item) && this.#mayTell(partner, item.peer, nowMs))
    return contradict(this.#book, gone, nowMs)
  }

  /**
   * The answer to records that said nothing new. A farewell is not answered by the same: who sends it lists nobody. But if it is
   * older than what is listed here, its sender has missed that.
   */
  answerRecords(partner: PeerKey, old: readonly SignedAnnouncement[], nowMs: number): SyncMessage[] {
    const listed = old.filter(({ announcement }) => !announcement.leaving).map(({ announcement }) => announcement)
    const missed: AgedRecord[] = []
    for (const record of old) {
      if (!record.announcement.leaving) continue
      const entry = this.#book.entryOf(record)
      if (entry === undefined || !this.#mayTell(partner, record.announcement.peer, nowMs)) continue
      missed.push(agedEntry(entry, nowMs))
    }
    return [...recordsMessages(missed), ...this.answer(partner, listed, nowMs)]
  }

  #mayTell(partner: PeerKey, peer: PeerKey, nowMs: number): boolean {
    const key = `${partner} ${peer}`
    const told = this.#told.get(key)
    if (told !== undefined && nowMs < told.atMs + REPEAT_MS) return false
    this.#told.set(key, { atMs: nowMs })
    return true
  }
}
