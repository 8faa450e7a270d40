/** Comparing books with partners: when to ask and to answer, and under which salt. */
import type { AddressBook } from '../book/address-book.ts'
import { BUCKETS, hasBucket } from '../book/digest.ts'
import { STANDING } from '../book/entry.ts'
import type { Sources } from '../book/sources.ts'
import { LazyMap } from '../bounds/lazy-map.ts'
import { Recent } from '../bounds/recent.ts'
import { type Random, randomBelow } from '../random.ts'
import type { PeerKey } from '../record/announcement.ts'
import type { RecordAcceptor } from './accept-record.ts'
import type { Contradiction } from './contradiction.ts'
import {
  answerDigest,
  answerSummary,
  answerWelcome,
  type DigestMessage,
  type Room,
  type SummaryMessage,
  type SyncMessage
} from './sync.ts'

/** One in so many of the regular digests is under a salt: it costs both sides a look at every entry. */
const SALTED_ONE_IN = 4

const MAX_SALT = 2 ** 32 - 1

/** What a partner is told that sent its digest. */
interface Compared {
  readonly isEqual: boolean
  readonly answers: SyncMessage[]
}

/** So many peers that were sent the whole book are remembered for certain, and at most twice as many. */
const WELCOMED = 1_024

/** The parts of a node that comparing concerns. */
interface Node {
  readonly peer: PeerKey
  readonly book: AddressBook
  readonly random: Random
  readonly syncIntervalMs: number
  readonly contradiction: Contradiction
  readonly acceptor: Pick<RecordAcceptor, 'confirm'>
  readonly sources: Pick<Sources, 'sourceOf' | 'isFullFor'>
}

export class Comparison {
  readonly #node: Node
  /** BOUNDED by the partners. When a comparison in which one side was full was answered: the two are never done. */
  readonly #answeredAtMs = new LazyMap<PeerKey, number>()
  /** BOUNDED by the partners. When each was sent a digest. */
  readonly #askedAtMs = new Map<PeerKey, number>()
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
    return answerWelcome(this.#node.book, nowMs)
  }

  /** @param isRegular - it is time, whatever there is to compare */
  digestFor(partner: PeerKey, isRegular: boolean, nowMs: number): DigestMessage {
    const { book, random } = this.#node
    this.#askedAtMs.set(partner, nowMs)
    const isSalted = isRegular && ++this.#regular % SALTED_ONE_IN === 0
    const salt = isSalted ? 1 + randomBelow(MAX_SALT, random) : 0
    const [buckets, sure] = [book.digest(partner, salt), book.sureBuckets(partner)]
    return { type: 'digest', salt, buckets, sure, room: this.#roomFor(partner, nowMs) }
  }

  /** To a digest that is equal a digest, if the partner was sent none lately: so each side knows what the other vouches for. */
  answerDigest(partner: PeerKey, digest: DigestMessage, nowMs: number): Compared {
    const { book, random } = this.#node
    if (this.#welcomed.delete(partner) && digest.buckets.every(bucket => bucket === 0))
      return { isEqual: true, answers: [] }
    this.#confirmEqual(partner, digest, nowMs)
    const room = this.#roomFor(partner, nowMs)
    const isBounded = room !== 'all' || digest.room !== 'all'
    if (isBounded && this.#isRecent(this.#answeredAtMs, partner, nowMs))
      return { isEqual: digest.salt !== 0 || isSame(book.digest(partner), digest.buckets), answers: [] }
    if (isBounded) this.#answeredAtMs.set(partner, nowMs)
    const firstBucket = isBounded ? randomBelow(BUCKETS, random) : 0
    const answers = answerDigest(book, partner, digest, { room, firstBucket }, nowMs)
    if (answers.length > 0) return { isEqual: false, answers }
    const mayAsk = book.size > 0 && !this.#isRecent(this.#askedAtMs, partner, nowMs)
    return { isEqual: true, answers: mayAsk ? [this.digestFor(partner, false, nowMs)] : [] }
  }

  /** A partner that this node chose vouches for what both list, unless it says that it has heard of it itself. */
  answerSummary(partner: PeerKey, summary: SummaryMessage, nowMs: number): SyncMessage[] {
    const { book, peer, acceptor, sources, contradiction } = this.#node
    const source = sources.sourceOf(partner)
    for (const item of summary.items) {
      const entry = source.standing >= STANDING.confirmed && !item.isHearsay ? book.get(item.peer) : undefined
      if (entry?.record.contentHash === item.contentHash) acceptor.confirm(entry, source, nowMs)
    }
    const answers = answerSummary(book, peer, partner, summary, this.#roomFor(partner, nowMs), nowMs)
    return [...answers, ...contradiction.answer(partner, summary.items, nowMs)]
  }

  /** What a chosen partner lists as this node does, in buckets where it vouches for everybody and this node does not. */
  #confirmEqual(partner: PeerKey, { salt, buckets, sure }: DigestMessage, nowMs: number): void {
    const { book, acceptor, sources } = this.#node
    const source = sources.sourceOf(partner)
    if (source.standing < STANDING.confirmed || salt !== 0) return
    const [own, ownSure] = [book.digest(partner), book.sureBuckets(partner)]
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      if (own[bucket] !== buckets[bucket] || !hasBucket(sure, bucket) || hasBucket(ownSure, bucket)) continue
      for (const { record } of book.recordsIn(bucket, nowMs, partner))
        acceptor.confirm(book.entryOf(record)!, source, nowMs)
    }
  }

  #isRecent(times: Pick<ReadonlyMap<PeerKey, number>, 'get'>, partner: PeerKey, nowMs: number): boolean {
    return nowMs < (times.get(partner) ?? Number.NEGATIVE_INFINITY) + this.#node.syncIntervalMs / 2
  }

  #roomFor(partner: PeerKey, nowMs: number): Room {
    const { book, sources } = this.#node
    if (!book.isFull) return 'all'
    const source = sources.sourceOf(partner)
    if (!sources.isFullFor({ ...source, standing: STANDING.hearsay }, nowMs)) return 'all'
    return source.standing > STANDING.hearsay && !sources.isFullFor(source, nowMs) ? 'vouched' : 'none'
  }
}

function isSame(own: Uint32Array, other: Uint32Array): boolean {
  return own.every((hash, bucket) => hash === other[bucket])
}
