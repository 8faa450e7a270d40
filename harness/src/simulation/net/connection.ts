/**
 * A connection over TCP, noise and yamux: ordered and reliable. Lost packets and cuts only delay it; it ends when one side
 * closes it, or gives up on a peer that does not answer.
 */
import type { SyncMessage } from '@gossip-discovery/libp2p/core'
import type { Happening } from '../host/event-queue.ts'
import type { Machine } from '../host/machine.ts'
import type { NodeProcess } from '../host/node-process.ts'
import type { Dial } from './dial.ts'
import type { GossipControl, GossipMessage } from './gossip-message.ts'
import type { Waiting } from './network.ts'
import { BYTES } from './sizes.ts'
import type { TrafficKind } from './traffic.ts'

/** What travels over a connection. */
export type Frame =
  | { readonly type: 'close' | 'ping' | 'pong' }
  | { readonly type: 'opened'; readonly dial: Dial }
  /** A round trip of opening a stream, and how many more are to follow. */
  | { readonly type: 'negotiate' | 'negotiated'; readonly roundsLeft: number }
  | { readonly type: 'sync'; readonly message: SyncMessage }
  | GossipControl
  | GossipMessage

/** Opens both ends at once; the listener's side is told by its caller, the dialler's by the frame `opened`. */
export function connect(
  dialler: NodeProcess,
  listener: NodeProcess
): { dialler: ConnectionEnd; listener: ConnectionEnd } {
  const network = dialler.world.network
  const deviation = network.deviation(dialler.index, listener.index)
  const ends = {
    dialler: new ConnectionEnd(dialler, true, deviation),
    listener: new ConnectionEnd(listener, false, deviation)
  }
  ends.dialler.remote = ends.listener
  ends.listener.remote = ends.dialler
  return ends
}

export class ConnectionEnd implements Waiting {
  readonly process: NodeProcess
  readonly isDialler: boolean
  remote!: ConnectionEnd
  isOpen = true
  /** The connection monitor waits for an answer. */
  isPinged = false
  readonly #deviation: number
  /** When the last message sent from here arrives: none after it arrives sooner. */
  #lastArrivalMs = 0
  /** What a cut has stopped on its way here, in order. */
  #stopped: Delivery[] = []
  #stoppedAtMs = 0

  constructor(process: NodeProcess, isDialler: boolean, deviation: number) {
    this.process = process
    this.isDialler = isDialler
    this.#deviation = deviation
  }

  get index(): number {
    return this.process.index
  }

  get machine(): Machine {
    return this.process.machine
  }

  send(frame: Frame, bytes: number, kind: TrafficKind): void {
    if (!this.isOpen) return
    this.#deliver(frame, bytes, kind, this.#nextArrivalMs(bytes))
  }

  /** {@link send} for a copy of an announcement; one that comes after another is counted, not carried. */
  sendCopy(message: GossipMessage): void {
    if (!this.isOpen) return
    const { world } = this.process
    const to = this.remote.index
    const arrivalMs = this.#nextArrivalMs(message.bytes)
    // A copy that will be stopped must not stand in the way of one that will not.
    if (world.network.isCut(this.index, to) || message.claim(to, arrivalMs)) {
      this.#deliver(message, message.bytes, 'gossip', arrivalMs)
    } else {
      world.traffic.received(to, 'gossip', message.bytes)
      world.traffic.duplicates++
    }
  }

  /** Closes this side; the other learns of it once everything sent before has arrived. */
  close(): void {
    if (!this.isOpen) return
    this.send({ type: 'close' }, BYTES.segment, 'connection')
    this.isOpen = false
  }

  /** The machine is without power: this side is gone, and says nothing. */
  vanish(): void {
    this.isOpen = false
  }

  arrive(delivery: Delivery): void {
    const { world } = this.process
    if (this.#stopped.length > 0 || world.network.isCut(this.remote.index, this.index)) {
      this.#stop(delivery)
    } else this.#take(delivery)
  }

  retry(): boolean {
    const { queue, network } = this.process.world
    if (network.isCut(this.remote.index, this.index)) return false
    queue.at(network.nextRetransmissionMs(this.#stoppedAtMs), () => this.#resume())
    return true
  }

  #deliver(frame: Frame, bytes: number, kind: TrafficKind, atMs: number): void {
    this.process.world.queue.schedule(atMs, new Delivery(this.remote, frame, bytes, kind, atMs))
  }

  #nextArrivalMs(bytes: number): number {
    const { process } = this
    const { nowMs, world } = process
    const transitMs = world.network.transitMs(this.#deviation, bytes, process.index, nowMs)
    this.#lastArrivalMs = Math.max(this.#lastArrivalMs, nowMs + transitMs)
    return this.#lastArrivalMs
  }

  #stop(delivery: Delivery): void {
    const { network, queue } = this.process.world
    if (delivery.frame.type === 'copy') delivery.frame.disclaim(this.index, delivery.atMs)
    if (this.#stopped.length === 0) {
      this.#stoppedAtMs = queue.nowMs
      network.awaitHealing(this)
    }
    this.#stopped.push(delivery)
  }

  #resume(): void {
    const { network } = this.process.world
    if (network.isCut(this.remote.index, this.index)) {
      network.awaitHealing(this)
      return
    }
    const stopped = this.#stopped
    this.#stopped = []
    for (const delivery of stopped) this.#take(delivery)
  }

  #take({ frame, bytes, kind, atMs }: Delivery): void {
    const { process } = this
    if (!process.machine.isPowered) return
    process.world.traffic.received(this.index, kind, bytes)
    if (this.isOpen) process.receive(this, frame, atMs)
    else if (frame.type !== 'close') this.#refuse()
  }

  /** The kernel knows no such connection, and says so once, whether or not that arrives. */
  #refuse(): void {
    const { network, queue } = this.process.world
    const { remote } = this
    // Not before what was sent from here until this side closed.
    const transitMs = network.transitMs(this.#deviation, BYTES.segment, this.index, queue.nowMs)
    const arrivalMs = Math.max(this.#lastArrivalMs, queue.nowMs + transitMs)
    queue.at(arrivalMs, () => {
      if (!remote.isOpen || !remote.process.machine.isPowered || network.isCut(this.index, remote.index)) return
      remote.process.receive(remote, { type: 'close' }, queue.nowMs)
    })
  }
}

/** A message on its way to an end of a connection. */
class Delivery implements Happening {
  readonly to: ConnectionEnd
  readonly frame: Frame
  readonly bytes: number
  readonly kind: TrafficKind
  readonly atMs: number

  constructor(to: ConnectionEnd, frame: Frame, bytes: number, kind: TrafficKind, atMs: number) {
    this.to = to
    this.frame = frame
    this.bytes = bytes
    this.kind = kind
    this.atMs = atMs
  }

  happen(): void {
    this.to.arrive(this)
  }
}
