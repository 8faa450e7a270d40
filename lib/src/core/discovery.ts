/**
 * The whole protocol as a function of state, input, time and chance: `handle` returns effects and performs none.
 *
 * The host delivers inputs, carries out outputs, and calls `handle({ type: 'tick' })` once `nextDeadlineMs` is past.
 */
import { AddressBook } from './book/address-book.ts'
import type { Shelf } from './book/record-store.ts'
import type { GroupOf } from './bounds/group.ts'
import type { DiscoveryConfig } from './config.ts'
import type { DialOutcome, Input, Output } from './effects.ts'
import { RecordAcceptor } from './gossip/accept-record.ts'
import { Push, pushMessages } from './gossip/push.ts'
import { sendRecords, sendWishes } from './gossip/send.ts'
import {
  answerDigest,
  answerSummary,
  answerWant,
  recordsMessages,
  type SyncMessage,
  suspicionMessages
} from './gossip/sync.ts'
import { targetOf } from './liveness/asks.ts'
import { fadingToDial } from './liveness/fading.ts'
import { Liveness } from './liveness/liveness.ts'
import { Silence } from './liveness/silence.ts'
import { Suspicions } from './liveness/suspicions.ts'
import { LostPeers } from './overlay/lost-peers.ts'
import { Overlay } from './overlay/overlay.ts'
import { jittered, type Random } from './random.ts'
import type { AgedRecord } from './record/aged-record.ts'
import {
  type Announcement,
  type Content,
  compareVersions,
  type PeerKey,
  type SignedAnnouncement,
  type Version
} from './record/announcement.ts'
import { Announcer } from './record/announcer.ts'

const SYNC_JITTER_RATIO = 0.2

/** What a node is given by its host, so that the same code runs in production, in tests and under virtual time. */
export interface Host {
  readonly random: Random
  readonly groupOf: GroupOf
  readonly shelf?: Shelf
}

/** One node of the network, without clock, chance or IO of its own. */
export class Discovery {
  readonly book: AddressBook
  readonly overlay: Overlay
  readonly #config: DiscoveryConfig
  readonly #peer: PeerKey
  readonly #random: Random
  readonly #announcer: Announcer
  readonly #liveness: Liveness
  readonly #lost: LostPeers
  readonly #silence = new Silence()
  readonly #push = new Push()
  /** BOUNDED by the partners. They were sent the whole book, and their first digest may not know. */
  readonly #welcomed = new Set<PeerKey>()
  readonly #acceptor: RecordAcceptor
  readonly #suspicions: Suspicions
  #left = false
  #nextSyncMs: number
  #dueMs = Number.POSITIVE_INFINITY

