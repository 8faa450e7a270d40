/** What is said between this node and a partner: when a link opens and ends, when it is time, and in answer. */
import type { AddressBook } from './book/address-book.ts'
import type { Budgets } from './bounds/budgets.ts'
import type { GroupOf } from './bounds/group.ts'
import type { InputOf, Output } from './effects.ts'
import type { RecordAcceptor } from './gossip/accept-record.ts'
import { Answers, type Question } from './gossip/answers.ts'
import type { Comparison } from './gossip/comparison.ts'
import type { Pacing } from './gossip/pacing.ts'
import type { Push } from './gossip/push.ts'
import { sendRecords, sendWishes } from './gossip/send.ts'
import { answerWant, type SyncMessage, suspicionMessages } from './gossip/sync.ts'
import type { Fading } from './liveness/fading.ts'
import type { Liveness } from './liveness/liveness.ts'
import type { Silence } from './liveness/silence.ts'
import type { Suspicions } from './liveness/suspicions.ts'
import type { Overlay } from './overlay/overlay.ts'
import { jittered, type Random } from './random.ts'
import type { PeerKey, SignedAnnouncement } from './record/announcement.ts'
import type { Announcer } from './record/announcer.ts'

const SYNC_JITTER_RATIO = 0.2

/** The parts of a node that take part in a conversation. */
interface Node {
  readonly book: AddressBook
  readonly overlay: Overlay
  readonly announcer: Announcer
  readonly liveness: Liveness
  readonly silence: Silence
  readonly suspicions: Suspicions
  readonly fading: Fading
  readonly push: Push
  readonly acceptor: RecordAcceptor
  readonly comparison: Comparison
  readonly pacing: Pacing
  readonly budgets: Budgets
  readonly random: Random
  readonly groupOf: GroupOf
  readonly syncIntervalMs: number
}

export class Conversation {
  readonly #node: Node
  readonly #answers: Answers
  /** BOUNDED by the partners. The own record that each was sent last. */
  readonly #toldOwn = new Map<PeerKey, SignedAnnouncement>()
  #nextSyncMs: number

