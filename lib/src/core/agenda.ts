/** When a node has something to do, so that after most inputs it need not look at all of its parts. */
import type { AddressBook } from './book/address-book.ts'
import type { Settling } from './book/settling.ts'
import type { Conversation } from './conversation.ts'
import type { Input } from './effects.ts'
import type { RecordAcceptor } from './gossip/accept-record.ts'
import type { HeldRecords } from './gossip/held-records.ts'
import type { Push } from './gossip/push.ts'
import type { SyncMessage } from './gossip/sync.ts'
import type { Liveness } from './liveness/liveness.ts'
import type { Silence } from './liveness/silence.ts'
import type { Suspicions } from './liveness/suspicions.ts'
import type { LostPeers } from './overlay/lost-peers.ts'
import type { Overlay } from './overlay/overlay.ts'
import type { Announcer } from './record/announcer.ts'

/** The parts of a node that have deadlines. */
interface Node {
  readonly book: AddressBook
  readonly overlay: Overlay
  readonly announcer: Announcer
  readonly acceptor: RecordAcceptor
  readonly conversation: Conversation
  readonly held: HeldRecords
  readonly liveness: Liveness
  readonly lost: LostPeers
  readonly push: Push
  readonly settling: Settling
  readonly silence: Silence
  readonly suspicions: Suspicions
}

/** Messages that open no question, and change no link. */
const SLIGHT_MESSAGES: ReadonlySet<SyncMessage['type']> = new Set(['records', 'push', 'prune', 'ping', 'pong'])

export class Agenda {
  readonly #node: Node
  /** As it was when everything was last looked at: earlier than it is now, or the same. */
  #restMs = Number.POSITIVE_INFINITY

  constructor(node: Node) {
    this.#node = node
  }

  /** When something is due; a deadline that was put off since {@link seen} may count as it was. */
  dueMs(hasLeft: boolean): number {
    return Math.min(this.#node.push.nextMs, this.#recordsMs(hasLeft), this.#restMs)
  }

  /** Everything was looked at, and nothing is due at this time. */
  seen(hasLeft: boolean, nowMs: number): void {
    this.#restMs = this.#nextRestMs(hasLeft, nowMs)
  }

  /** When the next deadline is, by what all parts say now. */
  nextMs(hasLeft: boolean, nowMs: number): number {
    return Math.min(this.#node.push.nextMs, this.#recordsMs(hasLeft), this.#nextRestMs(hasLeft, nowMs))
  }

  /** Whether there is nothing to do after an input but to hand on records: most inputs bring nothing but these, or a word of a partner. */
  isClear(input: Input, nowMs: number): boolean {
    const { book, overlay, lost } = this.#node
    const isDue = nowMs >= Math.min(this.#restMs, this.#recordsMs(false), lost.nextLookMs)
    return !isDue && isSlight(input) && overlay.isInShape(book.size, nowMs)
  }

  /** The earliest of what records may bring forward, apart from handing them on. */
  #recordsMs(hasLeft: boolean): number {
    const { announcer, acceptor, held, book, settling, silence, suspicions } = this.#node
    const expiryMs = Math.max(book.nextExpiryMs, silence.noExpiryBeforeMs)
    const servingMs = Math.min(announcer.nextMs, acceptor.nextMs, held.nextMs, expiryMs)
    return hasLeft ? servingMs : Math.min(servingMs, book.nextFadingMs, suspicions.nextMs, settling.nextMs)
  }

  /** The earliest of everything else. */
  #nextRestMs(hasLeft: boolean, nowMs: number): number {
    const { conversation, liveness, lost, overlay } = this.#node
    if (hasLeft) return conversation.nextAnswerMs
    const talkMs = Math.min(conversation.nextAnswerMs, conversation.nextSyncMs, liveness.nextDeadlineMs())
    return Math.min(talkMs, lost.nextMs, overlay.nextAttemptMs(nowMs))
  }
}

/** Whether an input changes no link, no dial and no question. */
function isSlight(input: Input): boolean {
  if (input.type === 'message') return SLIGHT_MESSAGES.has(input.message.type)
  return input.type === 'tick' || input.type === 'gossip'
}
