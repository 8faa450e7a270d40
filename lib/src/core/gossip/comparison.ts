/** Comparing books with partners: when to ask and to answer, and under which salt. */
import type { AddressBook } from '../book/address-book.ts'
import { BUCKETS } from '../book/digest.ts'
import { type Source, STANDING } from '../book/entry.ts'
import { Recent } from '../bounds/recent.ts'
import { type Random, randomBelow } from '../random.ts'
import type { PeerKey } from '../record/announcement.ts'
import {
  answerDigest,
  answerSummary,
  type DigestMessage,
  recordsMessages,
  type SummaryMessage,
  type SyncMessage
} from './sync.ts'

/** One in so many of the regular digests is under a salt: it costs both sides a look at every entry. */
const SALTED_ONE_IN = 4

const MAX_SALT = 2 ** 32 - 1

/** So many peers that were sent the whole book are remembered for certain, and at most twice as many. */
const WELCOMED = 1_024

/** The parts of a node that comparing concerns. */
interface Node {
  readonly peer: PeerKey
  readonly book: AddressBook
  readonly random: Random
  readonly syncIntervalMs: number
  readonly sourceOf: (partner: PeerKey) => Source
  /** Whether the book would refuse a newcomer of this source. */
  readonly isFullFor: (source: Source, nowMs: number) => boolean
}

export class Comparison {
  readonly #node: Node
  /** BOUNDED by the partners. When a comparison in which one side was full was answered: the two are never done. */
  readonly #answeredAtMs = new Map<PeerKey, number>()
  /** BOUNDED by the partners. When each was sent a digest. */
  readonly #askedAtMs = new Map<PeerKey, number>()
  /** The own digest, bucket by bucket as it was when a chosen partner confirmed it. */
  readonly #confirmed = new Uint32Array(BUCKETS)
  /** BOUNDED by the partners. They were sent the whole book, and their first digest may not know. */
  readonly #welcomed = new Set<PeerKey>()
  /** BOUNDED by `WELCOMED`, twice. Whoever comes back has some of the book, though it may never announce itself. */
  readonly #wereWelcomed = new Recent<PeerKey, object>(WELCOMED)
  #regular = 0

  constructor(node: Node) {
    this.#node = node
  }

  closed(partner: PeerKey): void {
    this.#answeredAtMs.delete(partner)
    this.#askedAtMs.delete(partner)
    this.#welcomed.delete(partner)
  }

  /** A peer that nobody has heard of has an empty book. To send it the whole book unasked saves the round trip of its empty digest. */
  isNewcomer(partner: PeerKey): boolean {
    return this.#node.book.lastOf(partner) === undefined && this.#wereWelcomed.get(partner) === undefined
  }

  /** The whole book. */
  welcome(partner: PeerKey, nowMs: number): SyncMessage[] {
    this.#welcomed.add(partner)
    this.#wereWelcomed.set(partner, {})
    return recordsMessages(this.#node.book.records(nowMs))
  }

  /** @param isRegular - it is time, whatever there is to compare */
  digestFor(partner: PeerKey, isRegular: boolean, nowMs: number): DigestMessage {
    const { book, random } = this.#node
    this.#askedAtMs.set(partner, nowMs)
    const isSalted = isRegular && ++this.#regular % SALTED_ONE_IN === 0
    const salt = isSalted ? 1 + randomBelow(MAX_SALT, random) : 0
    return { type: 'digest', salt, buckets: book.digest(partner, salt), full: this.#isFullFor(partner, nowMs) }
  }

  /** To a digest that is equal a digest, if the partner was sent none lately: so each side knows what the other confirms. */
  answerDigest(partner: PeerKey, digest: DigestMessage, nowMs: number): SyncMessage[] {
    const { book, random } = this.#node
    if (this.#welcomed.delete(partner) && digest.buckets.every(bucket => bucket === 0)) return []
    this.#confirmEqual(partner, digest)
    const isFull = this.#isFullFor(partner, nowMs)
    const isBounded = isFull || digest.full
    if (isBounded && this.#isRecent(this.#answeredAtMs, partner, nowMs)) return []
    if (isBounded) this.#answeredAtMs.set(partner, nowMs)
    const room = { isFull, firstBucket: isBounded ? randomBelow(BUCKETS, random) : 0 }
    const answers = answerDigest(book, partner, digest, room, nowMs)
    const isEqual = answers.length === 0 && book.size > 0
    if (isEqual && !this.#isRecent(this.#askedAtMs, partner, nowMs)) return [this.digestFor(partner, false, nowMs)]
    return answers
  }

  /** A partner that this node chose confirms what both list. */
  answerSummary(partner: PeerKey, summary: SummaryMessage, nowMs: number): SyncMessage[] {
    const { book, peer, sourceOf } = this.#node
    const source = sourceOf(partner)
    for (const item of summary.items) {
      const entry = source.standing >= STANDING.confirmed ? book.get(item.peer) : undefined
      if (entry?.record.contentHash === item.contentHash) book.confirm(entry, source)
    }
    return answerSummary(book, peer, partner, summary, this.#isFullFor(partner, nowMs), nowMs)
  }

  /** What a chosen partner lists as this node does. Buckets that are as they were when somebody confirmed them are passed over. */
  #confirmEqual(partner: PeerKey, { salt, buckets }: DigestMessage): void {
    const { book, sourceOf } = this.#node
    const source = sourceOf(partner)
    if (source.standing < STANDING.confirmed || salt !== 0) return
    const own = book.digest(partner)
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      if (own[bucket] !== buckets[bucket] || own[bucket] === this.#confirmed[bucket]) continue
      this.#confirmed[bucket] = own[bucket]!
      for (const { record } of book.recordsIn(bucket, 0, partner)) book.confirm(book.entryOf(record)!, source)
    }
  }

  #isRecent(times: ReadonlyMap<PeerKey, number>, partner: PeerKey, nowMs: number): boolean {
    return nowMs < (times.get(partner) ?? Number.NEGATIVE_INFINITY) + this.#node.syncIntervalMs / 2
  }

  #isFullFor(partner: PeerKey, nowMs: number): boolean {
    return this.#node.book.isFull && this.#node.isFullFor(this.#node.sourceOf(partner), nowMs)
  }
}
