/** A host for dials to several addresses, which tells what it was asked to dial, and answers when the test says so. */
import type { Connection, PeerId } from '@libp2p/interface'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { isMultiaddr, type Multiaddr, multiaddr } from '@multiformats/multiaddr'
import { type Test, test } from 'tap'
import type { Tell } from '../../../../src/libp2p/addrs/names.ts'
import type { Ways } from '../../../../src/libp2p/addrs/ways.ts'
import type { GossipDiscoveryComponents } from '../../../../src/libp2p/components.ts'
import { ConnectionUse } from '../../../../src/libp2p/host/connection-use.ts'
import { Races } from '../../../../src/libp2p/host/races.ts'
import { keyOf } from '../../../crafted.ts'
import { inOwnTime, type Time } from '../stub-host.ts'

export const HEAD_START_MS = 250
export const CIRCUIT_WAIT_MS = 3_000

/** What a test lets pass for everything that waits for no time. */
export const STEP_MS = 50

/** Longer than all waits of a race together. */
export const LONG_MS = 10_000

export const PEER = peerIdFromPrivateKey(await keyOf(2))
export const OTHER_PEER = peerIdFromPrivateKey(await keyOf(3))
const RELAY = peerIdFromPrivateKey(await keyOf(4))

export function direct(n: number): string {
  return `/ip4/192.0.2.${n}/tcp/1/p2p/${PEER}`
}

/** Through a relay for good. */
export function circuit(n: number): string {
  return `/ip4/198.51.100.${n}/tcp/1/p2p/${RELAY}/p2p-circuit/p2p/${PEER}`
}

/** Direct, once both sides have agreed on it through a relay. */
export function agreed(n: number): string {
  return `/ip4/198.51.100.${n}/tcp/1/p2p/${RELAY}/p2p-circuit/webrtc/p2p/${PEER}`
}

/** The host says that nobody listens there. */
export function refusal(): Error {
  return Object.assign(new Error('refused'), { code: 'ECONNREFUSED' })
}

export function timedOut(): Error {
  return new Error('timed out')
}

/** One call into the host. */
export interface Attempt {
  readonly addr: string
  /** By the connection manager, or by a transport beside it. */
  readonly way: 'manager' | 'beside'
  /** Whether it has been answered, or given up. */
  isOver: boolean
  connection?: Connection
  answer(): Connection
  fail(error?: Error): void
}

/** A dial of the code under test. */
export interface Dial {
  readonly connection: Promise<Connection | undefined>
  readonly signal: AbortSignal
  /** The connection or the error that it ended with, or `'nothing to dial'`. */
  outcome: unknown
  giveUp(): void
}

/** A name of the peer, which is resolved when the test says so. */
export class Name {
  readonly text = `/dns4/a.example/tcp/1/p2p/${PEER}`
  #tell: Tell = () => {}
  #resolve: () => void = () => {}

  readonly resolve = async (tell: Tell): Promise<void> => {
    this.#tell = tell
    await new Promise<void>(resolve => {
      this.#resolve = resolve
    })
  }

  /** One answer, after which others may come. */
  tell(...addrs: string[]): void {
    this.#tell(addrs.map(addr => multiaddr(addr)))
  }

  /** The last answer: the addresses that it leads to. */
  answer(addrs: readonly string[]): void {
    this.tell(...addrs)
    this.#resolve()
  }
}

/** A test in its own time, with a host of its own. */
export function race(name: string, check: (t: Test, time: Time, host: RaceHost) => Promise<void>): void {
  test(name, async t => await inOwnTime(async time => await check(t, time, new RaceHost())))
}

export class RaceHost {
  readonly attempts: Attempt[] = []
  /** Whom the connection manager dials for somebody else. */
  dialledByOthers: PeerId | undefined
  /** Whether there is a transport for any address. */
  transports = true
  /** Whether an attempt ends when its signal says so. */
  heedsSignals = true
  /** The address that the connection gater denies. */
  denied: string | undefined
  readonly use: ConnectionUse
  readonly #races: Races