  /**
   * @param self - this node's peer key and the start of its run, ms since 1970
   * @param nowMs - in the time that {@link handle} is given
   * @param host - chance, the grouping of addresses, and a store for the records of the book where many nodes share one
   * @throws {RangeError} when the configured name or metadata break the bounds of an announcement
   */
  constructor(config: DiscoveryConfig, self: { peer: PeerKey; epoch: number }, host: Host, nowMs: number) {
    const { random } = host
    this.#config = config
    this.#peer = self.peer
    this.#random = random
    this.#announcer = new Announcer(config, self, random, nowMs)
    this.#liveness = new Liveness(nowMs)
    this.#lost = new LostPeers(random, nowMs)
    this.#nextSyncMs = nowMs + config.syncIntervalMs
    this.book = new AddressBook(config, host.shelf)
    this.overlay = new Overlay(self.peer, config, random, nowMs)
    const { book, overlay } = this
    const [liveness, announcer, lost, push] = [this.#liveness, this.#announcer, this.#lost, this.#push]
    const suspicions = new Suspicions(
      { peer: self.peer, book, overlay, liveness, silence: this.#silence, announcer },
      random,
      config.dialBackoffMs
    )
    this.#suspicions = suspicions
    this.#acceptor = new RecordAcceptor({ peer: self.peer, book, overlay, announcer, suspicions, lost, push })
  }

  /** The number of this node's last announcement; its epoch is the start of the run. */
  get version(): Version {
    return this.#announcer.version
  }

  /** What this node announces. */
  get content(): Content {
    return this.#announcer.content
  }

  /** This node's last announcement, once one has been signed. */
  get own(): SignedAnnouncement | undefined {
    return this.#announcer.own
  }

  /** When the host owes the next tick, in the time of `handle`'s `nowMs`. */
  nextDeadlineMs(nowMs: number): number {
    if (this.#left) return Number.POSITIVE_INFINITY
    return Math.min(
      this.#announcer.nextMs,
      this.#nextSyncMs,
      this.#push.nextMs,
      Math.max(this.book.nextExpiryMs, this.#silence.noExpiryBeforeMs),
      this.book.nextFadingMs,
      this.#liveness.nextDeadlineMs(),
      this.#suspicions.nextMs,
      this.#lost.nextMs,
      this.overlay.nextAttemptMs(nowMs)
    )
  }

  /** {@link nextDeadlineMs}, as it was after the last input. */
  get dueMs(): number {
    return this.#dueMs
  }

  /** Whether this node has said farewell. */
  get hasLeft(): boolean {
    return this.#left
  }

  /** Begins another run after a farewell, as if new, with the book as it is. */
  restart(epoch: number, nowMs: number): void {
    this.#left = false
    this.#announcer.restart(epoch, nowMs)
  }

  /** Whether an announcement could matter: asked before the cost of verifying its signature. */
  isNews(announcement: Announcement): boolean {
    const { peer } = announcement
    if (peer === this.#peer) return compareVersions(announcement, this.version) > 0
    return this.book.isNews(peer, announcement)
  }

  /** Those of a partner's records that could matter: {@link isNews} for many, and whose time is not over. */
  newsAmong(records: readonly AgedRecord[]): readonly AgedRecord[] {
    const mayMatter = ({ record, ageMs }: AgedRecord) => {
      const { ttlMs, leaving } = record.announcement
      return (ageMs < ttlMs || leaving) && (!this.#acceptor.isOwn(record) || this.isNews(record.announcement))
    }
    const news = this.book.newsAmong(records)
    return news.every(mayMatter) ? news : news.filter(mayMatter)
  }

  /**
   * @param nowMs - monotonic; never less than at the last call
   * @throws {RangeError} when `content-changed` breaks the bounds of an announcement
   */
  handle(input: Input, nowMs: number): Output[] {
    const out: Output[] = []
    this.#noticeLateness(nowMs)
    this.#take(input, nowMs, out)
    const isHeartbeat = input.type === 'gossip' && out.length === 0 && !input.record.announcement.leaving
    // It puts deadlines off and brings none: nothing is due that was not before.
    if (isHeartbeat && nowMs < this.#dueMs) return out
    if (!this.#left) this.#runDeadlines(nowMs, out)
    this.#dueMs = this.nextDeadlineMs(nowMs)
    return out
  }

  #take(input: Input, nowMs: number, out: Output[]): void {
    switch (input.type) {
      case 'tick':
        break
      case 'content-changed':
        this.#announcer.changeContent(input.content, nowMs)
        break
      case 'pace-changed':
        this.#changePace(input.announceIntervalMs, nowMs, out)
        break
      case 'signed':
        this.#adopt(input.record, out)
        break
      case 'peer-found':
        if (input.named) this.overlay.addNamed(input.target)
        else this.overlay.addFound(input.target)
        break
      case 'dialled':
        this.#noteDial(input.id, input.outcome, nowMs, out)
        break
      case 'partner-opened':
        this.#open(input.peer, input.initiator, nowMs, out)
        break
      case 'partner-closed':
        this.#close(input.peer, nowMs, out)
        break
      case 'gossip':
        this.#acceptor.take({ record: input.record, ageMs: 0 }, input.from, nowMs, out)
        break
      case 'message':
        this.#liveness.heard(input.from, nowMs)
        out.push(...this.#suspicions.answered(input.from, nowMs))
        for (const message of this.#answer(input.from, input.message, nowMs, out)) {
          out.push({ type: 'send', to: input.from, message })
        }
        break
      case 'leave':
        this.#leave(nowMs, out)
        break
    }
  }

  #noticeLateness(nowMs: number): void {
    const latenessMs = nowMs - this.#dueMs
    if (this.#silence.wasLate(latenessMs, nowMs)) this.#liveness.excuse(latenessMs)
  }

  #runDeadlines(nowMs: number, out: Output[]): void {
    if (nowMs >= this.#silence.noExpiryBeforeMs) this.#expire(nowMs, out)
    if (this.#announcer.isDue(this.book.size, nowMs)) this.#announce(false, nowMs, out)
    const warning = this.#announcer.takeWarning(nowMs)
    if (warning !== undefined) out.push({ type: 'warned', warning })
    if (nowMs >= this.#nextSyncMs) this.#syncWithAnyone(nowMs, out)
    this.#askForFading(nowMs, out)
    this.#probe(nowMs, out)
    out.push(...this.#push.flush(this.overlay.partners, nowMs))
    for (const partner of this.#push.dueLazy(nowMs)) out.push(this.#digestFor(partner))
    out.push(...this.overlay.shape(this.book, nowMs))
    const lost = this.#lost.next(this.book.size + 1, nowMs)
    if (lost !== undefined) out.push(...this.overlay.dial(lost, 'heal', nowMs))
  }

  #expire(nowMs: number, out: Output[]): void {
    for (const entry of this.book.expire(nowMs, peer => this.#isSpared(peer, nowMs))) {
      this.#suspicions.settled(entry.record.announcement.peer)
      this.#lost.add(entry, nowMs)
      out.push({ type: 'expired', entry })
    }
  }

  /** Its entry stays though its time is over. */
  #isSpared(peer: PeerKey, nowMs: number): boolean {
    if (this.#liveness.answers(peer, nowMs)) return true
    return this.#silence.isDeaf(nowMs) && !this.#suspicions.hasEvidence(peer)
  }

  /**
   * A heartbeat that gossip has lost, while the mesh was rebuilt for example, is asked for before it costs an entry. Perhaps no partner
   * has it, since the overlay is torn: somebody is dialled, too.
   */
  #askForFading(nowMs: number, out: Output[]): void {
    const peers = this.book.fading(nowMs)
    const partner = this.overlay.pick()
    if (partner !== undefined) out.push(...sendWishes(partner, peers))
    const unheard = peers.filter(peer => !this.overlay.has(peer) && !this.#suspicions.hasEvidence(peer))
    const peer = fadingToDial(unheard, this.book.size + 1, this.#random)
    const target = peer === undefined ? undefined : targetOf(this.book, peer)
    if (target !== undefined) out.push(...this.overlay.dial(target, 'heal', nowMs))
  }

  #announce(leaving: boolean, nowMs: number, out: Output[]): void {
    const announcement = this.#announcer.next(leaving, this.book.size, nowMs)
    if (announcement !== undefined) out.push({ type: 'announce', announcement })
  }

  #leave(nowMs: number, out: Output[]): void {
    if (this.#left) return
    this.#left = true
    if (this.#announcer.hasAnnounced) this.#announce(true, nowMs, out)
  }

  /** Who falls silent leaves the books at once, rather than when its last announcement has expired. */
  #changePace(announceIntervalMs: number | undefined, nowMs: number, out: Output[]): void {
    this.#announcer.changePace(announceIntervalMs, nowMs)
    if (announceIntervalMs === undefined && this.#announcer.hasAnnounced) this.#announce(true, nowMs, out)
  }

  #adopt(record: SignedAnnouncement, out: Output[]): void {
    const changed = this.#announcer.adopt(record)
    out.push({ type: 'publish', record })
    // A refutation repeats the content, and is as urgent as a change.
    const isAnswer = this.#suspicions.accusations.takeAnswer()
    if (!changed && !isAnswer) return
    const messages = pushMessages([{ record, ageMs: 0 }])
    for (const to of this.overlay.partners) for (const message of messages) out.push({ type: 'send', to, message })
  }

  #open(partner: PeerKey, initiator: boolean, nowMs: number, out: Output[]): void {
    if (this.overlay.size === 0) this.#silence.regained(nowMs)
    this.overlay.opened(partner, initiator)
    this.#liveness.opened(partner)
    out.push(...this.#suspicions.opened(partner, nowMs))
    this.#sync(partner, initiator && this.#push.compares(partner, this.overlay.size, nowMs), out)
    if (!initiator && this.#push.isQuiet(nowMs)) this.#welcome(partner, nowMs, out)
    // A partner whose clock was set back learns by its former announcement what it has to outdo.
    const former = this.book.lastOf(partner)
    if (former !== undefined) out.push(...sendRecords(partner, [{ record: former, ageMs: 0 }]))
    // Perhaps the suspects have refuted while nobody was there to say so: a digest would not tell.
    out.push(...sendWishes(partner, [...this.#suspicions.suspected]))
  }

  /** Whoever nobody has heard of has heard of nobody: the whole book, a round trip before an empty digest could ask for it. */
  #welcome(partner: PeerKey, nowMs: number, out: Output[]): void {
    if (this.book.lastOf(partner) !== undefined) return
    this.#welcomed.add(partner)
    for (const message of this.#withSuspicions(recordsMessages(this.book.records(nowMs)), nowMs)) {
      out.push({ type: 'send', to: partner, message })
    }
  }

  /** A connection that breaks without a farewell is a hint: see whether the peer can still be reached. */
  #close(partner: PeerKey, nowMs: number, out: Output[]): void {
    this.#liveness.closed(partner)
    this.#push.closed(partner, nowMs)
    this.#welcomed.delete(partner)
    const unexpected = this.overlay.closed(partner)
    if (this.overlay.size === 0) this.#silence.lost(nowMs)
    if (unexpected && this.book.has(partner) && !this.#left) {
      out.push(...this.#suspicions.connectionBroke(partner, nowMs))
    }
  }

  #syncWithAnyone(nowMs: number, out: Output[]): void {
    this.#nextSyncMs = nowMs + jittered(this.#config.syncIntervalMs, SYNC_JITTER_RATIO, this.#random)
    const partner = this.overlay.pick()
    if (partner !== undefined) this.#sync(partner, true, out)
  }

  /** The own record, and the digest that makes the partner answer with what differs. */
  #sync(partner: PeerKey, withDigest: boolean, out: Output[]): void {
    if (this.own !== undefined) out.push(...sendRecords(partner, [{ record: this.own, ageMs: 0 }]))
    if (withDigest) out.push(this.#digestFor(partner))
  }

  #digestFor(partner: PeerKey): Output {
    return { type: 'send', to: partner, message: { type: 'digest', buckets: this.book.digest(partner) } }
  }

  #answer(from: PeerKey, message: SyncMessage, nowMs: number, out: Output[]): SyncMessage[] {
    switch (message.type) {
      case 'digest': {
        if (this.#welcomed.delete(from) && message.buckets.every(bucket => bucket === 0)) return []
        const answers = answerDigest(this.book, from, message.buckets, nowMs)
        if (answers.length > 0) this.#push.graft(from)
        return this.#withSuspicions(answers, nowMs)
      }
      case 'summary':
        this.#push.graft(from)
        return this.#withSuspicions(answerSummary(this.book, this.#peer, from, message, nowMs), nowMs)
      case 'want':
        return this.#withSuspicions(answerWant(this.book, message.peers, nowMs), nowMs)
      case 'ping':
        return [{ type: 'pong' }]
      case 'suspicions':
        out.push(...this.#suspicions.weigh(message.suspicions, from, nowMs))
        return []
      case 'records':
        this.#acceptor.takeAll(message.records, from, nowMs, out)
        return []
      case 'push':
        if (this.#acceptor.takeAll(message.records, from, nowMs, out)) return []
        return this.#push.refuses(from, this.overlay.size, nowMs) ? [{ type: 'prune' }] : []
      case 'prune':
        this.#push.prune(from)
        return []
      case 'release':
        this.overlay.release(from)
        return []
      case 'pong':
        return []
    }
  }

  /** A partner that is handed records is handed what is suspected of them, too: it takes part in what is under way. */
  #withSuspicions(messages: readonly SyncMessage[], nowMs: number): SyncMessage[] {
    return [...messages, ...suspicionMessages(this.#suspicions.accompanying(messages, nowMs))]
  }

  #probe(nowMs: number, out: Output[]): void {
    for (const partner of this.#liveness.silent(nowMs)) {
      this.overlay.hangUp(partner, nowMs)
      this.#liveness.closed(partner)
      out.push({ type: 'hang-up', peer: partner })
      out.push(...this.#suspicions.silent(partner, nowMs))
    }
    out.push(...this.#suspicions.run(nowMs))
    const partner = this.#liveness.nextProbe(nowMs)
    if (partner !== undefined) out.push({ type: 'send', to: partner, message: { type: 'ping' } })
  }

  #noteDial(id: string, outcome: DialOutcome, nowMs: number, out: Output[]): void {
    const purpose = this.overlay.dialled(id, outcome === 'reached', nowMs)
    out.push(...this.#suspicions.dialled(id, purpose, outcome, nowMs))
  }
}
