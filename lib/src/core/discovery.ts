/**
 * The whole protocol as a function of state, input, time and chance: `handle` returns effects and performs none.
 *
 * The host delivers inputs, carries out outputs, and calls `handle({ type: 'tick' })` once `nextDeadlineMs` is past.
 */
import { Agenda } from './agenda.ts'
import { AddressBook } from './book/address-book.ts'
import type { Interest } from './book/entry.ts'
import type { EntryStore } from './book/entry-store.ts'
import { Settling } from './book/settling.ts'
import { Sources } from './book/sources.ts'
import { Admission } from './bounds/admission.ts'
import { Budgets } from './bounds/budgets.ts'
import type { DiscoveryConfig } from './config.ts'
import { Conversation } from './conversation.ts'
import type { OverlayHost } from './dialling/reach.ts'
import type { Input, Output } from './effects.ts'
import { RecordAcceptor } from './gossip/accept-record.ts'
import { Comparison } from './gossip/comparison.ts'
import { Contradiction } from './gossip/contradiction.ts'
import { HeldRecords } from './gossip/held-records.ts'
import { Pacing } from './gossip/pacing.ts'
import { Push } from './gossip/push.ts'
import { sendPush } from './gossip/send.ts'
import { Fading } from './liveness/fading.ts'
import { Liveness } from './liveness/liveness.ts'
import { Silence } from './liveness/silence.ts'
import { Suspicions } from './liveness/suspicions.ts'
import { LostPeers } from './overlay/lost-peers.ts'
import { Overlay } from './overlay/overlay.ts'
import {
  type Announcement,
  type Content,
  compareVersions,
  type PeerKey,
  type SignedAnnouncement,
  type Version
} from './record/announcement.ts'
import { Announcer } from './record/announcer.ts'

/** What a node is given by its host, so that the same code runs in production, in tests and under virtual time. */
export interface Host extends OverlayHost {
  /** For the entries of the book, empty; where many nodes share one. */
  readonly store?: EntryStore
}

/** One node of the network, without clock, chance or IO of its own. */
export class Discovery {
  /** Who is there; changed by this node alone. */
  readonly book: AddressBook
  /** @internal Who this node is connected to. */
  readonly overlay: Overlay
  /** @internal What this node spends on others; its adapter charges to it what it reads and verifies for them. */
  readonly budgets = new Budgets()
  readonly #peer: PeerKey
  readonly #announcer: Announcer
  readonly #liveness: Liveness
  readonly #lost: LostPeers
  readonly #silence = new Silence()
  readonly #push = new Push()
  readonly #held = new HeldRecords()
  readonly #pacing: Pacing
  readonly #acceptor: RecordAcceptor
  readonly #conversation: Conversation
  readonly #suspicions: Suspicions
  readonly #fading: Fading
  readonly #settling: Settling
  readonly #agenda: Agenda
  #left = false
  #dueMs = Number.POSITIVE_INFINITY
  /** Of the last input. */
  #nowMs: number

