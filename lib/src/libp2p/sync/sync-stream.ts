/** One open sync stream: whole frames in, whole frames out, bounded both ways. */
import type { Logger, Stream } from '@libp2p/interface'
import { byteStream } from '@libp2p/utils'
import * as varint from 'uint8-varint'
import { Uint8ArrayList } from 'uint8arraylist'
import type { Group } from '../../core/bounds/group.ts'
import { MAX_FRAME_BYTES, type SyncMessage } from '../../core/gossip/sync.ts'
import type { AgedRecord, Payer, PeerKey } from '../../core/index.ts'
import { monotonicMs } from '../clock.ts'
import type { Turns } from '../host/turns.ts'
import { ABORT_GRACE_MS, within } from '../host/within.ts'
import type { DiscoveryMetrics } from '../reports/metrics.ts'
import { CircuitQueue } from './circuits/circuit-queue.ts'
import type { LinkLimit } from './circuits/link-limit.ts'
import { encodeSyncMessage, SyncFrameError } from './frames.ts'
import { PlainQueue, type SendQueue } from './send-queue.ts'
import type { Holder, StreamMemory } from './stream-memory.ts'
import { StreamTimes } from './stream-times.ts'

const MAX_LENGTH_BYTES = varint.encodingLength(MAX_FRAME_BYTES)

/** What a partner may send while a frame is worked on: the largest window of yamux, and a frame that was begun. */
const MAX_BUFFERED_BYTES = 16 * 1024 * 1024 + 2 * MAX_FRAME_BYTES

/**
 * An unread byte holds two: what libp2p hands over are parts of buffers that were made for more. Measured with 20 partners that never read:
 * 27 MiB unread held 55 MiB of memory outside the heap.
 */
const HELD_PER_UNREAD_BYTE = 2

/** Time for the partner to read the last frames. */
const CLOSE_TIMEOUT_MS = 1_000

/** What all streams of a node share. */
export interface StreamHost {
  readonly self: PeerKey
  readonly log: Logger
  readonly metrics: DiscoveryMetrics
  readonly turns: Turns
  readonly memory: StreamMemory
}

export class SyncStream implements Holder {
  readonly #payer: Payer
  readonly #stream: Stream
  readonly #bytes: ReturnType<typeof byteStream>
  readonly #host: StreamHost
  readonly #queue: SendQueue
  readonly #times: StreamTimes
  /** What the queue holds, as it was when last looked at. */
  #queuedBytes = 0
  /** Handed to the connection, which has not taken all of it. */
  #writingBytes = 0
  /** What the stream has handed over, and nobody has read. */
  #bufferedBytes = 0
  /** That, and what the stream itself keeps while it is paused, as it was when last looked at. */
  #unreadBytes = 0
  #sentAtMs = Number.NEGATIVE_INFINITY
  /** Since when there has been a frame to work on all the time. */
  #busySinceMs = Number.POSITIVE_INFINITY
  #writing: Promise<void> | undefined

  /** @param limit - of the connection, if a relay will end it */
  constructor(stream: Stream, payer: Payer, host: StreamHost, limit?: LinkLimit) {
    stream.maxReadBufferLength = MAX_BUFFERED_BYTES
    this.#payer = payer
    this.#stream = stream
    stream.addEventListener('message', ({ data }) => {
      this.#bufferedBytes += data.byteLength
    })
    this.#bytes = byteStream(stream, { maxBufferSize: MAX_BUFFERED_BYTES })
    this.#host = host
    this.#queue = limit === undefined ? new PlainQueue() : new CircuitQueue(limit, monotonicMs)
    this.#times = new StreamTimes(host.metrics, [host.self, payer.connection])
    host.memory.add(this)
  }

  get group(): Group {
    return this.#payer.group
  }

  get heldBytes(): number {
    return this.#queuedBytes + this.#writingBytes + this.#unreadBytes
  }

  /** Whether this side has ended the stream before its time. */
  get isAborted(): boolean {
    return this.#stream.status === 'aborted'
  }

  /** Whether neither side has ended the stream. */
  get isOpen(): boolean {
    return this.#stream.status === 'open'
  }

  /** Whether the partner has sent so much that it has heard nothing of us for this long, and may wonder. */
  leavesWaiting(forMs: number): boolean {
    const sinceMs = monotonicMs() - forMs
    return this.#busySinceMs < sinceMs && this.#sentAtMs < sinceMs
  }

