/** A host whose every part can be told to hang, to fail, or to say what is registered; and time that a test lets pass. */
import { mock } from 'node:test'
import { format as formatted } from 'node:util'
import type { Connection, Libp2pEvents, PeerId, PrivateKey } from '@libp2p/interface'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { type Multiaddr, multiaddr } from '@multiformats/multiaddr'
import type { Key } from 'interface-datastore'
import { TypedEventEmitter } from 'main-event'
import { GossipDiscovery, type GossipDiscoveryInit, type GossipDiscoveryWarning } from '../../../src/index.ts'
import type { GossipDiscoveryComponents, PubSubMessage } from '../../../src/libp2p/components.ts'
import { keyOf } from '../../crafted.ts'

/** Longer than every time limit of a service, all in a row. */
const LONG_MS = 120_000
const STEP_MS = 50

const LIBP2P_EVENTS = [
  'connection:open',
  'transport:listening',
  'self:peer:update',
  'peer:discovery',
  'peer:update'
] as const

/** The answer of a host that hangs. */
export const never = (): Promise<never> => new Promise(() => {})

/** The answer of a host that refuses. */
export const refused = async (): Promise<never> => {
  throw new Error('refused')
}

export class StubHost {
  readonly privateKey: PrivateKey
  readonly stored = new Map<string, Uint8Array>()
  readonly events = new TypedEventEmitter<Libp2pEvents>()
  readonly messages = new TypedEventEmitter<{ message: CustomEvent<PubSubMessage> }>()
  readonly topicValidators = new Map<string, unknown>()
  readonly topics = new Set<string>()
  readonly protocols = new Map<string, unknown>()
  readonly connections: Connection[] = []
  readonly published: Uint8Array[] = []
  /** Lines of the log, without the id of the node. */
  readonly errors: string[] = []
  /** What only the debug log is told. */
  readonly logged: string[] = []
  /** By metric and label, without those that are 0. */
  readonly counters = new Map<string, number>()
  /** By metric and label. */
  readonly gauges = new Map<string, number>()
  addrs: Multiaddr[] = [multiaddr('/ip4/127.0.0.1/tcp/4001')]
  listenAddrs: Multiaddr[] = []

  constructor(privateKey: PrivateKey) {
    this.privateKey = privateKey
  }

  readonly registrar = {
    handle: async (protocol: string, handler: unknown): Promise<void> => {
      if (this.protocols.has(protocol)) {
        throw Object.assign(new Error('taken'), { name: 'DuplicateProtocolHandlerError' })
      }
      this.protocols.set(protocol, handler)
    },
    unhandle: async (protocol: string): Promise<void> => {
      this.protocols.delete(protocol)
    }
  }

  readonly pubsub = {
    topicValidators: this.topicValidators,
    getTopics: (): string[] => [...this.topics],
    getSubscribers: (): [] => [],
    subscribe: (topic: string): void => {
      this.topics.add(topic)
    },
    unsubscribe: (topic: string): void => {
      this.topics.delete(topic)
    },
    publish: async (_topic: string, data: Uint8Array): Promise<{ recipients: [] }> => {
      this.published.push(data)
      return { recipients: [] }
    },
    addEventListener: this.messages.addEventListener.bind(this.messages),
    removeEventListener: this.messages.removeEventListener.bind(this.messages)
  }

  readonly datastore = {
    has: async (key: Key): Promise<boolean> => this.stored.has(key.toString()),
    get: async (key: Key): Promise<Uint8Array> => this.stored.get(key.toString())!,
    put: async (key: Key, value: Uint8Array): Promise<void> => {
      this.stored.set(key.toString(), value)
    }
  }

  readonly peerStore = {
    get: async (): Promise<{ tags: Map<string, unknown>; protocols: string[] }> => ({ tags: new Map(), protocols: [] }),
    merge: async (): Promise<void> => {}
  }

  readonly connectionManager = {
    getConnections: (): Connection[] => this.connections,
    openConnection: async (): Promise<Connection> => await refused()
  }

