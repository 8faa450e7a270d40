/** The border where bytes from strangers become records, or a counted reason why not. */
import type { Logger } from '@libp2p/interface'
import type { AgedRecord, Discovery, IgnoreReason, SignedAnnouncement } from '../core/index.ts'
import { decodeAnnouncement } from './announcement-codec.ts'
import type { PubSubMessage, TopicValidation } from './components.ts'
import { CopyFilter } from './copy-filter.ts'
import { AnnouncementDecodeError, type DecodeFault } from './errors.ts'
import type { SealedRecord } from './sync-codec.ts'

/** Why something received did not enter the book: a closed list. */
export type RejectReason = DecodeFault | IgnoreReason | 'malformed-frame'

export interface ReceiverCounts {
  /** Announcements received, over gossip and sync, duplicates too. */
  received: number
  /** How many of them did not enter the book, by reason. */
  rejected: Partial<Record<RejectReason, number>>
}

export class Receiver {
  readonly #core: Discovery
  readonly #log: Logger
  readonly #rejected: Partial<Record<RejectReason, number>> = {}
  /** What the validator opened, until pubsub delivers that very message. */
  readonly #validated = new WeakMap<PubSubMessage, SignedAnnouncement>()
  readonly #copies = new CopyFilter()
  #received = 0

  constructor(core: Discovery, log: Logger) {
    this.#core = core
    this.#log = log
  }

  counts(): ReceiverCounts {
    return { received: this.#received, rejected: { ...this.#rejected } }
  }

  count(reason: RejectReason): void {
    this.#rejected[reason] = (this.#rejected[reason] ?? 0) + 1
  }

  /** Gossipsub's topic validator: junk lowers the forwarder's score, what is stale only stops here. Changes no book. */
  async validate(message: PubSubMessage): Promise<TopicValidation> {
    const record = await this.#open(message.data)
    if (record === 'stale') return 'ignore'
    // Of a version that is not known here nothing can be said, so its forwarder is not to blame.
    if (record === 'unknown-version') return 'ignore'
    if (typeof record === 'string') return 'reject'
    this.#validated.set(message, record)
    return 'accept'
  }

  /** The record of a message that {@link validate} accepted. */
  take(message: PubSubMessage): SignedAnnouncement | undefined {
    const record = this.#validated.get(message)
    this.#validated.delete(message)
    return record
  }

  /** The records of a sync frame that are news, up to the first forged or malformed one: its relayer should have refused it. */
  async open(records: readonly SealedRecord[]): Promise<{ news: AgedRecord[]; fault: DecodeFault | undefined }> {
    const news: AgedRecord[] = []
    for (const { envelope, ageMs } of records) {
      const record = await this.#open(envelope)
      if (typeof record !== 'string') news.push({ record, ageMs })
      else if (record !== 'stale' && record !== 'unknown-version') return { news, fault: record }
    }
    return { news, fault: undefined }
  }

  async #open(bytes: Uint8Array): Promise<SignedAnnouncement | DecodeFault | 'stale'> {
    this.#received++
    if (this.#copies.has(bytes)) return this.#stale()
    try {
      const unverified = decodeAnnouncement(bytes)
      if (!this.#core.isNews(unverified.announcement)) return this.#stale()
      const record = await unverified.verify()
      this.#copies.add(bytes)
      return record
    } catch (error) {
      if (!(error instanceof AnnouncementDecodeError)) throw error
      this.count(error.fault)
      this.#log('refused an announcement - %s', error.message)
      return error.fault
    }
  }

  #stale(): 'stale' {
    this.count('stale')
    return 'stale'
  }
}