  /**
   * Frames in order, until the stream ends. The partner waits while a frame is worked on.
   *
   * @throws {SyncFrameError} when a length is none, or too large
   */
  async *frames(): AsyncGenerator<Uint8Array> {
    while (true) {
      const frame = await this.#read()
      if (frame === undefined) return
      this.#host.metrics.syncFrame('received', frame.byteLength)
      this.#busySinceMs = Math.min(this.#busySinceMs, monotonicMs())
      yield frame
      this.noteUnread()
      if (this.#unreadBytes === 0) this.#busySinceMs = Number.POSITIVE_INFINITY
    }
  }

  /** What has come meanwhile is held for the partner, too: to be called while its frames wait. */
  noteUnread(): void {
    const unreadBytes = HELD_PER_UNREAD_BYTE * (this.#stream.readBufferLength + this.#bufferedBytes)
    const more = unreadBytes - this.#unreadBytes
    this.#unreadBytes = unreadBytes
    if (more !== 0) this.#host.memory.changed(this, more)
  }

  /** Queues a message; messages queued in one turn of the event loop travel together. */
  send(message: SyncMessage): void {
    if (this.#stream.writeStatus !== 'writable') return
    this.#queue.push(message)
    this.#sentAtMs = monotonicMs()
    this.#writing ??= this.#write()
    this.#noteQueued()
  }

  /** The partner has answered a `ping`: over a link with a limit, more may go now. */
  answered(): void {
    this.#times.answered()
    this.#queue.answered()
    this.#writing ??= this.#write()
  }

  /** Records of the partner are in the book. */
  took(records: readonly AgedRecord[]): void {
    this.#times.took(records)
  }

  /** Hands everything queued that may go by now to the connection within this call, which nothing may outlive. */
  flushNow(): void {
    try {
      for (let batch = this.#nextBatch(); batch.byteLength > 0; batch = this.#nextBatch()) this.#stream.send(batch)
    } catch (error) {
      this.#host.log.trace('sync stream broke - %e', error)
    }
  }

  /** Resolves once everything queued that may go by now has been handed to the connection, or the stream is gone. */
  async flushed(): Promise<void> {
    await this.#writing
  }

  /** Ends this side; resolves when the partner has read everything and ended the other, or does not in time. */
  async close(): Promise<void> {
    const signal = AbortSignal.timeout(CLOSE_TIMEOUT_MS)
    try {
      await within(CLOSE_TIMEOUT_MS + ABORT_GRACE_MS, 'closing a stream', this.#stream.close({ signal }))
      await this.#ended(signal)
      this.#host.memory.remove(this)
    } catch (error) {
      this.#host.log.trace('sync stream did not close - %e', error)
      this.abort(error as Error)
    }
  }

  abort(reason: Error): void {
    this.#host.memory.remove(this)
    this.#stream.abort(reason)
  }

  async #ended(signal: AbortSignal): Promise<void> {
    if (this.#stream.status !== 'open' && this.#stream.status !== 'closing') return
    await new Promise<void>((resolve, reject) => {
      this.#stream.addEventListener('close', () => resolve(), { once: true })
      signal.addEventListener('abort', () => reject(signal.reason), { once: true })
    })
  }

  /** A frame without its length; undefined at the end. */
  async #read(): Promise<Uint8Array | undefined> {
    try {
      const length = await this.#readLength()
      return length === 0 ? new Uint8Array() : (await this.#readBytes(length)).subarray()
    } catch (error) {
      if (error instanceof SyncFrameError) throw error
      this.#host.log.trace('sync stream ended - %e', error)
      return undefined
    }
  }

  async #readLength(): Promise<number> {
    const head = new Uint8ArrayList()
    while (head.byteLength < MAX_LENGTH_BYTES) {
      const byte = await this.#readBytes(1)
      head.append(byte)
      if ((byte.get(0) & 0x80) !== 0) continue
      const length = varint.decode(head)
      if (length > MAX_FRAME_BYTES) throw new SyncFrameError(`a frame of ${length} > ${MAX_FRAME_BYTES} bytes`)
      return length
    }
    throw new SyncFrameError('a length without end')
  }

  /** The stream is read no further than to the bytes that are asked for. */
  async #readBytes(bytes: number): Promise<Uint8ArrayList> {
    const isMissing = this.#bufferedBytes < bytes
    if (isMissing) this.#pause(false)
    const read = await this.#bytes.read({ bytes })
    this.#bufferedBytes -= bytes
    if (isMissing) this.#pause(true)
    this.noteUnread()
    return read
  }

  #pause(isPaused: boolean): void {
    const { readStatus } = this.#stream
    if (readStatus === 'closed' || readStatus === 'closing') return
    if (isPaused) this.#stream.pause()
    else this.#stream.resume()
  }

  #noteQueued(): void {
    const more = this.#queue.heldBytes - this.#queuedBytes
    this.#queuedBytes += more
    if (more !== 0) this.#host.memory.changed(this, more)
  }

  #noteWriting(bytes: number): void {
    const more = bytes - this.#writingBytes
    this.#writingBytes = bytes
    this.#host.memory.changed(this, more)
  }

  async #write(): Promise<void> {
    await Promise.resolve()
    try {
      while (true) {
        const pause = this.#host.turns.breathe(this.#payer)
        if (pause !== undefined) await pause
        const batch = this.#nextBatch()
        // No `await` between here and the end, or what is queued meanwhile would stay.
        if (batch.byteLength === 0) break
        this.#noteWriting(batch.byteLength)
        await this.#bytes.write(batch)
        this.#noteWriting(0)
      }
    } catch (error) {
      this.#host.log.trace('sync stream broke - %e', error)
      this.abort(error as Error)
    }
    this.#writing = undefined
  }

  /** As many messages as make one large frame: small ones share a write, large ones wait their turn. */
  #nextBatch(): Uint8ArrayList {
    const list = new Uint8ArrayList()
    const enoughBytes = this.#queue.isStepwise ? 1 : MAX_FRAME_BYTES
    while (list.byteLength < enoughBytes) {
      const message = this.#queue.next()
      if (message === undefined) break
      const frame = encodeSyncMessage(message)
      this.#noteQueued()
      this.#host.metrics.syncFrame('sent', frame.byteLength)
      this.#queue.sent(frame.byteLength)
      this.#times.sent(message)
      list.append(varint.encode(frame.byteLength))
      list.append(frame)
    }
    return list
  }
}