  constructor(node: Node, nowMs: number) {
    this.#node = node
    this.#nextSyncMs = nowMs + node.syncIntervalMs
    this.#answers = new Answers(node.book, node.budgets, (from, question, atMs) =>
      this.#withSuspicions(this.#answerTo(from, question, atMs), atMs)
    )
  }

  /** When books are to be compared with somebody. */
  get nextSyncMs(): number {
    return this.#nextSyncMs
  }

  /** When there is an answer that had to wait. */
  get nextAnswerMs(): number {
    return this.#answers.nextMs
  }

  /** Sends the answers that can be paid for by now. */
  answerWaiting(nowMs: number, out: Output[]): void {
    this.#answers.run(nowMs, out)
  }

  open(origin: InputOf<'partner-opened'>, nowMs: number, out: Output[]): void {
    const { peer: partner, initiator, isLimited = false } = origin
    this.#answers.opened(partner, this.#node.groupOf(origin.addr))
    if (this.#node.overlay.size === 0) this.#node.silence.regained(nowMs)
    this.#node.overlay.opened(partner, origin, nowMs)
    this.#node.acceptor.met(partner, nowMs)
    this.#node.liveness.opened(partner)
    this.#node.push.opened(partner, isLimited)
    out.push(...this.#node.suspicions.opened(partner, nowMs))
    this.#sync(
      partner,
      initiator && this.#node.push.compares(partner, this.#node.overlay.size, nowMs),
      false,
      nowMs,
      out
    )
    const isWelcome = !initiator && this.#node.push.isQuiet(nowMs) && this.#node.comparison.isNewcomer(partner)
    if (isWelcome) this.#answers.ask(partner, { type: 'welcome' }, nowMs, out)
    // A partner whose clock was set back learns by its former announcement what it has to outdo.
    const former = this.#node.book.lastOf(partner)
    if (former !== undefined) out.push(...sendRecords(partner, [{ record: former, ageMs: 0 }]))
    // Perhaps the suspects have refuted, and those that fade have announced, while nobody was there to say so: a digest would not tell.
    out.push(...sendWishes(partner, [...this.#node.suspicions.suspected, ...this.#node.fading.faded(nowMs)]))
  }

  /** A connection that breaks without a farewell is a hint: see whether the peer can still be reached. */
  close(
    { peer: partner, isCut, spentBy }: InputOf<'partner-closed'>,
    hasLeft: boolean,
    nowMs: number,
    out: Output[]
  ): void {
    this.#answers.closed(partner)
    this.#node.liveness.closed(partner)
    this.#node.push.closed(partner, nowMs)
    this.#node.comparison.closed(partner)
    this.#toldOwn.delete(partner)
    const wasDialled = this.#node.overlay.isDialled(partner)
    const isBroken = this.#node.overlay.closed(partner, nowMs, spentBy) && isCut !== true
    if (this.#node.overlay.size === 0) this.#node.silence.lost(nowMs)
    if (isBroken && !hasLeft) this.seeWhetherAlive([partner], wasDialled, nowMs, out)
  }

  seeWhetherAlive(peers: readonly PeerKey[], wasDialled: boolean, nowMs: number, out: Output[]): void {
    for (const peer of peers) {
      if (this.#node.book.has(peer)) out.push(...this.#node.suspicions.connectionBroke(peer, wasDialled, nowMs))
    }
  }

  syncWithAnyone(nowMs: number, out: Output[]): void {
    this.#nextSyncMs = nowMs + jittered(this.#node.syncIntervalMs, SYNC_JITTER_RATIO, this.#node.random)
    const partner = this.#node.overlay.pick()
    if (partner !== undefined) this.#sync(partner, true, true, nowMs, out)
  }

  /** The own record, unless the partner was sent it already, and the digest that makes the partner answer with what differs. */
  #sync(partner: PeerKey, withDigest: boolean, isRegular: boolean, nowMs: number, out: Output[]): void {
    const own = this.#node.announcer.own
    if (own !== undefined && this.#toldOwn.get(partner) !== own) {
      this.#toldOwn.set(partner, own)
      out.push(...sendRecords(partner, [{ record: own, ageMs: 0 }]))
    }
    if (withDigest) out.push(this.digestFor(partner, isRegular, nowMs))
  }

  digestFor(partner: PeerKey, isRegular: boolean, nowMs: number): Output {
    return { type: 'send', to: partner, message: this.#node.comparison.digestFor(partner, isRegular, nowMs) }
  }

  /** The partner has said something; returns what is to be said at once. */
  answer(from: PeerKey, message: SyncMessage, nowMs: number, out: Output[]): SyncMessage[] {
    switch (message.type) {
      case 'digest':
      case 'summary':
      case 'want':
        this.#answers.ask(from, message, nowMs, out)
        return []
      case 'ping':
        return [{ type: 'pong' }]
      case 'suspicions':
        out.push(...this.#node.suspicions.weigh(message.suspicions, from, nowMs))
        return []
      case 'records':
        this.#node.pacing.takeAll(message.records, from, nowMs, out)
        return []
      case 'push':
        if (this.#node.pacing.takeAll(message.records, from, nowMs, out)) this.#node.push.brought(from, nowMs)
        else if (this.#node.acceptor.isFlooded(nowMs)) this.#node.push.compareSoon(nowMs)
        else if (this.#node.push.refuses(from, nowMs)) return [{ type: 'prune' }]
        return []
      case 'prune':
        this.#node.push.prune(from)
        return []
      case 'release':
        out.push(...this.#node.overlay.release(from, nowMs))
        return []
      case 'pong':
        return []
    }
  }

  /** A partner that is handed records is handed what is suspected of them, too: it takes part in what is under way. */
  #withSuspicions(messages: readonly SyncMessage[], nowMs: number): SyncMessage[] {
    return [...messages, ...suspicionMessages(this.#node.suspicions.accompanying(messages, nowMs))]
  }

  /** Called once the answer is paid for. */
  #answerTo(from: PeerKey, question: Question, nowMs: number): SyncMessage[] {
    switch (question.type) {
      case 'welcome':
        return this.#node.comparison.welcome(from, nowMs)
      case 'digest': {
        const { isEqual, answers } = this.#node.comparison.answerDigest(from, question, nowMs)
        if (!isEqual) this.#node.push.graft(from)
        return answers
      }
      case 'summary': {
        const answers = this.#node.comparison.answerSummary(from, question, nowMs)
        if (answers.length > 0 || question.buckets.length > 0) this.#node.push.graft(from)
        return answers
      }
      case 'want':
        return answerWant(this.#node.book, this.#node.announcer.own, question.peers, nowMs)
    }
  }
}
