/** The sync streams: one a connection, opened by the dialler, kept for as long as the connection lasts. */
import type { Connection, Stream } from '@libp2p/interface'
import type { Payer } from '../../core/bounds/budget.ts'
import { type Budgets, EARNED_PER_BYTE } from '../../core/bounds/budgets.ts'
import { BYTE_US, FRAME_US, ITEM_US } from '../../core/bounds/prices.ts'
import type { Input } from '../../core/effects.ts'
import type { SyncMessage } from '../../core/gossip/sync.ts'
import type { PeerKey } from '../../core/record/announcement.ts'
import { groupOf } from '../addrs/addr-group.ts'
import { monotonicMs } from '../clock.ts'
import type { ConnectionUse } from '../host/connection-use.ts'
import { within } from '../host/within.ts'
import type { Receiver } from '../records/receiver.ts'
import { LinkLimit } from './circuits/link-limit.ts'
import { type CircuitHost, Renewals } from './circuits/renewals.ts'
import { decodeSyncFrame, itemsOf, type SyncFrame, SyncFrameError } from './frames.ts'
import { type OpenStream, OpenStreams } from './open-streams.ts'
import { Partings } from './partings.ts'
import { giveSign, isPaid } from './paying.ts'
import { StreamMemory } from './stream-memory.ts'
import { openedStream } from './stream-opening.ts'
import { type StreamHost, SyncStream } from './sync-stream.ts'

/**
 * The stream protocol by which two nodes compare their books; the topic follows, so that networks stay apart.
 *
 * @example
 * ```ts
 * import { SYNC_PROTOCOL } from '@gossip-discovery/libp2p'
 *
 * const streams = libp2p.getConnections().flatMap(connection => connection.streams)
 * console.log(streams.filter(stream => stream.protocol.startsWith(SYNC_PROTOCOL)).length, 'partners')
 * ```
 */
export const SYNC_PROTOCOL = '/gossip-discovery/sync/1.0.0'

/** Time for a partner to read what was said before this node hangs up, and for libp2p to close the connection then. */
const HANG_UP_STEP_TIMEOUT_MS = 1_000

/** How this service opens and closes connections. */
export interface LinkHost {
  readonly connections: (peer: PeerKey) => Connection[]
  readonly use: ConnectionUse
  readonly circuits: CircuitHost
}

export class SyncStreams {
  /** What two nodes of one network both speak. */
  readonly protocol: string
  readonly #streams = new OpenStreams()
  /** Streams that this side has open, or is about to. */
  readonly #opened = new WeakMap<Connection, Promise<boolean>>()
  readonly #receiver: Receiver
  readonly #host: StreamHost
  readonly #budgets: Budgets
  readonly #partings: Partings
  readonly #handle: (input: Input) => void
  readonly #renewals: Renewals
  /** Aborts when the streams are closed; undefined while none may be open. */
  #closing: AbortController | undefined

