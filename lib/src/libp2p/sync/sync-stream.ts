/** One open sync stream: whole frames in, whole frames out, bounded both ways. */
import type { Logger, Stream } from '@libp2p/interface'
import { type LengthPrefixedStreamOpts, lpStream } from '@libp2p/utils'
import * as varint from 'uint8-varint'
import { MAX_FRAME_BYTES, type SyncMessage } from '../../core/index.ts'
import type { DiscoveryMetrics } from '../metrics.ts'
import { ABORT_GRACE_MS, within } from '../within.ts'
import { decodeSyncFrame, encodeSyncMessage, type SyncFrame, SyncFrameError } from './frames.ts'

/**
 * A partner that lets more than this pile up reads too slowly to be one. Records wait as they are in the book, and are
 * encoded one message after another, so that a whole book on its way takes little memory.
 */
const MAX_QUEUED_BYTES = 64 * 1024 * 1024

const MAX_LENGTH_BYTES = varint.encodingLength(MAX_FRAME_BYTES)

/** What a partner may send while a frame is worked on: the largest window of yamux, twice. */
const MAX_BUFFERED_BYTES = 32 * 1024 * 1024

/** Time for the partner to read the last frames. */
const CLOSE_TIMEOUT_MS = 1_000

export class SyncStream {
  readonly #stream: Stream
  readonly #frames: ReturnType<typeof lpStream>
  readonly #log: Logger
  readonly #metrics: DiscoveryMetrics
  /** BOUNDED by `MAX_QUEUED_BYTES`. */
  #queue: SyncMessage[] = []
  #queuedBytes = 0
  #writing: Promise<void> | undefined

  constructor(stream: Stream, log: Logger, metrics: DiscoveryMetrics) {
    stream.maxReadBufferLength = MAX_BUFFERED_BYTES
    this.#stream = stream
    this.#frames = lpStream(stream, {
      maxDataLength: MAX_FRAME_BYTES,
      maxBufferSize: MAX_BUFFERED_BYTES,
      lengthDecoder: frameLength
    })
    this.#log = log
    this.#metrics = metrics
  }

  /**
   * Frames in order, until the stream ends. The partner waits while a frame is worked on.
   *
   * @throws {SyncFrameError} on the first frame that is none
   */
  async *frames(): AsyncGenerator<SyncFrame> {
    while (true) {
      const frame = await this.#read()
      if (frame === undefined) return
      this.#metrics.syncBytes('received', frame.byteLength)
      this.#hold(true)
      yield decodeSyncFrame(frame)
      this.#hold(false)
    }
  }

  /** Queues a message; messages queued in one turn of the event loop travel together. */
  send(message: SyncMessage): void {
    this.#queuedBytes += bytesOf(message)
    if (this.#queuedBytes > MAX_QUEUED_BYTES) {
      this.abort(new Error(`the partner left ${this.#queuedBytes} bytes unread`))
      return
    }
    this.#queue.push(message)
    this.#writing ??= this.#write()
  }

  /** Resolves once everything queued has been handed to the connection, or the stream is gone. */
  async flushed(): Promise<void> {
    await this.#writing
  }

  /** Ends this side; resolves when the partner has read everything and ended the other, or does not in time. */
  async close(): Promise<void> {
    const signal = AbortSignal.timeout(CLOSE_TIMEOUT_MS)
    try {
      await within(CLOSE_TIMEOUT_MS + ABORT_GRACE_MS, 'closing a stream', this.#stream.close({ signal }))
      await this.#ended(signal)
    } catch (error) {
      this.#log.trace('sync stream did not close - %e', error)
      this.abort(error as Error)
    }
  }

  abort(reason: Error): void {
    this.#queue = []
    this.#stream.abort(reason)
  }

  async #ended(signal: AbortSignal): Promise<void> {
    if (this.#stream.status !== 'open' && this.#stream.status !== 'closing') return
    await new Promise<void>((resolve, reject) => {
      this.#stream.addEventListener('close', () => resolve(), { once: true })
      signal.addEventListener('abort', () => reject(signal.reason), { once: true })
    })
  }

  #hold(isHeld: boolean): void {
    const { readStatus } = this.#stream
    if (readStatus === 'closed' || readStatus === 'closing') return
    if (isHeld) this.#stream.pause()
    else this.#stream.resume()
  }

  async #read(): Promise<Uint8Array | undefined> {
    try {
      return (await this.#frames.read()).subarray()
    } catch (error) {
      const { name, message } = error as Error
      if (name === 'InvalidDataLengthError' || error instanceof SyncFrameError) throw new SyncFrameError(message)
      this.#log.trace('sync stream ended - %e', error)
      return undefined
    }
  }

  async #write(): Promise<void> {
    await Promise.resolve()
    try {
      while (this.#queue.length > 0) await this.#writeSome()
    } catch (error) {
      this.#log.trace('sync stream broke - %e', error)
      this.abort(error as Error)
    }
    this.#writing = undefined
  }

  /** As many messages as make one large frame: small ones share a write, large ones wait their turn. */
  async #writeSome(): Promise<void> {
    const frames: Uint8Array[] = []
    let bytes = 0
    while (this.#queue.length > 0 && bytes < MAX_FRAME_BYTES) {
      const message = this.#queue.shift()!
      const frame = encodeSyncMessage(message)
      this.#queuedBytes -= bytesOf(message)
      this.#metrics.syncBytes('sent', frame.byteLength)
      bytes += frame.byteLength
      frames.push(frame)
    }
    await this.#frames.writeV(frames)
  }
}

/** Left to itself, lpStream would read on for as long as no byte ends a length. */
const frameLength: LengthPrefixedStreamOpts['lengthDecoder'] = bytes => {
  if (bytes.byteLength > MAX_LENGTH_BYTES) throw new SyncFrameError('a length without end')
  return varint.decode(bytes)
}

/** About what a message takes on the wire. */
function bytesOf(message: SyncMessage): number {
  if ('records' in message) return message.records.reduce((sum, { record }) => sum + record.envelopeBytes, 64)
  return message.type === 'summary' || message.type === 'want' ? MAX_FRAME_BYTES : 512
}
