/** The border where bytes from strangers become records, or a counted reason why not. */
import type { Logger } from '@libp2p/interface'
import type { Interest } from '../../core/book/entry.ts'
import type { Payer } from '../../core/bounds/budget.ts'
import { COPY_US, ENVELOPE_US, SIGNATURE_US } from '../../core/bounds/prices.ts'
import type { Discovery } from '../../core/discovery.ts'
import type { IgnoreReason, Input } from '../../core/effects.ts'
import type { AgedRecord } from '../../core/record/aged-record.ts'
import type { PeerKey, SignedAnnouncement } from '../../core/record/announcement.ts'
import { groupOf } from '../addrs/addr-group.ts'
import { monotonicMs } from '../clock.ts'
import type { PubSubMessage, TopicValidation } from '../components.ts'
import { AnnouncementDecodeError, blames, type DecodeFault } from '../errors.ts'
import type { Turns } from '../host/turns.ts'
import type { DiscoveryMetrics } from '../reports/metrics.ts'
import type { SealedRecord } from '../sync/frames.ts'
import { AnnouncementOpener } from './announcement-opener.ts'
import { CopyFilter } from './copy-filter.ts'

/** Why something received did not enter the book: a closed list. */
export type RejectReason = DecodeFault | IgnoreReason | 'malformed-frame'

export interface ReceiverCounts {
  /** Announcements received, over gossip and sync, duplicates too. */
  received: number
  /** How many of them did not enter the book, by reason. */
  rejected: Partial<Record<RejectReason, number>>
}

/** A record, and the peer that forwarded it, as the core takes them. */
export type Gossip = Extract<Input, { type: 'gossip' }>

/** What the receiver is given by its host. */
export interface ReceiverHost {
  readonly topic: string
  readonly log: Logger
  readonly metrics: DiscoveryMetrics
  readonly turns: Turns
  /** Where a connected peer is, as a multiaddr; empty if that is not known. */
  readonly addrOf: (peer: PeerKey) => string
  /** Hands a record to the core that must not travel on by gossip. */
  readonly handle: (gossip: Gossip) => void
}

/** Records that are handed to the core together. Each costs a signature, and an event that others listen to. */
const MAX_RECORDS_A_TURN = 16

/** Of an Ed25519 or RSA key: taken together with the price of the envelope, and given back where no signature is looked at. */
const USUAL_SIGNATURE_US = SIGNATURE_US.Ed25519

/** A verified record, and what it is to the core. */
interface Opened {
  readonly record: SignedAnnouncement
  readonly interest: Interest
}

export class Receiver {
  readonly #core: Discovery
  readonly #host: ReceiverHost
  readonly #rejected: Partial<Record<RejectReason, number>> = {}
  /** What the validator opened, until pubsub delivers that very message. */
  readonly #validated = new WeakMap<PubSubMessage, Gossip>()
  readonly #copies = new CopyFilter()
  readonly #opener: AnnouncementOpener
  #received = 0

  constructor(core: Discovery, host: ReceiverHost) {
    this.#core = core
    this.#host = host
    this.#opener = new AnnouncementOpener(host.topic)
  }

