/**
 * A dial to all addresses of one peer. Libp2p tries one after another, and gives each that never answers six seconds. Here the first has
 * a head start, and then all others are tried side by side, so that dead addresses cost a peer a moment. After RFC 8305.
 */
import type { Connection, PeerId } from '@libp2p/interface'
import { peerIdFromString } from '@libp2p/peer-id'
import type { Multiaddr } from '@multiformats/multiaddr'
import type { DialTarget, PeerKey } from '../../core/index.ts'
import { isCircuit, relayOf } from '../addrs/addr-group.ts'
import { isPeerKnown } from '../addrs/addrs.ts'
import type { Ways } from '../addrs/ways.ts'
import type { GossipDiscoveryComponents } from '../components.ts'
import type { ConnectionUse } from './connection-use.ts'

/** A handshake over a good link takes less. RFC 8305 recommends it. */
const HEAD_START_MS = 250

/**
 * A direct connection that is agreed on through a relay takes some seconds, as WebRTC does. A circuit through the same relay would be faster,
 * and worse: it waits for so long while there is such an attempt.
 */
const CIRCUIT_WAIT_MS = 3_000

/** Of one peer: twice as many as a record may hold, for names that lead to several, and addresses that become known later. */
const MAX_ADDRS = 32

interface Host {
  readonly components: Pick<GossipDiscoveryComponents, 'connectionManager' | 'connectionGater' | 'transportManager'>
  /** Remembers which connections this service has opened. */
  readonly use: ConnectionUse
}

/** The dials that are under way. */
export class Races {
  /** BOUNDED by the peers that the core dials at once. */
  readonly #races = new Map<string, Race>()
  readonly #host: Host

  constructor(host: Host) {
    this.#host = host
  }

  /** Adds ways to the dial to a peer; false if there is none. */
  join({ id }: DialTarget, ways: Ways): boolean {
    this.#races.get(id)?.add(ways)
    return this.#races.has(id)
  }

