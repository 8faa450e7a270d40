/** One run of a node: the real core, a model of gossipsub, and its connections, on a CPU that can be paused. */
import type { AddressBook, DialTarget, PeerKey, SyncMessage } from '@gossip-discovery/libp2p/core'
import { chanceFor } from '../chance.ts'
import type { ConnectionEnd, Frame } from '../net/connection.ts'
import type { GossipMessage } from '../net/gossip-message.ts'
import { Gossipsub } from '../net/gossipsub.ts'
import { BYTES, syncMessageBytes } from '../net/sizes.ts'
import { CoreDriver } from './core-driver.ts'
import { DiskSnapshot } from './disk-snapshot.ts'
import type { Machine } from './machine.ts'
import type { World } from './world.ts'

/** CPU time that one libp2p node takes for each. Measured: docs/SIMULATION.md. */
export const COST_MS = { sign: 0.1, verify: 0.14, handshake: 15 }

/** libp2p's connection monitor, by default. */
const PING_INTERVAL_MS = 10_000
const PING_TIMEOUT_MS = 5_000

/** Round trips from an open connection to a gossipsub stream: the dialler has done with identify by then. */
const ROUNDS_TO_SUBSCRIBE = { dialler: 1, listener: 2 }

export class NodeProcess {
  readonly world: World
  readonly machine: Machine
  /** The machine's. */
  readonly index: number
  readonly run: number
  readonly driver: CoreDriver
  readonly gossip: Gossipsub
  /** Undefined where no node comes back. */
  readonly snapshot: DiskSnapshot | undefined
  readonly startedMs: number
  /** The run's first announcement has this ordinal. */
  readonly firstOrdinal: number
  /** Inbound connections whose handshake is under way. */
  pendingInbound = 0
  /** Timers and messages that had to wait for the end of a pause. */
  deferred = 0
  isRunning = true
  /** It has said farewell, and is there until that is heard. */
  isLeaving = false
  /** Pauses overlap. */
  #pauses = 0
  /** By machine; the oldest of each is used. */
  readonly #ends = new Map<number, ConnectionEnd[]>()
  #busyUntilMs = 0
  /** What came while the process was paused. */
  readonly #late: { timers: (() => void)[]; frames: (() => void)[] } = { timers: [], frames: [] }
  /** What was sent last: mostly, the same goes to several partners. */
  #sent: { message: SyncMessage; bytes: number } | undefined

  constructor(world: World, machine: Machine) {
    this.world = world
    this.machine = machine
    this.index = machine.index
    this.run = ++machine.runs
    this.startedMs = world.queue.nowMs
    this.firstOrdinal = machine.issuer.issued + 1
    this.driver = new CoreDriver(this)
    this.snapshot = world.keepsSnapshots ? new DiskSnapshot(this) : undefined
    this.gossip = new Gossipsub(this, chanceFor(world.seed, `gossipsub of ${machine.name} run ${this.run}`))
  }

  get isPaused(): boolean {
    return this.#pauses > 0
  }

