/** Which entry gives way to a newcomer of a full book. */
import type { Random } from '../random.ts'
import type { PeerKey } from '../record/announcement.ts'
import type { Entry, Source } from './entry.ts'
import type { EntryStore } from './entry-store.ts'
import { Shares } from './shares.ts'

/** {@link Shares} are kept until so much of the book is free again. */
const FREE_RATIO = 1 / 8

/** So long an entry has to be listed to be established: longer than a flood lasts that nobody pays for, or a crowd that starts. */
const ESTABLISHED_MS = 600_000

/** The numbers of entries are noted so often. */
const NOTE_INTERVAL_MS = 60_000

/** Which entries have been listed for long, told by their numbers. */
class Tenure {
  /** BOUNDED by the notes within `ESTABLISHED_MS`, and one before. */
  readonly #notes: { readonly atMs: number; readonly order: number }[] = []

  /** @param order - of the entry that is listed at this time */
  note(order: number, nowMs: number): void {
    const last = this.#notes.at(-1)
    if (last !== undefined && nowMs < last.atMs + NOTE_INTERVAL_MS) return
    this.#notes.push({ atMs: nowMs, order })
    this.establishedBefore(nowMs)
  }

  /** Entries with a smaller number are established. */
  establishedBefore(nowMs: number): number {
    const longAgoMs = nowMs - ESTABLISHED_MS
    while (this.#notes.length > 1 && this.#notes[1]!.atMs <= longAgoMs) this.#notes.shift()
    const [oldest, next] = this.#notes
    if (oldest === undefined || oldest.atMs > longAgoMs) return 0
    // What was listed before the next note was listed within one interval of the oldest.
    return next?.order ?? Number.POSITIVE_INFINITY
  }
}

/** Keeps account of the entries while the book is full, or was lately: most books never are, and pay nothing. */
export class Eviction {
  readonly #store: EntryStore
  readonly #maxEntries: number
  readonly #tenure = new Tenure()
  /** BOUNDED by the entries. */
  #shares: Shares | undefined

  constructor(store: EntryStore, maxEntries: number) {
    this.#store = store
    this.#maxEntries = maxEntries
  }

  listed(entry: Entry, nowMs: number): void {
    this.#tenure.note(entry.order, nowMs)
    this.#shares?.add(entry)
  }

  changed(before: Entry, after: Entry): void {
    if (before.standing === after.standing && before.group === after.group) return
    this.#shares?.remove(before)
    this.#shares?.add(after)
  }

  removed(entry: Entry): void {
    this.#shares?.remove(entry)
    if (this.#store.size < this.#maxEntries * (1 - FREE_RATIO)) this.#shares = undefined
  }

  /**
   * The entry that gives way to a newcomer of this source; undefined if none does.
   *
   * @param isKept - spares an entry, wherever it came from: its peer is connected
   */
  victimFor(source: Source, nowMs: number, isKept: (peer: PeerKey) => boolean, random: Random): Entry | undefined {
    this.#shares ??= new Shares(this.#store.values())
    const establishedBefore = this.#tenure.establishedBefore(nowMs)
    const peer = this.#shares.victimFor(source, { establishedBefore, isKept, random })
    return peer === undefined ? undefined : this.#store.get(peer)
  }
}