  counts(): ReceiverCounts {
    return { received: this.#received, rejected: { ...this.#rejected } }
  }

  count(reason: RejectReason): void {
    this.#host.metrics.announcement(reason)
    this.#rejected[reason] = (this.#rejected[reason] ?? 0) + 1
  }

  /**
   * Gossipsub's topic validator: a forgery lowers the forwarder's score, what must not travel on only stops here. The book is changed
   * by {@link take}, but for records that stop here and concern it all the same.
   */
  validate(forwarder: PeerKey, message: PubSubMessage): TopicValidation | Promise<TopicValidation> {
    const payer = { connection: forwarder, group: groupOf(this.#host.addrOf(forwarder)) }
    const pause = this.#host.turns.breathe(payer)
    if (pause !== undefined) return pause.then(() => this.#validate(payer, message))
    return this.#validate(payer, message)
  }

  #validate(payer: Payer, message: PubSubMessage): TopicValidation | Promise<TopicValidation> {
    const opening = this.#open(payer, { envelope: message.data, ageMs: 0, isHearsay: true })
    return opening instanceof Promise
      ? opening.then(opened => this.#judge(opened, payer.connection, message))
      : this.#judge(opening, payer.connection, message)
  }

  #judge(opened: Opened | RejectReason, forwarder: PeerKey, message: PubSubMessage): TopicValidation {
    if (typeof opened === 'string') {
      // What is no envelope may be a message of others who use the topic: only a broken record of this protocol is an attack.
      return opened !== 'malformed-envelope' && blames(opened) ? 'reject' : 'ignore'
    }
    const { record, interest } = opened
    if (interest === 'gone') {
      this.count('stale')
      return 'ignore'
    }
    // It must not travel on: a flood of invented peers stops at the first honest node.
    if (interest === 'news' && !this.#core.admits(record.announcement, forwarder)) {
      this.count('over-budget')
      return 'ignore'
    }
    const gossip: Gossip = { type: 'gossip', from: forwarder, record }
    // A younger copy travels on: gossip forwards each message once, and a forged age must not stop it at the first hop.
    if (interest === 'news' && this.#core.comesTooSoon(record.announcement, monotonicMs())) {
      this.#host.handle(gossip)
      return 'ignore'
    }
    this.#validated.set(message, gossip)
    return 'accept'
  }

  /** The record of a message that {@link validate} accepted. */
  take(message: PubSubMessage): Gossip | undefined {
    const gossip = this.#validated.get(message)
    this.#validated.delete(message)
    return gossip
  }

  /**
   * The records of a sync frame that concern the core, as many at a time as one turn of the event loop has time for. One that cannot be
   * used is passed over.
   *
   * @returns the fault of the first record that every version refuses: what comes after it is not looked at
   */
  async *open(
    payer: Payer,
    records: readonly SealedRecord[]
  ): AsyncGenerator<AgedRecord[], RejectReason | undefined, void> {
    const { turns } = this.#host
    let slice: AgedRecord[] = []
    for (const sealed of records) {
      if (slice.length >= MAX_RECORDS_A_TURN || (slice.length > 0 && turns.isOver)) {
        yield slice
        slice = []
      }
      const pause = turns.breathe(payer)
      if (pause !== undefined) await pause
      const opening = this.#open(payer, sealed)
      const opened = opening instanceof Promise ? await opening : opening
      if (typeof opened !== 'string') {
        this.#host.metrics.record(sealed.ageMs)
        slice.push({ record: opened.record, ageMs: sealed.ageMs, isHearsay: sealed.isHearsay })
      } else if (blames(opened)) {
        if (slice.length > 0) yield slice
        return opened
      }
    }
    if (slice.length > 0) yield slice
    return undefined
  }

  /** From cheap to dear: is it a copy, may it be read, is it well-formed, does it matter, may it cost a signature, is it genuine. */
  #open(payer: Payer, sealed: SealedRecord): Opened | RejectReason | Promise<Opened | RejectReason> {
    this.#received++
    this.#host.metrics.received()
    const copy = this.#copies.get(sealed.envelope)
    if (copy !== undefined) return this.#ifItMatters(copy, payer, sealed)
    if (!this.#mayCost(payer, ENVELOPE_US + USUAL_SIGNATURE_US)) return this.#refuse('over-budget')
    let unspentUs = USUAL_SIGNATURE_US
    try {
      const { announcement, keyKind, verify } = this.#opener.decode(sealed.envelope)
      const interest = this.#core.interestIn(announcement, sealed.ageMs, payer.connection, sealed.isHearsay)
      const refusal = refusalFor(interest)
      if (refusal !== undefined) return this.#refuse(refusal)
      unspentUs = 0
      const moreUs = SIGNATURE_US[keyKind] - USUAL_SIGNATURE_US
      if (moreUs > 0 && !this.#mayCost(payer, moreUs)) return this.#refuse('over-budget')
      const verified = verify()
      if (!(verified instanceof Promise)) return this.#opened(verified, interest)
      return verified.then(
        record => this.#opened(record, interest),
        error => this.#refuseFor(error, payer)
      )
    } catch (error) {
      return this.#refuseFor(error, payer)
    } finally {
      if (unspentUs > 0) this.#core.budgets.records.earn(payer, unspentUs, monotonicMs())
    }
  }

  #ifItMatters(record: SignedAnnouncement, payer: Payer, { ageMs, isHearsay }: SealedRecord): Opened | RejectReason {
    if (!this.#mayCost(payer, COPY_US)) return this.#refuse('over-budget')
    const interest = this.#core.interestIn(record.announcement, ageMs, payer.connection, isHearsay)
    const refusal = refusalFor(interest)
    return refusal === undefined ? { record, interest } : this.#refuse(refusal)
  }

  #opened(record: SignedAnnouncement, interest: Interest): Opened {
    this.#copies.add(record)
    return { record, interest }
  }

  #mayCost(payer: Payer, priceUs: number): boolean {
    const nowMs = monotonicMs()
    const { budgets } = this.#core
    if (budgets.records.admits(payer, priceUs, nowMs)) return true
    budgets.dropped(nowMs)
    return false
  }

  /**
   * @throws what is no fault of the bytes
   */
  #refuseFor(error: unknown, { connection: forwarder }: Payer): RejectReason {
    if (!(error instanceof AnnouncementDecodeError)) throw error
    // Strangers decide how many of these there are.
    this.#host.log.trace('refused an announcement from %p - %s', forwarder, error.message)
    return this.#refuse(error.fault)
  }

  #refuse(reason: RejectReason): RejectReason {
    this.count(reason)
    return reason
  }
}

/** Why a record is not worth its signature. */
function refusalFor(interest: Interest): RejectReason | undefined {
  if (interest === 'known') return 'stale'
  return interest === 'outlived' || interest === 'over-budget' ? interest : undefined
}
