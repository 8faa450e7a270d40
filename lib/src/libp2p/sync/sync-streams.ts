/** The sync streams: one a connection, opened by the dialler, kept for as long as the connection lasts. */
import type { Connection, Logger, Stream } from '@libp2p/interface'
import type { Input, PeerKey, SyncMessage } from '../../core/index.ts'
import type { DiscoveryMetrics } from '../metrics.ts'
import type { Receiver } from '../records/receiver.ts'
import { ABORT_GRACE_MS, within } from '../within.ts'
import { type SyncFrame, SyncFrameError } from './frames.ts'
import { SyncStream } from './sync-stream.ts'

/**
 * The stream protocol by which two nodes compare their books; the topic follows, so that networks stay apart.
 *
 * @example
 * ```ts
 * import { SYNC_PROTOCOL } from 'libp2p-gossip-discovery'
 *
 * const streams = libp2p.getConnections().flatMap(connection => connection.streams)
 * console.log(streams.filter(stream => stream.protocol.startsWith(SYNC_PROTOCOL)).length, 'partners')
 * ```
 */
export const SYNC_PROTOCOL = '/gossip-discovery/sync/1.0.0'

/** Streams that libp2p and pubsub open of their own accord on every connection. */
const INFRASTRUCTURE = [SYNC_PROTOCOL, '/ipfs/', '/meshsub/', '/floodsub/', '/libp2p/']

/** Time for a peer to answer whether it speaks the protocol. */
const OPEN_TIMEOUT_MS = 10_000

/** Time for a partner to read what was said before this node hangs up, and for libp2p to close the connection then. */
const HANG_UP_STEP_TIMEOUT_MS = 1_000

export class SyncStreams {
  /** What two nodes of one network both speak. */
  readonly protocol: string
  /** BOUNDED by the connections that libp2p allows, and one inbound stream on each. */
  readonly #streams = new Map<PeerKey, Set<SyncStream>>()
  /** Streams that this side has open, or is about to. */
  readonly #opened = new WeakMap<Connection, Promise<boolean>>()
  readonly #receiver: Receiver
  readonly #log: Logger
  readonly #metrics: DiscoveryMetrics
  readonly #connections: (peer: PeerKey) => Connection[]
  readonly #handle: (input: Input) => void
  /** Aborts when the streams are closed; undefined while none may be open. */
  #closing: AbortController | undefined

  constructor(
    topic: string,
    receiver: Receiver,
    log: Logger,
    metrics: DiscoveryMetrics,
    connections: (peer: PeerKey) => Connection[],
    handle: (input: Input) => void
  ) {
    this.protocol = `${SYNC_PROTOCOL}/${topic}`
    this.#receiver = receiver
    this.#log = log
    this.#metrics = metrics
    this.#connections = connections
    this.#handle = handle
  }

  get size(): number {
    return this.#streams.size
  }

  /** From here on streams may be open, until {@link close}. */
  begin(): void {
    this.#closing = new AbortController()
  }