  constructor() {
    const components = {
      addressManager: { getListenAddrs: () => [], getAddresses: () => [] },
      peerStore: { get: async () => ({ tags: new Map() }) },
      pubsub: { getTopics: () => [] },
      connectionManager: {
        getConnections: () => [],
        getDialQueue: () => [{ peerId: this.dialledByOthers }, { peerId: undefined }],
        openConnection: async (target: PeerId | Multiaddr, { signal }: { signal: AbortSignal }) =>
          await this.#attempt(isMultiaddr(target) ? target.toString() : `${target}`, 'manager', signal)
      },
      connectionGater: { denyDialMultiaddr: (addr: Multiaddr) => addr.toString() === this.denied },
      transportManager: {
        dialTransportForMultiaddr: () => (this.transports ? {} : undefined),
        dial: async (addr: Multiaddr, { signal }: { signal: AbortSignal }) =>
          await this.#attempt(addr.toString(), 'beside', signal)
      }
    } as unknown as GossipDiscoveryComponents
    this.use = new ConnectionUse(components, { topic: '/ours', protocol: '/sync', tag: 'ours' })
    this.#races = new Races({ components, use: this.use })
  }

  /** Every address that was tried, in this order; a peer id where the host is to find the peer. */
  get tried(): string[] {
    return this.attempts.map(({ addr }) => addr)
  }

  /** Those that are being tried. */
  get underWay(): string[] {
    return this.attempts.filter(({ isOver }) => !isOver).map(({ addr }) => addr)
  }

  attempt(addr: string): Attempt {
    const attempt = this.attempts.find(other => other.addr === addr)
    if (attempt === undefined) throw new Error(`${addr} was not tried`)
    return attempt
  }

  /** @param names - what they lead to, once they are resolved */
  dial(
    addrs: readonly string[],
    { peer = PEER, isPeerKnown = true, isGivenUp = false, names = [] as Name[] } = {}
  ): Dial {
    const controller = new AbortController()
    if (isGivenUp) controller.abort()
    const target = {
      id: isPeerKnown ? peer.toString() : addrs[0]!,
      addrs: [...addrs, ...names.map(({ text }) => text)]
    }
    const connection = this.#races.connect(target, waysOf(addrs, names), controller.signal)
    const dial: Dial = { connection, signal: controller.signal, outcome: undefined, giveUp: () => controller.abort() }
    connection.then(
      opened => {
        dial.outcome = opened ?? 'nothing to dial'
      },
      error => {
        dial.outcome = error
      }
    )
    return dial
  }

  join(addrs: readonly string[], peer = PEER, names: readonly Name[] = []): boolean {
    return this.#races.join({ id: peer.toString(), addrs }, waysOf(addrs, names))
  }

  async #attempt(addr: string, way: Attempt['way'], signal: AbortSignal): Promise<Connection> {
    const { promise, resolve, reject } = Promise.withResolvers<Connection>()
    const attempt: Attempt = {
      addr,
      way,
      isOver: false,
      answer: () => {
        attempt.isOver = true
        attempt.connection ??= connectionOver(addr)
        resolve(attempt.connection)
        return attempt.connection
      },
      fail: (error = timedOut()) => {
        attempt.isOver = true
        reject(error)
      }
    }
    this.attempts.push(attempt)
    signal.addEventListener('abort', () => {
      attempt.isOver = true
      // In a later turn: an answer at the same moment wins.
      if (this.heedsSignals) setImmediate(() => reject(signal.reason))
    })
    return await promise
  }
}

function waysOf(addrs: readonly string[], names: readonly Name[]): Ways {
  return { addrs: addrs.map(addr => multiaddr(addr)), names: names.map(({ resolve }) => resolve) }
}

function connectionOver(addr: string): Connection {
  const connection = {
    id: addr,
    remotePeer: PEER,
    status: 'open',
    streams: [],
    limits: addr.endsWith(`/p2p-circuit/p2p/${PEER}`) ? { bytes: 131_072n } : undefined,
    abort: () => {
      connection.status = 'aborted'
    }
  }
  return connection as unknown as Connection
}
