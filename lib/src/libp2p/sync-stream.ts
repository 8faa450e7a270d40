/** One open sync stream: whole frames in, whole frames out, bounded both ways. */
import type { Logger, Stream } from '@libp2p/interface'
import { lpStream } from '@libp2p/utils'
import { MAX_FRAME_BYTES, type SyncMessage } from '../core/index.ts'
import type { DiscoveryMetrics } from './metrics.ts'
import { decodeSyncFrame, encodeSyncMessage, type SyncFrame, SyncFrameError } from './sync-codec.ts'

/** A partner that lets more than this pile up reads too slowly to be one. */
const MAX_QUEUED_BYTES = 4 * 1024 * 1024

export class SyncStream {
  readonly #stream: Stream
  readonly #frames: ReturnType<typeof lpStream>
  readonly #log: Logger
  readonly #metrics: DiscoveryMetrics
  /** BOUNDED by `MAX_QUEUED_BYTES`. */
  #queue: Uint8Array[] = []
  #queuedBytes = 0
  #writing: Promise<void> | undefined

  constructor(stream: Stream, log: Logger, metrics: DiscoveryMetrics) {
    this.#stream = stream
    this.#frames = lpStream(stream, { maxDataLength: MAX_FRAME_BYTES, maxBufferSize: 2 * MAX_FRAME_BYTES })
    this.#log = log
    this.#metrics = metrics
  }

  /**
   * Frames in order, until the stream ends.
   *
   * @throws {SyncFrameError} on the first frame that is none
   */
  async *frames(): AsyncGenerator<SyncFrame> {
    while (true) {
      const frame = await this.#read()
      if (frame === undefined) return
      this.#metrics.syncBytes('received', frame.byteLength)
      yield decodeSyncFrame(frame)
    }
  }

  /** Queues a message; messages queued in one turn of the event loop travel together. */
  send(message: SyncMessage): void {
    const frame = encodeSyncMessage(message)
    this.#queuedBytes += frame.byteLength
    if (this.#queuedBytes > MAX_QUEUED_BYTES) {
      this.abort(new Error(`the partner left ${this.#queuedBytes} bytes unread`))
      return
    }
    this.#metrics.syncBytes('sent', frame.byteLength)
    this.#queue.push(frame)
    this.#writing ??= this.#write()
  }

  /** Resolves once everything queued has been handed to the connection, or the stream is gone. */
  async flushed(): Promise<void> {
    await this.#writing
  }

  abort(reason: Error): void {
    this.#queue = []
    this.#stream.abort(reason)
  }

  async #read(): Promise<Uint8Array | undefined> {
    try {
      return (await this.#frames.read()).subarray()
    } catch (error) {
      if ((error as Error).name === 'InvalidDataLengthError') throw new SyncFrameError((error as Error).message)
      this.#log.trace('sync stream ended - %e', error)
      return undefined
    }
  }

  async #write(): Promise<void> {
    await Promise.resolve()
    try {
      while (this.#queue.length > 0) {
        const frames = this.#queue
        this.#queue = []
        await this.#frames.writeV(frames)
        this.#queuedBytes -= frames.reduce((sum, frame) => sum + frame.byteLength, 0)
      }
    } catch (error) {
      this.#log.trace('sync stream broke - %e', error)
      this.abort(error as Error)
    }
    this.#writing = undefined
  }
}