  /** Resolves to whether a stream is open on the connection, opening it if need be. */
  async open(connection: Connection): Promise<boolean> {
    if (this.#closing === undefined) return false
    let isOpen = this.#opened.get(connection)
    if (isOpen === undefined) {
      isOpen = this.#newStream(connection)
      this.#opened.set(connection, isOpen)
    }
    return await isOpen
  }

  /** Reads a stream until it ends. */
  async serve(stream: Stream, connection: Connection, initiator: boolean): Promise<void> {
    if (this.#closing === undefined) {
      stream.abort(new Error('this node does not take part in the network'))
      return
    }
    const syncStream = new SyncStream(stream, this.#log, this.#metrics)
    const peer = connection.remotePeer.toString()
    this.#add(peer, syncStream, initiator, connection.remoteAddr.toString())
    try {
      for await (const frame of syncStream.frames()) {
        if (!this.#has(peer, syncStream)) break
        await this.#take(peer, frame)
      }
      await syncStream.close()
    } catch (error) {
      if (error instanceof SyncFrameError) this.#receiver.count('malformed-frame')
      this.#log('dropped the sync stream with %s - %e', peer, error)
      syncStream.abort(error as Error)
    } finally {
      this.#remove(peer, syncStream)
    }
  }

  send(to: PeerKey, message: SyncMessage): void {
    const [stream] = this.#streams.get(to) ?? []
    stream?.send(message)
  }

  /** Closes the connections to a peer, unless streams of others run over them: then the application uses them, or begins to. */
  async hangUp(peer: PeerKey): Promise<void> {
    // What was said before must arrive before.
    const said = Promise.all([...(this.#streams.get(peer) ?? [])].map(async stream => await stream.flushed()))
    await within(HANG_UP_STEP_TIMEOUT_MS, 'sending the last messages', said).catch(error =>
      this.#log.trace('%e', error)
    )
    for (const connection of this.#connections(peer)) {
      const isUsed = connection.streams.some(
        ({ protocol }) => !INFRASTRUCTURE.some(prefix => protocol.startsWith(prefix))
      )
      if (!isUsed) await this.#end(connection)
    }
  }

  /** Resolves once everything sent so far has been handed to the connections. */
  async flushed(): Promise<void> {
    await Promise.all(this.#all().map(async stream => await stream.flushed()))
  }

  /** Ends every stream once what was sent has left; nothing is taken from a partner afterwards. */
  async close(): Promise<void> {
    this.#closing?.abort()
    this.#closing = undefined
    const streams = this.#all()
    for (const [peer, streamsOfPeer] of this.#streams) for (const stream of streamsOfPeer) this.#remove(peer, stream)
    await Promise.all(streams.map(async stream => await stream.close()))
  }

  /** In good order, or else without: libp2p leaves a connection open whose streams do not end in time. */
  async #end(connection: Connection): Promise<void> {
    try {
      await within(HANG_UP_STEP_TIMEOUT_MS, 'closing a connection', connection.close())
    } catch (error) {
      connection.abort(error as Error)
    }
  }

  async #newStream(connection: Connection): Promise<boolean> {
    try {
      const stream = await this.#openedStream(connection, this.#closing!.signal)
      const served = this.serve(stream, connection, true)
      void served.finally(() => this.#opened.delete(connection))
      return true
    } catch (error) {
      // The peer may speak the protocol later on.
      this.#opened.delete(connection)
      this.#log.trace('no sync with %p - %e', connection.remotePeer, error)
      return false
    }
  }

  /** A stream that opens too late is aborted: it would stay open with nobody to read it. */
  async #openedStream(connection: Connection, closing: AbortSignal): Promise<Stream> {
    const signal = AbortSignal.any([AbortSignal.timeout(OPEN_TIMEOUT_MS), closing])
    const opening = connection.newStream(this.protocol, { runOnLimitedConnection: true, signal })
    try {
      return await within(OPEN_TIMEOUT_MS + ABORT_GRACE_MS, 'opening a stream', opening, closing)
    } catch (error) {
      opening.then(late => late.abort(error as Error)).catch(() => {})
      throw error
    }
  }

  /**
   * @throws {Error} after what came before the bad record was taken
   */
  async #take(from: PeerKey, frame: SyncFrame): Promise<void> {
    if (!('records' in frame)) {
      this.#handle({ type: 'message', from, message: frame })
      return
    }
    const { news, fault } = await this.#receiver.open(from, frame.records)
    this.#handle({ type: 'message', from, message: { type: frame.type, records: news } })
    if (fault !== undefined) throw new Error(`relayed an announcement that is ${fault}`)
  }

  #add(peer: PeerKey, stream: SyncStream, initiator: boolean, addr: string): void {
    const streams = this.#streams.get(peer) ?? new Set()
    this.#streams.set(peer, streams.add(stream))
    this.#metrics.syncStream('opened')
    this.#handle({ type: 'partner-opened', peer, initiator, addr })
  }

  #has(peer: PeerKey, stream: SyncStream): boolean {
    return this.#streams.get(peer)?.has(stream) === true
  }

  #remove(peer: PeerKey, stream: SyncStream): void {
    const streams = this.#streams.get(peer)
    if (streams?.delete(stream) !== true) return
    this.#metrics.syncStream('closed')
    if (streams.size > 0) return
    this.#streams.delete(peer)
    this.#handle({ type: 'partner-closed', peer })
  }

  #all(): SyncStream[] {
    return [...this.#streams.values()].flatMap(streams => [...streams])
  }
}