  constructor(
    topic: string,
    receiver: Receiver,
    budgets: Budgets,
    host: Omit<StreamHost, 'memory' | 'self'>,
    links: LinkHost,
    handle: (input: Input) => void
  ) {
    this.protocol = syncProtocolOf(topic)
    this.#receiver = receiver
    this.#budgets = budgets
    this.#host = { ...host, self: links.circuits.self, memory: new StreamMemory() }
    this.#partings = new Partings({ ...links, log: host.log })
    this.#handle = handle
    this.#renewals = new Renewals(links.circuits, {
      streams: this.#streams,
      log: host.log,
      open: async connection => await this.open(connection),
      endUnlessUsed: async connection => await this.endUnlessUsed(connection),
      spent: peer => handle({ type: 'link-spent', peer })
    })
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
    const addr = connection.remoteAddr.toString()
    const peer = connection.remotePeer.toString()
    const payer = { connection: peer, group: groupOf(addr) }
    const limit = connection.limits === undefined ? undefined : new LinkLimit(connection.limits, monotonicMs())
    const syncStream = new SyncStream(stream, payer, this.#host, limit)
    const opened = { peer, stream: syncStream, connection, initiator, limit }
    this.#add(opened)
    let isCut = false
    try {
      for await (const bytes of syncStream.frames()) {
        const pause = this.#host.turns.breathe(payer)
        if (pause !== undefined) await pause
        const costUs = FRAME_US + bytes.byteLength * BYTE_US
        if (!(await isPaid(this.#budgets, payer, costUs, syncStream)) || !this.#streams.has(syncStream, peer)) break
        this.#budgets.traffic.earn(payer, bytes.byteLength * EARNED_PER_BYTE, monotonicMs())
        await this.#take(payer, decodeSyncFrame(bytes), syncStream)
        this.#renewals.check(opened, monotonicMs())
      }
      isCut = syncStream.isAborted
      await syncStream.close()
    } catch (error) {
      isCut = true
      if (error instanceof SyncFrameError) this.#receiver.count('malformed-frame')
      this.#host.log('dropped the sync stream with %p - %e', peer, error)
      syncStream.abort(error as Error)
    } finally {
      this.#remove([opened], isCut)
    }
  }

  send(to: PeerKey, message: SyncMessage): void {
    if (message.type !== 'release') this.#send(to, message)
    else this.#partings.say(to, isNeeded => this.#send(to, isNeeded ? { ...message, isNeeded } : message))
  }

  /**
   * Ends the streams with a peer. The connection ends as well if this node dialled it for this service alone, and neither side has
   * another use for it.
   */
  async hangUp(peer: PeerKey): Promise<void> {
    const isNeeded = await this.#partings.isNeeded(peer)
    const open = this.#streams.of(peer)
    // What was said before must arrive before.
    const said = Promise.all(open.map(async ({ stream }) => await stream.flushed()))
    await within(HANG_UP_STEP_TIMEOUT_MS, 'sending the last messages', said).catch(error =>
      this.#host.log.trace('parting from %p - %e', peer, error)
    )
    this.#partings.forget(peer)
    this.#remove(open, false)
    await Promise.all(open.map(async ({ stream }) => await stream.close()))
    if (!isNeeded) await this.#partings.close(peer, () => this.#isPartner(peer))
  }

  /** Dials a peer once more as the circuit to it was dialled, which ends once the new one is open. */
  async renew(peer: PeerKey, timeoutMs: number): Promise<void> {
    if (this.#closing !== undefined) await this.#renewals.renew(peer, timeoutMs, this.#closing.signal)
  }

  /** Ends a connection that leads to no partner, or not alone, if this service has dialled it and nobody else uses it. */
  async endUnlessUsed(connection: Connection): Promise<void> {
    await this.#partings.closeSpare(connection)
  }

  /** Hands everything sent so far to the connections within this call. */
  flushNow(): void {
    for (const { stream } of this.#streams.all()) stream.flushNow()
  }

  /** Resolves once everything sent so far has been handed to the connections. */
  async flushed(): Promise<void> {
    await Promise.all(this.#streams.all().map(async ({ stream }) => await stream.flushed()))
  }

  /** Ends every stream once what was sent has left; nothing is taken from a partner afterwards. */
  async close(): Promise<void> {
    this.#closing?.abort()
    this.#closing = undefined
    const streams = this.#streams.all()
    for (const { peer } of streams) this.#remove(this.#streams.of(peer), false)
    await Promise.all(streams.map(async ({ stream }) => await stream.close()))
  }

  #send(to: PeerKey, message: SyncMessage): void {
    this.#streams.best(to)?.stream.send(message)
  }

  async #newStream(connection: Connection): Promise<boolean> {
    try {
      const stream = await openedStream(connection, this.protocol, this.#closing!.signal)
      const served = this.serve(stream, connection, true)
      void served.finally(() => this.#opened.delete(connection))
      return true
    } catch (error) {
      // The peer may speak the protocol later on.
      this.#opened.delete(connection)
      this.#host.log.trace('no sync with %p - %e', connection.remotePeer, error)
      return false
    }
  }

  /**
   * @throws {Error} after what came before the bad record was taken
   */
  async #take(payer: Payer, frame: SyncFrame, stream: SyncStream): Promise<void> {
    const from = payer.connection
    if (frame.type === 'pong') stream.answered()
    if (!('records' in frame)) {
      this.#budgets.work.charge(payer, itemsOf(frame) * ITEM_US, monotonicMs())
      if (frame.type === 'release') this.#partings.hear(from, frame.isNeeded === true)
      this.#handle({ type: 'message', from, message: frame })
      return
    }
    const slices = this.#receiver.open(payer, frame.records)
    let { type }: { type: 'records' | 'push' } = frame
    let isTold = false
    let next = await slices.next()
    for (; next.done !== true; next = await slices.next()) {
      if (!this.#streams.has(stream, from)) return
      this.#handle({ type: 'message', from, message: { type, records: next.value } })
      stream.took(next.value)
      // Of a frame with news, no part is taken for a push that brings none.
      type = 'records'
      isTold = true
      giveSign(stream)
    }
    if (!isTold) this.#handle({ type: 'message', from, message: { type, records: [] } })
    if (next.value !== undefined) throw new Error(`relayed an announcement that is ${next.value}`)
  }

  #add(opened: OpenStream): void {
    const { peer } = opened
    const former = this.#streams.put(opened)
    if (former !== undefined) {
      former.stream.abort(new Error('the peer has another stream'))
      this.#host.metrics.syncStream('closed')
    }
    this.#host.metrics.syncStream('opened')
    this.#tellOpened(opened)
    const tell = (error: unknown): void => this.#host.log('could not end a second link to %p - %e', peer, error)
    void Promise.all([this.#renewals.endSpare(peer), this.#endTwin(peer)]).catch(tell)
  }

  #tellOpened({ peer, connection, initiator }: OpenStream): void {
    const isLimited = this.#streams.of(peer).every(({ limit }) => limit !== undefined)
    const addr = connection.remoteAddr.toString()
    this.#handle({ type: 'partner-opened', peer, initiator, addr, ...(isLimited && { isLimited }) })
  }

  /** Two peers that dialled each other have two connections: one of both sides ends its own. */
  async #endTwin(peer: PeerKey): Promise<void> {
    const direct = this.#streams.of(peer).filter(({ limit }) => limit === undefined)
    const own = direct.find(({ initiator }) => initiator)
    const other = direct.find(({ initiator }) => !initiator)
    if (own === undefined || other === undefined) return
    const isTwin = await this.#partings.isTwin(own.connection, other.connection)
    if (!isTwin || !this.#streams.has(other.stream, peer)) return
    this.#remove([own], false)
    await own.stream.close()
    await this.#partings.closeOne(own.connection)
  }

  #isPartner(peer: PeerKey): boolean {
    return this.#streams.of(peer).length > 0
  }

  /** Streams with one peer have ended; `isCut` if this node ended them for what the peer did. */
  #remove(ended: readonly OpenStream[], isCut: boolean): void {
    const closed = ended.filter(one => this.#streams.delete(one))
    const last = closed.at(-1)
    if (last === undefined) return
    for (const _ of closed) this.#host.metrics.syncStream('closed')
    const { peer, initiator } = last
    const [left] = this.#streams.of(peer)
    if (left !== undefined) {
      // Perhaps only circuits are left, and another direct link is to be sought.
      if (closed.some(({ limit }) => limit === undefined)) this.#tellOpened(left)
      return
    }
    // The partner has ended the link, and cannot close what this node dialled.
    void this.#partings.ended(peer, () => this.#isPartner(peer))
    const isSpent = closed.every(({ limit }) => limit?.isOver(monotonicMs()) === true)
    const spentBy = initiator ? 'self' : 'peer'
    this.#handle({ type: 'partner-closed', peer, ...(isCut && { isCut }), ...(isSpent && { spentBy }) })
  }
}

/** What two nodes of the network of this topic both speak. */
export function syncProtocolOf(topic: string): string {
  return `${SYNC_PROTOCOL}/${topic}`
}