  get components(): GossipDiscoveryComponents {
    const { privateKey, events, registrar, pubsub, connectionManager, datastore, peerStore } = this
    const parts = {
      ...{ privateKey, events, registrar, pubsub, connectionManager, datastore, peerStore },
      peerId: peerIdFromPrivateKey(privateKey),
      logger: { forComponent: () => this.#logger() },
      addressManager: { getAddresses: () => this.addrs, getListenAddrs: () => this.listenAddrs },
      metrics: {
        registerMetricGroup: (name: string) => this.#gaugeGroup(name),
        registerCounterGroup: (name: string) => this.#counterGroup(name)
      }
    }
    return parts as unknown as GossipDiscoveryComponents
  }

  /** Everything of a service that the host still knows. */
  registered(): string[] {
    return [
      ...this.protocols.keys(),
      ...this.topicValidators.keys(),
      ...this.topics,
      ...LIBP2P_EVENTS.filter(type => this.events.listenerCount(type) > 0),
      ...(this.messages.listenerCount('message') > 0 ? ['message'] : [])
    ]
  }

  /** A message of the topic arrives by pubsub. Returns what the validator says of it. */
  async deliver(topic: string, data: Uint8Array, forwarder: PeerId): Promise<unknown> {
    const message = { topic, data }
    const validate = this.topicValidators.get(topic) as (forwarder: PeerId, message: PubSubMessage) => Promise<unknown>
    const validation = await validate(forwarder, message)
    if (validation === 'accept') this.messages.safeDispatchEvent('message', { detail: message })
    return validation
  }

  #logger() {
    const error = (format: string, ...args: unknown[]): void => {
      this.errors.push(lineOf(format, args))
    }
    const log = (format: string, ...args: unknown[]): void => {
      this.logged.push(lineOf(format, args))
    }
    return Object.assign(log, { error, trace: () => {}, enabled: true })
  }

  #gaugeGroup(name: string) {
    return {
      update: (labels: Record<string, number>): void => {
        for (const [label, value] of Object.entries(labels)) this.gauges.set(`${name}{${label}}`, value)
      }
    }
  }

  #counterGroup(name: string) {
    return {
      increment: (labels: Record<string, number>): void => {
        for (const [label, count] of Object.entries(labels)) {
          const key = `${name}{${label}}`
          if (count > 0) this.counters.set(key, (this.counters.get(key) ?? 0) + count)
        }
      }
    }
  }
}

/** The service makes whole lines, which begin with the id of the node; parts that are tested alone leave that to the logger. */
function lineOf(format: string, args: readonly unknown[]): string {
  const text = formatted(format.replace(/%[pe]/g, '%s'), ...args.map(arg => (arg instanceof Error ? arg.message : arg)))
  return text.replace(/^\w{2}…\w{4} /, '')
}

/** A host that works, to be broken by the test. */
export async function stubHost(): Promise<StubHost> {
  return new StubHost(await keyOf(1))
}

/** A service on the host, and the warnings that it tells. */
export function serviceOn(
  host: StubHost,
  init: GossipDiscoveryInit = {}
): { discovery: GossipDiscovery; warnings: GossipDiscoveryWarning[] } {
  const discovery = new GossipDiscovery(host.components, init)
  const warnings: GossipDiscoveryWarning[] = []
  discovery.addEventListener('warning', ({ detail }) => warnings.push(detail))
  return { discovery, warnings }
}

/** Time of a test, which stands still but for what {@link pass} and {@link over} let pass. */
export interface Time {
  pass(ms: number): Promise<void>
  /** Lets time pass until the promise settles. Returns how long that took, in ms. @throws {Error} when it never does */
  over(promise: Promise<unknown>): Promise<number>
}

/** Runs the test in a time of its own: every timer and the monotonic clock of this process follow it. */
export async function inOwnTime(test: (time: Time) => Promise<void>): Promise<void> {
  const { now } = performance
  // Whole, so that times can be added up.
  let nowMs = Math.ceil(now.call(performance))
  mock.timers.enable({ apis: ['setTimeout', 'setInterval'] })
  performance.now = () => nowMs
  const pass = async (ms: number): Promise<void> => {
    for (const endMs = nowMs + ms; nowMs < endMs; ) {
      nowMs += STEP_MS
      mock.timers.tick(STEP_MS)
      await turn()
    }
  }
  try {
    await test({ pass, over: async promise => await over(promise, pass) })
  } finally {
    performance.now = now
    mock.timers.reset()
  }
}

async function over(promise: Promise<unknown>, pass: (ms: number) => Promise<void>): Promise<number> {
  let isOver = false
  const settle = (): void => {
    isOver = true
  }
  promise.then(settle, settle)
  for (let passedMs = 0; passedMs <= LONG_MS; passedMs += STEP_MS) {
    await turn()
    if (isOver) return passedMs
    await pass(STEP_MS)
  }
  throw new Error(`not over after ${LONG_MS} ms`)
}

/** Everything that waits for no timer has its turn. */
async function turn(): Promise<void> {
  for (let i = 0; i < 4; i++) await new Promise(resolve => setImmediate(resolve))
}