  /**
   * @param self - this node's peer key and the start of its run, ms since 1970
   * @param nowMs - in the time that {@link handle} is given
   * @param host - chance, the grouping of addresses, and a store for the entries of the book, where many nodes share their records
   * @throws {RangeError} when the configured name or metadata break the bounds of an announcement
   */
  constructor(config: DiscoveryConfig, self: { peer: PeerKey; epoch: number }, host: Host, nowMs: number) {
    const { random } = host
    this.#peer = self.peer
    this.#announcer = new Announcer(config, self, random, nowMs)
    this.#liveness = new Liveness(nowMs)
    this.#lost = new LostPeers(random, nowMs)
    this.#settling = new Settling(nowMs)
    this.#nowMs = nowMs
    this.book = new AddressBook(config, host.store)
    this.overlay = new Overlay(self.peer, config, host, nowMs)
    const { book, overlay } = this
    const [liveness, announcer, lost, push] = [this.#liveness, this.#announcer, this.#lost, this.#push]
    const parts = { peer: self.peer, book, overlay, liveness, silence: this.#silence, announcer }
    const suspicions = new Suspicions(parts, random, config.dialBackoffMs)
    this.#suspicions = suspicions
    this.#fading = new Fading({ ...parts, suspicions })
    const [contradiction, admission] = [new Contradiction(book), new Admission(config.maxEntries)]
    const sources = new Sources({ book, overlay, admission, random })
    const acceptor = new RecordAcceptor({
      ...parts,
      suspicions,
      lost,
      push,
      held: this.#held,
      contradiction,
      admission,
      sources
    })
    this.#acceptor = acceptor
    const { syncIntervalMs } = config
    const comparison = new Comparison({ ...parts, random, syncIntervalMs, contradiction, acceptor, sources })
    this.#pacing = new Pacing(acceptor, this.#held, push)
    const joined = { ...parts, suspicions, fading: this.#fading, push, acceptor, comparison, pacing: this.#pacing }
    const { groupOf } = host
    this.#conversation = new Conversation({ ...joined, budgets: this.budgets, random, groupOf, syncIntervalMs }, nowMs)
    this.#agenda = new Agenda({
      ...joined,
      lost,
      held: this.#held,
      conversation: this.#conversation,
      settling: this.#settling
    })
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
    return this.#agenda.nextMs(this.#left, nowMs)
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
    this.#settling.begin(nowMs)
    this.#announcer.restart(epoch, nowMs)
  }

  /**
   * What a record would be to this node, as far as its version and age tell: asked before the cost of verifying its signature.
   *
   * @param ageMs - since it was announced, as its forwarder says
   * @param forwarder - who hands it on; `isHearsay` if it knows the peer by hearsay alone, like all that gossip brings
   */
  interestIn(announcement: Announcement, ageMs: number, forwarder?: PeerKey, isHearsay = true): Interest {
    if (announcement.peer !== this.#peer) {
      return this.#acceptor.interestIn(announcement, { ageMs, forwarder, isHearsay }, this.#nowMs)
    }
    const isNews = compareVersions(announcement, this.version) > 0 || this.#announcer.mustRetract(announcement)
    return isNews ? 'news' : 'known'
  }

  /**
   * Whether a verified record that is news may be taken in and handed on by gossip. False for a peer that nobody here has heard of, when
   * its forwarder has brought too many: `over-budget`.
   */
  admits(announcement: Announcement, forwarder: PeerKey): boolean {
    return this.#acceptor.admits(announcement, forwarder, this.#nowMs)
  }

  /** Whether a record that is news comes before its turn: it is kept until then, and must not travel on by itself. */
  comesTooSoon({ peer, leaving }: Announcement, nowMs: number): boolean {
    return this.#held.wouldHold(peer, leaving, nowMs)
  }

  /**
   * @param nowMs - monotonic; never less than at the last call
   * @throws {RangeError} when `content-changed` breaks the bounds of an announcement
   */
  handle(input: Input, nowMs: number): Output[] {
    const out: Output[] = []
    this.#nowMs = nowMs
    this.#noticeLateness(nowMs)
    this.#take(input, nowMs, out)
    const isHeartbeat = input.type === 'gossip' && out.length === 0 && !input.record.announcement.leaving
    // It puts deadlines off and brings none, unless it is kept for later: nothing is due that was not before.
    if (isHeartbeat && nowMs < this.#dueMs && this.#held.nextMs >= this.#dueMs) return out
    if (this.#left || !this.#agenda.isClear(input, nowMs) || !this.#handsOn(nowMs, out)) {
      this.#runDeadlines(nowMs, out)
      this.#agenda.seen(this.#left, nowMs)
    }
    out.push(...this.#settling.after(out, nowMs))
    this.#dueMs = this.#agenda.dueMs(this.#left)
    return out
  }

  /** Hands records on, if it is time; returns whether nothing else is due to be pushed. */
  #handsOn(nowMs: number, out: Output[]): boolean {
    if (nowMs < this.#push.nextMs) return true
    out.push(...this.#push.flush(this.overlay.partners, nowMs))
    return nowMs < this.#push.nextMs
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
        out.push(...this.overlay.found(input.target, input.source, nowMs))
        break
      case 'dialled':
        this.#noteDial(input, nowMs, out)
        break
      case 'partner-opened':
        this.#conversation.open(input, nowMs, out)
        break
      case 'partner-closed':
        this.#conversation.close(input, this.#left, nowMs, out)
        break
      case 'link-spent':
        this.overlay.spent(input.peer, nowMs)
        break
      case 'gossip':
        this.#pacing.take({ record: input.record, ageMs: 0, isHearsay: true }, input.from, nowMs, out)
        break
      case 'message':
        this.#liveness.heard(input.from, nowMs)
        out.push(...this.#suspicions.answered(input.from, nowMs))
        for (const message of this.#conversation.answer(input.from, input.message, nowMs, out)) {
          out.push({ type: 'send', to: input.from, message })
        }
        break
      case 'leave':
        this.#leave(input.farewell, nowMs, out)
        break
    }
  }

  #noticeLateness(nowMs: number): void {
    const latenessMs = nowMs - this.#dueMs
    if (!this.#silence.wasLate(latenessMs, nowMs)) return
    this.#liveness.excuse(latenessMs)
    this.#settling.excuse(latenessMs, nowMs)
  }

  /** After a farewell the book stays right, and what comes is handed on: partners that are still there may rely on it. */
  #runDeadlines(nowMs: number, out: Output[]): void {
    this.#pacing.takeDue(nowMs, out)
    if (nowMs >= Math.max(this.book.nextExpiryMs, this.#silence.noExpiryBeforeMs)) this.#expire(nowMs, out)
    if (this.#announcer.isDue(this.book.size, nowMs)) this.#announce(this.#announcer.isSilent, nowMs, out)
    if (!this.#left) this.#ask(nowMs, out)
    this.#conversation.answerWaiting(nowMs, out)
    for (const warning of [this.#announcer.takeWarning(nowMs), this.budgets.warning(nowMs)]) {
      if (warning !== undefined) out.push({ type: 'warned', warning })
    }
    out.push(...this.#push.flush(this.overlay.partners, nowMs), ...this.#acceptor.vouch(nowMs))
    for (const partner of this.#push.dueLazy(nowMs)) out.push(this.#conversation.digestFor(partner, false, nowMs))
    if (!this.#left) this.#connect(nowMs, out)
  }

  #ask(nowMs: number, out: Output[]): void {
    if (nowMs >= this.#conversation.nextSyncMs) this.#conversation.syncWithAnyone(nowMs, out)
    out.push(...this.#fading.ask(nowMs))
    this.#conversation.seeWhetherAlive(this.overlay.takeOverdue(nowMs), true, nowMs, out)
    this.#probe(nowMs, out)
  }

  #connect(nowMs: number, out: Output[]): void {
    out.push(...this.overlay.shape(this.book, nowMs))
    const lost = this.#lost.next(this.book.size + 1, nowMs)
    if (lost !== undefined) out.push(...this.overlay.dial(lost, 'heal', nowMs))
  }

  #expire(nowMs: number, out: Output[]): void {
    for (const entry of this.book.expire(nowMs, peer => this.#fading.isSpared(peer, nowMs))) {
      this.#suspicions.settled(entry.record.announcement.peer, nowMs)
      this.#lost.add(entry, nowMs)
      out.push({ type: 'expired', entry })
    }
  }

  #announce(leaving: boolean, nowMs: number, out: Output[]): void {
    const announcement = this.#announcer.next(leaving, this.book.size, nowMs)
    if (announcement !== undefined) out.push({ type: 'announce', announcement })
  }

  #leave(farewell: SignedAnnouncement | undefined, nowMs: number, out: Output[]): void {
    if (this.#left) return
    this.#left = true
    if (farewell !== undefined) {
      this.#announcer.changePace(undefined, nowMs)
      this.#adopt(farewell, out)
    } else this.#changePace(undefined, nowMs, out)
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
    out.push(...sendPush(record.announcement.leaving ? this.#liveness.connected : this.overlay.partners, record))
  }

  #probe(nowMs: number, out: Output[]): void {
    for (const partner of this.#liveness.silent(nowMs)) {
      this.overlay.hangUp(partner, nowMs)
      this.#liveness.closed(partner)
      out.push({ type: 'hang-up', peer: partner })
      out.push(...this.#suspicions.silent(partner, nowMs))
    }
    out.push(...this.#suspicions.run(nowMs), ...this.#liveness.probeNext(nowMs))
  }

  #noteDial({ id, outcome, peer }: Extract<Input, { type: 'dialled' }>, nowMs: number, out: Output[]): void {
    out.push(...this.#suspicions.dialled(id, this.overlay.ended(id, outcome, nowMs, peer), outcome, nowMs))
  }
}
