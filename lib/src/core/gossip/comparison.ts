/** Comparing books with partners: when to ask and to answer, and under which salt. */
import type { AddressBook } from '../book/address-book.ts'
import { BUCKETS } from '../book/digest.ts'
import { type Source, STANDING } from '../book/entry.ts'
import { type Random, randomBelow } from '../random.ts'
import type { PeerKey } from '../record/announcement.ts'
import { answerDigest, answerSummary, type DigestMessage, type SummaryMessage, type SyncMessage } from './sync.ts'

/** One in so many of the regular digests is under a salt: it costs both sides a look at every entry. */
const SALTED_ONE_IN = 4

/** A book of which more is taken than this may be full soon. */
const CROWDED_RATIO = 3 / 4

const MAX_SALT = 2 ** 32 - 1

/** The parts of a node that comparing concerns. */
interface Node {
  readonly peer: PeerKey
  readonly book: AddressBook
  readonly random: Random
  readonly maxEntries: number
  readonly syncIntervalMs: number
  readonly sourceOf: (partner: PeerKey) => Source
  /** Whether the book would refuse a newcomer of this source. */
  readonly isFullFor: (source: Source, nowMs: number) => boolean
}

export class Comparison {
  readonly #node: Node
  /** BOUNDED by the partners. When a comparison in which one side was full was answered: the two are never done. */
  readonly #answeredAtMs = new Map<PeerKey, number>()
  #regular = 0

  constructor(node: Node) {
    this.#node = node
  }

  closed(partner: PeerKey): void {
    this.#answeredAtMs.delete(partner)
  }

  /** @param isRegular - it is time, whatever there is to compare */
  digestFor(partner: PeerKey, isRegular: boolean, nowMs: number): DigestMessage {
    const { book, random } = this.#node
    const isSalted = isRegular && ++this.#regular % SALTED_ONE_IN === 0
    const salt = isSalted ? 1 + randomBelow(MAX_SALT, random) : 0
    return { type: 'digest', salt, buckets: book.digest(partner, salt), full: this.#isFullFor(partner, nowMs) }
  }

  answerDigest(partner: PeerKey, digest: DigestMessage, nowMs: number): SyncMessage[] {
    const { book, random, syncIntervalMs } = this.#node
    this.#confirmEqual(partner, digest)
    const isFull = this.#isFullFor(partner, nowMs)
    if (isFull || digest.full) {
      const answeredAtMs = this.#answeredAtMs.get(partner) ?? Number.NEGATIVE_INFINITY
      if (nowMs < answeredAtMs + syncIntervalMs / 2) return []
      this.#answeredAtMs.set(partner, nowMs)
    }
    return answerDigest(book, partner, digest, { isFull, firstBucket: randomBelow(BUCKETS, random) }, nowMs)
  }

  /** A partner that this node chose confirms what both list. */
  answerSummary(partner: PeerKey, summary: SummaryMessage, nowMs: number): SyncMessage[] {
    const { book, peer, sourceOf } = this.#node
    const source = sourceOf(partner)
    for (const item of summary.items) {
      if (book.get(item.peer)?.record.contentHash === item.contentHash) book.confirm(item.peer, source)
    }
    return answerSummary(book, peer, partner, summary, this.#isFullFor(partner, nowMs), nowMs)
  }

  /** What a chosen partner lists as this node does. It counts once the book may be full soon. */
  #confirmEqual(partner: PeerKey, digest: DigestMessage): void {
    const { book, maxEntries, sourceOf } = this.#node
    const source = sourceOf(partner)
    if (source.standing < STANDING.confirmed || book.size < maxEntries * CROWDED_RATIO) return
    const own = book.digest(partner, digest.salt)
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      if (own[bucket] !== digest.buckets[bucket]) continue
      for (const { record } of book.recordsIn(bucket, 0, partner)) book.confirm(record.announcement.peer, source)
    }
  }

  #isFullFor(partner: PeerKey, nowMs: number): boolean {
    return this.#node.book.isFull && this.#node.isFullFor(this.#node.sourceOf(partner), nowMs)
  }
}