  /**
   * Undefined where none of the ways leads to an address that may be dialled.
   *
   * @throws {Error} when no address answers, or the signal aborts
   */
  async connect(target: DialTarget, ways: Ways, signal: AbortSignal): Promise<Connection | undefined> {
    signal.throwIfAborted()
    const race = new Race(this.#host, isPeerKnown(target) ? target.id : undefined, signal)
    this.#races.set(target.id, race)
    if (target.addrs.length === 0) race.find()
    else race.add(ways)
    const leave = (): void => {
      if (this.#races.get(target.id) === race) this.#races.delete(target.id)
    }
    // The host may never end an attempt that was given up: the next dial to the peer must not wait for it.
    signal.addEventListener('abort', leave)
    try {
      return await race.connection
    } finally {
      signal.removeEventListener('abort', leave)
      leave()
    }
  }
}

/** Begins with its first addresses; more may be added until it is over. */
class Race {
  /**
   * Undefined: there was nothing to dial.
   *
   * @throws {Error} of the only attempt, or {AggregateError} of all: none of the addresses answered
   */
  readonly connection: Promise<Connection | undefined>
  readonly #host: Host
  readonly #peer: PeerKey | undefined
  readonly #signal: AbortSignal
  /**
   * BOUNDED by the addresses. The attempts that are under way, and their addresses: each is ended by itself, since a signal may outlive
   * its connection.
   */
  readonly #underWay = new Map<AbortController, Multiaddr | undefined>()
  /** BOUNDED by `MAX_ADDRS`. Every address that was added. */
  readonly #added = new Set<string>()
  /** BOUNDED by `MAX_ADDRS`. Those that are not tried yet; direct ones come first. */
  readonly #waiting: Multiaddr[] = []
  readonly #errors: unknown[] = []
  /** Names that may still lead to an address. */
  #resolving = 0
  #isWide = false
  #isForCircuits = false
  #hasJoinedOthers = false
  #isOver = false
  readonly #timers: ReturnType<typeof setTimeout>[]
  #resolve: (connection: Connection | undefined) => void = () => {}
  #reject: (error: unknown) => void = () => {}

  /**
   * @param peer - who must answer, if that is known
   * @param signal - ends all attempts
   */
  constructor(host: Host, peer: PeerKey | undefined, signal: AbortSignal) {
    this.#host = host
    this.#peer = peer
    this.#signal = signal
    this.connection = new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
    const widenToCircuits = (): void => {
      this.#isForCircuits = true
      this.#widen()
    }
    this.#timers = [setTimeout(() => this.#widen(), HEAD_START_MS), setTimeout(widenToCircuits, CIRCUIT_WAIT_MS)]
    signal.addEventListener('abort', this.#giveUp)
  }

  /** The host's routing is to find the peer, who must be known. */
  find(): void {
    this.#try(attempt => this.#open(peerIdFromString(this.#peer!), attempt), undefined)
  }

  /** What a name leads to takes part as it is told; until all is, the dial has not failed, and no other way waits for it. */
  add({ addrs, names }: Ways): void {
    for (const resolve of names) void this.#addResolved(resolve)
    this.#addAddrs(addrs)
    this.#endIfNothingIsLeft()
  }

  async #addResolved(resolve: Ways['names'][number]): Promise<void> {
    this.#resolving++
    await resolve(addrs => this.#addAddrs(addrs))
    this.#resolving--
    // Circuits may have waited for it.
    this.#addAddrs([])
    this.#endIfNothingIsLeft()
  }

  /** Each address takes part once. Direct ones come first: what goes through a relay is slow, and limited. */
  #addAddrs(addrs: readonly Multiaddr[]): void {
    if (this.#isOver) return
    for (const addr of addrs) {
      const text = addr.toString()
      if (this.#added.has(text) || this.#added.size === MAX_ADDRS) continue
      this.#added.add(text)
      this.#waiting.push(addr)
    }
    this.#waiting.sort((one, other) => Number(isCircuit(one)) - Number(isCircuit(other)))
    if (this.#isWide || this.#underWay.size === 0) this.#tryMore()
  }

  #widen(): void {
    this.#isWide = true
    this.#tryMore()
  }

  /** Tries the next address, or all of them once the head start is over. */
  #tryMore(): void {
    while (this.#tryNext() && this.#isWide);
  }

  /** Whether there was an address to try. */
  #tryNext(): boolean {
    const at = this.#waiting.findIndex(addr => !this.#hasToWait(addr))
    const [addr] = at < 0 ? [] : this.#waiting.splice(at, 1)
    if (addr === undefined) return false
    const isAlone = this.#underWay.size === 0
    // The host makes one dial of both, which may be busy with a dead address: later, it is tried beside that as well.
    if (isAlone && !this.#hasJoinedOthers && this.#isDialledByOthers) {
      this.#hasJoinedOthers = true
      this.#waiting.push(addr)
    }
    const dial = async (attempt: AbortSignal): Promise<Connection> =>
      await (isAlone ? this.#open(addr, attempt) : this.#openBeside(addr, attempt))
    this.#try(dial, addr)
    return true
  }

  #hasToWait(addr: Multiaddr): boolean {
    if (this.#isForCircuits || !isCircuit(addr)) return false
    // A name may lead to the peer directly.
    if (this.#resolving > 0 && !this.#isWide) return true
    return [...this.#underWay.values()].some(other => other !== undefined && isAgreedOnByRelay(other))
  }

  /** The application, or another discovery, may be waiting for a dead address of the same peer. */
  get #isDialledByOthers(): boolean {
    const dials = this.#host.components.connectionManager.getDialQueue?.() ?? []
    return dials.some(({ peerId }) => peerId !== undefined && peerId.toString() === this.#peer)
  }

  #try(dial: (attempt: AbortSignal) => Promise<Connection>, addr: Multiaddr | undefined): void {
    const attempt = new AbortController()
    this.#underWay.set(attempt, addr)
    dial(attempt.signal).then(
      connection => {
        this.#ended(attempt)
        this.#end(connection.limits !== undefined)
        this.#resolve(connection)
      },
      error => {
        this.#ended(attempt)
        this.#failed(error)
      }
    )
  }

  #ended(attempt: AbortController): void {
    this.#underWay.delete(attempt)
    if (this.#isOver && this.#underWay.size === 0) this.#signal.removeEventListener('abort', this.#giveUp)
  }

  /** @param isByCircuit - then the attempts for a direct connection go on, until one succeeds and takes its place */
  #end(isByCircuit: boolean): void {
    this.#tryNoMore()
    for (const [attempt, addr] of this.#underWay) {
      if (!isByCircuit || addr === undefined || isCircuit(addr)) attempt.abort()
    }
    if (this.#underWay.size === 0) this.#signal.removeEventListener('abort', this.#giveUp)
  }

  readonly #giveUp = (): void => {
    this.#tryNoMore()
    for (const attempt of this.#underWay.keys()) attempt.abort()
    this.#endIfNothingIsLeft()
  }

  #tryNoMore(): void {
    this.#isOver = true
    for (const timer of this.#timers) clearTimeout(timer)
    this.#waiting.length = 0
  }

  #failed(error: unknown): void {
    this.#errors.push(error)
    this.#tryMore()
    this.#endIfNothingIsLeft()
  }

  /** Where nothing is being tried, nor will be: no address has answered, or there was none. */
  #endIfNothingIsLeft(): void {
    if (this.#underWay.size > 0 || this.#waiting.length > 0 || (this.#resolving > 0 && !this.#isOver)) return
    this.#end(false)
    if (this.#errors.length === 0) this.#resolve(undefined)
    else if (this.#errors.length === 1) this.#reject(this.#errors[0])
    else this.#reject(new AggregateError(this.#errors, 'no address answered'))
  }

  async #open(target: PeerId | Multiaddr, signal: AbortSignal): Promise<Connection> {
    return await this.#host.use.dial(target, this.#peer === undefined ? undefined : peerIdFromString(this.#peer), {
      signal
    })
  }

  /** The connection manager would put it behind the dial to this peer that is under way. */
  async #openBeside(addr: Multiaddr, signal: AbortSignal): Promise<Connection> {
    const { use } = this.#host
    const { connectionGater, transportManager } = this.#host.components
    // A name that leads to a list of addresses has no transport; a host of another make has no such manager.
    if (this.#peer === undefined || transportManager?.dialTransportForMultiaddr(addr) === undefined) {
      return await this.#open(addr, signal)
    }
    const isDenied =
      (await connectionGater?.denyDialPeer?.(peerIdFromString(this.#peer))) === true ||
      (await connectionGater?.denyDialMultiaddr?.(addr)) === true
    if (isDenied) throw new Error(`the connection gater denies ${addr}`)
    const connection = await transportManager.dial(addr, { signal })
    use.adopt(connection)
    if (!signal.aborted) return connection
    // Another address has answered at the same moment, or it is too late.
    const error = new Error('the attempt was given up')
    connection.abort(error)
    throw error
  }
}

function isAgreedOnByRelay(addr: Multiaddr): boolean {
  return !isCircuit(addr) && relayOf(addr.getComponents()) !== undefined
}

/** Whether every address answered that nobody listens there, which only a host that is up can say. */
export function isRefusal(error: unknown): boolean {
  if (error instanceof AggregateError) return error.errors.length > 0 && error.errors.every(isRefusal)
  const { code, cause } = error as { code?: unknown; cause?: unknown }
  return code === 'ECONNREFUSED' || (cause !== undefined && isRefusal(cause))
}
