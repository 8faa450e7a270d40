/**
 * What waits to be sent over a link with a limit.
 *
 * Long messages go in pieces, each followed by a `ping`, and no more of them than a window is under way unanswered: whenever the link is
 * cut, the partner has all but that. They stop while there is room for short ones, which do not wait for them. The rest is not lost: the
 * next circuit begins with a comparison.
 */
import { olderBy, type SignedAnnouncement, type SyncMessage } from '../../../core/index.ts'
import { heldBytesOf, type SendQueue } from '../send-queue.ts'
import { piecesOf, wireBytesOf } from './pieces.ts'

/** The largest record, and a little more: a node's own announcement does not wait. */
const MAX_SHORT_BYTES = 2_560

/** Words such as `ping`, without which a partner takes this node for silent. */
const MAX_WORD_BYTES = 32

/** What the queue asks of the link's limit. */
export interface Limit {
  readonly windowBytes: number
  readonly pieceBytes: number
  readonly roomBytes: number
  readonly hasFloor: boolean
}

/** A long message, and since when it has waited: its records grow older. */
interface Waiting {
  readonly message: SyncMessage
  readonly atMs: number
}

/** Pure, but for the limit's counters and the clock that it is given. */
export class CircuitQueue implements SendQueue {
  readonly isStepwise = true
  /** BOUNDED by the memory that all streams share. */
  readonly #short: SyncMessage[] = []
  /** BOUNDED by the memory that all streams share. In pieces. */
  readonly #long: Waiting[] = []
  /** BOUNDED by `#long`. Records among these. */
  readonly #records = new Set<SignedAnnouncement>()
  /** BOUNDED by the pings of the core and the pieces of a window. What went since the ping before, for each ping without an answer. */
  readonly #unanswered: number[] = []
  readonly #limit: Limit
  readonly #nowMs: () => number
  #heldBytes = 0
  #isPieceOut = false
  #bytesSincePing = 0

  constructor(limit: Limit, nowMs: () => number) {
    this.#limit = limit
    this.#nowMs = nowMs
  }

  get heldBytes(): number {
    return this.#heldBytes
  }

  push(message: SyncMessage): void {
    const isLong = wireBytesOf(message) > MAX_SHORT_BYTES
    // Suspicions are told along with the records that they are about.
    if (isLong || (message.type === 'suspicions' && this.#long.length > 0)) this.#pushLong(message)
    else this.#short.push(this.#held(message))
  }

  next(): SyncMessage | undefined {
    if (this.#isPieceOut) return this.#ping()
    const at = this.#short.findIndex(message => this.#limit.hasFloor || wireBytesOf(message) <= MAX_WORD_BYTES)
    const [message] = at < 0 ? [] : this.#short.splice(at, 1)
    if (message === undefined) return this.#nextPiece()
    this.#heldBytes -= heldBytesOf(message)
    return message.type === 'ping' ? this.#ping() : message
  }

  sent(bytes: number): void {
    this.#bytesSincePing += bytes
  }

  answered(): void {
    this.#unanswered.shift()
  }

  #pushLong(message: SyncMessage): void {
    const atMs = this.#nowMs()
    const fresh = this.#withoutWaiting(message)
    if (fresh === undefined) return
    for (const piece of piecesOf(fresh, this.#limit.pieceBytes)) this.#long.push({ message: this.#held(piece), atMs })
  }

  /** Two comparisons at once ask for the same records. */
  #withoutWaiting(message: SyncMessage): SyncMessage | undefined {
    if (!('records' in message)) return message
    const records = message.records.filter(({ record }) => !this.#records.has(record))
    for (const { record } of records) this.#records.add(record)
    return records.length > 0 ? { ...message, records } : undefined
  }

  #held(message: SyncMessage): SyncMessage {
    this.#heldBytes += heldBytesOf(message)
    return message
  }

  #nextPiece(): SyncMessage | undefined {
    const [first] = this.#long
    if (first === undefined) return undefined
    const { message, atMs } = first
    const bytes = wireBytesOf(message)
    const underWay = this.#unanswered.reduce((sum, sent) => sum + sent, 0)
    if (bytes > this.#limit.roomBytes || (underWay > 0 && underWay + bytes > this.#limit.windowBytes)) return undefined
    this.#long.shift()
    this.#heldBytes -= heldBytesOf(message)
    if ('records' in message) for (const { record } of message.records) this.#records.delete(record)
    this.#isPieceOut = true
    return olderBy(message, this.#nowMs() - atMs)
  }

  /** Its answer says that all before it has arrived. */
  #ping(): SyncMessage {
    this.#unanswered.push(this.#bytesSincePing)
    this.#bytesSincePing = 0
    this.#isPieceOut = false
    return { type: 'ping' }
  }
}
