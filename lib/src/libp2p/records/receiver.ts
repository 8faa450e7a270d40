/** The border where bytes from strangers become records, or a counted reason why not. */
import type { Logger } from '@libp2p/interface'
import {
  type AgedRecord,
  type Discovery,
  type IgnoreReason,
  type Input,
  type PeerKey,
  RateLimiter,
  type SignedAnnouncement
} from '../../core/index.ts'
import { monotonicMs } from '../clock.ts'
import type { PubSubMessage, TopicValidation } from '../components.ts'
import { AnnouncementDecodeError, type DecodeFault } from '../errors.ts'
import type { DiscoveryMetrics } from '../metrics.ts'
import type { SealedRecord } from '../sync/frames.ts'
import { AnnouncementOpener } from './announcement-opener.ts'
import { CopyFilter } from './copy-filter.ts'

/** Why something received did not enter the book: a closed list. */
export type RejectReason = DecodeFault | IgnoreReason | 'rate-limited' | 'malformed-frame'

export interface ReceiverCounts {
  /** Announcements received, over gossip and sync, duplicates too. */
  received: number
  /** How many of them did not enter the book, by reason. */
  rejected: Partial<Record<RejectReason, number>>
}

/** A record, and the peer that forwarded it, as the core takes them. */
export type Gossip = Extract<Input, { type: 'gossip' }>

/** A subject announces a few changes in a row, then a heartbeat every few seconds. */
const SUBJECT_RATE = { burst: 10, perSecond: 1, keys: 16_384 }

/** A whole book at once, then no more than costs a thirtieth of a core in signatures (0.13 ms each). */
const FORWARDER_RATE = { burst: 20_000, perSecond: 250, keys: 1_024 }

/** Not the fault of whoever handed it on. */
const BLAMELESS = new Set<RejectReason>(['stale', 'outlived', 'rate-limited', 'unknown-version', 'over-budget'])

export class Receiver {
  readonly #core: Discovery
  readonly #log: Logger
  readonly #rejected: Partial<Record<RejectReason, number>> = {}
  /** What the validator opened, until pubsub delivers that very message. */
  readonly #validated = new WeakMap<PubSubMessage, Gossip>()
  readonly #copies = new CopyFilter()
  readonly #opener = new AnnouncementOpener()
  readonly #subjects = new RateLimiter(SUBJECT_RATE)
  readonly #forwarders = new RateLimiter(FORWARDER_RATE)
  readonly #metrics: DiscoveryMetrics
  #received = 0

  constructor(core: Discovery, log: Logger, metrics: DiscoveryMetrics) {
    this.#core = core
    this.#log = log
    this.#metrics = metrics
  }

  counts(): ReceiverCounts {
    return { received: this.#received, rejected: { ...this.#rejected } }
  }

  count(reason: RejectReason): void {
    this.#metrics.announcement(reason)
    this.#rejected[reason] = (this.#rejected[reason] ?? 0) + 1
  }

  /** The record's peer is gone: who still hands it on has to be told, and is not passed over as one that brings a copy. */
  forget({ envelope }: SignedAnnouncement): void {
    this.#copies.delete(envelope)
  }

  /** Gossipsub's topic validator: junk lowers the forwarder's score, what is stale only stops here. Changes no book. */
  async validate(forwarder: PeerKey, message: PubSubMessage): Promise<TopicValidation> {
    const record = await this.#open(forwarder, message.data, 0)
    if (typeof record === 'string') return BLAMELESS.has(record) ? 'ignore' : 'reject'
    this.#validated.set(message, { type: 'gossip', from: forwarder, record })
    return 'accept'
  }

  /** The record of a message that {@link validate} accepted. */
  take(message: PubSubMessage): Gossip | undefined {
    const gossip = this.#validated.get(message)
    this.#validated.delete(message)
    return gossip
  }

  /** The records of a sync frame that are news, up to the first forged or malformed one: its relayer should have refused it. */
  async open(
    forwarder: PeerKey,
    records: readonly SealedRecord[]
  ): Promise<{ news: AgedRecord[]; fault: RejectReason | undefined }> {
    const news: AgedRecord[] = []
    for (const { envelope, ageMs } of records) {
      const record = await this.#open(forwarder, envelope, ageMs)
      if (typeof record !== 'string') news.push({ record, ageMs })
      else if (!BLAMELESS.has(record)) return { news, fault: record }
    }
    return { news, fault: undefined }
  }

  /** From cheap to dear: is it a copy, is it well-formed, is it news, may it cost a signature, is it genuine. */
  async #open(forwarder: PeerKey, bytes: Uint8Array, ageMs: number): Promise<SignedAnnouncement | RejectReason> {
    this.#received++
    if (this.#copies.has(bytes)) return this.#refuse('stale')
    try {
      const { announcement, verify } = this.#opener.decode(bytes)
      const interest = this.#core.interestIn(announcement, ageMs)
      if (interest === 'known') return this.#refuse('stale')
      // The age is only the forwarder's claim. Do not remember the envelope as seen, or a liar could block the fresh copy.
      if (interest === 'outlived') return this.#refuse('outlived')
      const nowMs = monotonicMs()
      if (!this.#forwarders.admits(forwarder, nowMs)) return this.#refuse('rate-limited')
      const verified = verify()
      const record = verified instanceof Promise ? await verified : verified
      if (!this.#subjects.admits(announcement.peer, nowMs)) return this.#refuse('rate-limited')
      this.#copies.add(bytes)
      return record
    } catch (error) {
      if (!(error instanceof AnnouncementDecodeError)) throw error
      this.#log('refused an announcement - %s', error.message)
      return this.#refuse(error.fault)
    }
  }

  #refuse(reason: RejectReason): RejectReason {
    this.count(reason)
    return reason
  }
}
