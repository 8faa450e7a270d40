/** Sends a growing history to those who read it, each at its own pace. */
import type { ServerResponse } from 'node:http'
import type { HistoryEvent } from '../../history/history.ts'

export interface FeedOptions {
  /** Now, in the time of the run, and how fast it passes if it is virtual. Asked before something is sent. */
  readonly clock: () => { nowMs: number; speed?: number | undefined }
}

/** Others are told to come later. */
export const MAX_READERS = 8

/** How often something is sent, if there is something. */
const TICK_MS = 100

/**
 * Sent to one reader at a time: 10,000 events of 250 bytes a second, and about 1 ms of this process. The next piece waits until
 * the reader has taken the last one.
 */
const PIECE_BYTES = 250_000

/** Readers that have not taken all of it by then are left behind, so that nobody can hold up the end of a run. */
const END_TIMEOUT_MS = 2_000

interface Reader {
  readonly response: ServerResponse
  /** Of the history, what is sent next. */
  next: number
}

/** Keeps nothing for a reader but its place in the history, so a slow one costs no memory, and a late one gets all of it. */
export class Feed {
  readonly #options: FeedOptions
  /** The history so far. */
  readonly #events: HistoryEvent[] = []
  /** BOUNDED by {@link MAX_READERS}. */
  readonly #readers = new Set<Reader>()
  #timer: NodeJS.Timeout | undefined
  #last: string | undefined
  /** As the clock last said. */
  #now = '{}'
  #onEmpty: (() => void) | undefined

  constructor(options: FeedOptions) {
    this.#options = options
  }

  append(event: HistoryEvent): void {
    this.#events.push(event)
  }

  get isFull(): boolean {
    return this.#readers.size >= MAX_READERS
  }

  /** @param from - how much of the history the reader has already */
  add(response: ServerResponse, from: number): void {
    const reader: Reader = { response, next: Math.min(from, this.#events.length) }
    this.#readers.add(reader)
    response.on('close', () => this.#remove(reader))
    response.on('drain', () => {
      if (this.#last !== undefined) this.#send(reader)
    })
    this.#sendAll()
    this.#timer ??= setInterval(() => this.#sendAll(), TICK_MS).unref()
  }

  /** Sends the rest and one message after it; settles when everybody has it, or when some took too long. */
  async end(message: string): Promise<void> {
    this.#last = message
    if (this.#readers.size > 0) {
      await new Promise<void>(resolve => {
        const timer = setTimeout(resolve, END_TIMEOUT_MS)
        this.#onEmpty = () => {
          clearTimeout(timer)
          resolve()
        }
        for (const reader of [...this.#readers]) this.#send(reader)
      })
    }
    clearInterval(this.#timer)
    for (const { response } of this.#readers) response.destroy()
  }

  #remove(reader: Reader): void {
    this.#readers.delete(reader)
    if (this.#readers.size > 0) return
    clearInterval(this.#timer)
    this.#timer = undefined
    this.#onEmpty?.()
  }

  #sendAll(): void {
    this.#now = JSON.stringify(this.#options.clock())
    for (const reader of [...this.#readers]) this.#send(reader)
  }

  #send(reader: Reader): void {
    const { response } = reader
    if (response.writableNeedDrain || response.writableEnded) return
    const events = this.#pieceFor(reader)
    if (events !== undefined) response.write(`id: ${reader.next}\ndata: ${events}\n\n`)
    if (reader.next < this.#events.length) {
      // In the end nobody is slowed down by it any more.
      if (this.#last !== undefined && !response.writableNeedDrain) setImmediate(() => this.#send(reader))
      return
    }
    if (this.#last === undefined) response.write(`event: clock\ndata: ${this.#now}\n\n`)
    else response.end(`event: end\ndata: ${this.#last}\n\n`)
  }

  /** An array of events, as JSON. */
  #pieceFor(reader: Reader): string | undefined {
    if (reader.next === this.#events.length) return undefined
    const texts: string[] = []
    for (let bytes = 0; reader.next < this.#events.length && bytes < PIECE_BYTES; reader.next++) {
      const text = JSON.stringify(this.#events[reader.next])
      texts.push(text)
      bytes += text.length
    }
    return `[${texts.join(',')}]`
  }
}
