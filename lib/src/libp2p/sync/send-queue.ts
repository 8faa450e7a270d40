/** What waits to be sent over one stream. */
import type { SyncMessage } from '../../core/index.ts'

/** Messages on their way to one partner. */
export interface SendQueue {
  /** What all of them take in memory. */
  readonly heldBytes: number
  /** Whether each message is written by itself, since the next one depends on what it took. */
  readonly isStepwise: boolean
  push(message: SyncMessage): void
  /** The next message that may go at this moment; undefined if there is none. */
  next(): SyncMessage | undefined
  /** The message of {@link next} went in so many bytes. */
  sent(bytes: number): void
  /** The partner has said `pong`: perhaps more may go. */
  answered(): void
}

/** What a message takes in memory while it waits: an item names a peer, a record is mostly the book's. */
const MESSAGE_BYTES = 128
const ITEM_BYTES = 128
const RECORD_BYTES = 64
const RECORD_OWN_RATIO = 1 / 4

/** First in, first out, as fast as the partner reads. */
export class PlainQueue implements SendQueue {
  readonly isStepwise = false
  /** BOUNDED by the memory that all streams share. */
  readonly #messages: SyncMessage[] = []
  #heldBytes = 0

  get heldBytes(): number {
    return this.#heldBytes
  }

  push(message: SyncMessage): void {
    this.#messages.push(message)
    this.#heldBytes += heldBytesOf(message)
  }

  next(): SyncMessage | undefined {
    const message = this.#messages.shift()
    if (message !== undefined) this.#heldBytes -= heldBytesOf(message)
    return message
  }

  sent(): void {}

  answered(): void {}
}

export function heldBytesOf(message: SyncMessage): number {
  if ('records' in message) {
    const envelopeBytes = message.records.reduce((sum, { record }) => sum + record.envelopeBytes, 0)
    return MESSAGE_BYTES + message.records.length * RECORD_BYTES + envelopeBytes * RECORD_OWN_RATIO
  }
  const items = message.type === 'summary' ? message.items : message.type === 'want' ? message.peers : []
  return MESSAGE_BYTES + items.length * ITEM_BYTES
}