  /** The moment at which this process handles what happens now: a busy one comes to it later. */
  get nowMs(): number {
    return Math.max(this.world.queue.nowMs, this.#busyUntilMs)
  }

  get connections(): number {
    let connections = 0
    for (const ends of this.#ends.values()) connections += ends.length
    return connections
  }

  /** Machines that this process is connected to. */
  get neighbours(): MapIterator<number> {
    return this.#ends.keys()
  }

  isConnected(machine: number): boolean {
    return this.#ends.has(machine)
  }

  start(): void {
    const { hosts } = this.world
    this.gossip.start()
    this.timer(this.nowMs + PING_INTERVAL_MS, () => this.#pingAll())
    // The first announcement carries addresses, as it does in production.
    this.driver.handle({ type: 'content-changed', content: { addrs: [this.machine.addr] } })
    for (const name of this.machine.bootstrap) {
      const { process, target } = hosts.get(name)!
      if (process !== undefined) this.driver.handle({ type: 'peer-found', target, source: 'named' })
    }
    for (const target of this.machine.snapshot) this.driver.handle({ type: 'peer-found', target, source: 'snapshot' })
  }

  book(): AddressBook {
    return this.driver.core.book
  }

  /** Peers at the other ends of its connections. */
  connected(): PeerKey[] {
    return [...this.neighbours].map(index => this.world.machines[index]!.peer)
  }

  /** Writes to the machine's disk whom a later process is to dial. */
  keep(targets: readonly DialTarget[]): void {
    this.machine.snapshot = targets
  }

  /** The CPU is taken for so long. */
  spend(costMs: number): void {
    this.#busyUntilMs = this.nowMs + costMs
  }

  timer(atMs: number, fire: () => void): void {
    this.world.queue.at(atMs, () => this.#whenAwake(this.#late.timers, fire))
  }

  /** Does it at once, or when the pause is over. */
  whenAwake(act: () => void): void {
    this.#whenAwake(this.#late.frames, act)
  }

  pause(): void {
    this.#pauses++
  }

  /**
   * Timers that are due and messages that have come: either may be looked at first.
   *
   * @returns whether the process runs again: no other pause lasts
   */
  resume(timersFirst: boolean): boolean {
    if (--this.#pauses > 0 || !this.isRunning) return false
    const { timers, frames } = this.#late
    const late = timersFirst ? [...timers, ...frames] : [...frames, ...timers]
    timers.length = 0
    frames.length = 0
    for (const act of late) this.whenAwake(act)
    return true
  }

  /** The process is gone. Its kernel closes what it had open, if that still has power. */
  end(): void {
    this.isRunning = false
    for (const end of this.#allEnds()) {
      if (this.machine.isPowered) end.close()
      else end.vanish()
    }
    this.#ends.clear()
  }

  send(to: PeerKey, message: SyncMessage): void {
    const [end] = this.#ends.get(this.world.directory.get(to)?.index ?? -1) ?? []
    if (end === undefined) return
    if (this.#sent?.message !== message) this.#sent = { message, bytes: syncMessageBytes(message) }
    end.send({ type: 'sync', message }, this.#sent.bytes, 'sync')
  }

  hangUp(peer: PeerKey): void {
    const ends = this.#ends.get(this.world.directory.get(peer)?.index ?? -1) ?? []
    for (const end of [...ends]) this.#close(end)
  }

  /** A connection and the sync stream over it are open. */
  opened(end: ConnectionEnd): void {
    const peer = end.remote.machine
    const others = this.#ends.get(peer.index)
    if (others === undefined) {
      this.#ends.set(peer.index, [end])
      this.gossip.addPeer(end)
    } else others.push(end)
    this.world.traffic.received(this.index, 'connection', BYTES.connection)
    const roundsLeft = end.isDialler ? ROUNDS_TO_SUBSCRIBE.dialler : ROUNDS_TO_SUBSCRIBE.listener
    end.send({ type: 'negotiate', roundsLeft }, BYTES.negotiation, 'connection')
    this.snapshot?.met()
    this.driver.handle({ type: 'partner-opened', peer: peer.peer, initiator: end.isDialler, addr: peer.addr })
  }

  /** A frame has arrived, at `atMs`; a paused process reads it later. */
  receive(end: ConnectionEnd, frame: Frame, atMs: number): void {
    if (this.isPaused) this.whenAwake(() => this.#take(end, frame, atMs))
    else this.#take(end, frame, atMs)
  }

  #whenAwake(late: (() => void)[], act: () => void): void {
    if (!this.isRunning) return
    if (this.isPaused) {
      this.deferred++
      late.push(act)
    } else act()
  }

  #take(end: ConnectionEnd, frame: Frame, atMs: number): void {
    if (!end.isOpen) return
    if (!this.isRunning) {
      // A dial was under way when the process was killed: its kernel resets what comes of it.
      if (this.machine.isPowered) end.close()
      return
    }
    switch (frame.type) {
      case 'copy':
        this.#takeCopy(end, frame, atMs)
        break
      case 'sync':
        this.driver.takeMessage(end.remote.machine.peer, frame.message)
        break
      case 'opened':
        frame.dial.opened(end)
        break
      case 'negotiate':
        end.send({ type: 'negotiated', roundsLeft: frame.roundsLeft - 1 }, BYTES.negotiation, 'connection')
        break
      case 'negotiated':
        if (frame.roundsLeft > 0) end.send({ ...frame, type: 'negotiate' }, BYTES.negotiation, 'connection')
        else this.gossip.canSend(end)
        break
      case 'ping':
        end.send({ type: 'pong' }, BYTES.ping, 'connection')
        break
      case 'pong':
        end.isPinged = false
        break
      case 'close':
        end.isOpen = false
        this.#forget(end)
        break
      default:
        this.gossip.receiveControl(frame, end)
    }
  }

  #takeCopy(end: ConnectionEnd, message: GossipMessage, atMs: number): void {
    const { traffic } = this.world
    if (message.isFirst(this.index, atMs, this.nowMs)) {
      traffic.freshCopies++
      this.gossip.receiveCopy(message, end)
    } else traffic.duplicates++
  }

  #pingAll(): void {
    this.timer(this.nowMs + PING_INTERVAL_MS, () => this.#pingAll())
    const pinged = this.#allEnds()
    for (const end of pinged) {
      end.isPinged = true
      end.send({ type: 'ping' }, BYTES.ping, 'connection')
    }
    this.timer(this.nowMs + PING_TIMEOUT_MS, () => {
      for (const end of pinged) if (end.isPinged && end.isOpen) this.#close(end)
    })
  }

  #close(end: ConnectionEnd): void {
    end.close()
    this.#forget(end)
  }

  #forget(end: ConnectionEnd): void {
    const { index, peer } = end.remote.machine
    const others = this.#ends.get(index)?.filter(other => other !== end) ?? []
    if (others.length > 0) {
      this.#ends.set(index, others)
      return
    }
    if (!this.#ends.delete(index)) return
    this.gossip.removePeer(index)
    this.driver.handle({ type: 'partner-closed', peer })
  }

  #allEnds(): ConnectionEnd[] {
    return [...this.#ends.values()].flat()
  }
}
