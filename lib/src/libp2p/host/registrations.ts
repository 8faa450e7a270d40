/** What the service registers with its host: a stream handler, a topic, a validator, listeners. The stop undoes all of it. */
import type { Connection, Logger, PeerId, PeerInfo, PeerUpdate, Stream } from '@libp2p/interface'
import type { PeerKey } from '../../core/record/announcement.ts'
import type { GossipDiscoveryComponents, PubSubMessage, TopicValidation } from '../components.ts'
import { GossipDiscoveryError } from '../errors.ts'
import type { Warnings } from '../reports/warnings.ts'
import { HOST_CALL_TIMEOUT_MS, isTimeout, STOP_STEP_TIMEOUT_MS, within } from './within.ts'

/** The dialler opens the stream: one on each connection is enough. */
const STREAM_OPTIONS = { maxInboundStreams: 1, maxOutboundStreams: 1, runOnLimitedConnection: true }

/** What the service does when the host calls. */
export interface HostHandlers {
  readonly validate: (forwarder: PeerKey, message: PubSubMessage) => TopicValidation | Promise<TopicValidation>
  readonly onMessage: (event: CustomEvent<PubSubMessage>) => void
  readonly onInboundStream: (stream: Stream, connection: Connection) => void
  readonly onConnectionOpen: (event: CustomEvent<Connection>) => void
  readonly onAddresses: () => void
  readonly onPeerDiscovery: (event: CustomEvent<PeerInfo>) => void
  readonly onPeerUpdate: (event: CustomEvent<PeerUpdate>) => void
}

export class Registrations {
  readonly #components: GossipDiscoveryComponents
  readonly #network: { readonly topic: string; readonly protocol: string }
  readonly #handlers: HostHandlers
  readonly #log: Logger
  readonly #warnings: Warnings
  readonly #validate: (forwarder: PeerId, message: PubSubMessage) => Promise<TopicValidation>
  #handlesStreams = false
  #isSubscribed = false

  constructor(
    components: GossipDiscoveryComponents,
    network: { topic: string; protocol: string },
    handlers: HostHandlers,
    log: Logger,
    warnings: Warnings
  ) {
    this.#components = components
    this.#network = network
    this.#handlers = handlers
    this.#validate = async (forwarder, message) => await handlers.validate(forwarder.toString(), message)
    this.#log = log
    this.#warnings = warnings
  }

  /**
   * Registers everything but the topic, or nothing if one part fails.
   *
   * @throws {GossipDiscoveryError} `Gossip` when another service or the application has the same topic, or the host refuses
   * @throws {GossipDiscoveryError} `Timeout` when the host does not answer
   */
  async begin(): Promise<void> {
    await this.#handleStreams()
    try {
      this.#checkTopic()
      this.#listen()
    } catch (cause) {
      await this.end()
      if (cause instanceof GossipDiscoveryError) throw cause
      throw new GossipDiscoveryError('Gossip', `the host refused a listener: ${(cause as Error).message}`, { cause })
    }
  }

  /**
   * @throws {GossipDiscoveryError} `Gossip` when pubsub refuses, for example because it is not running
   */
  subscribe(): void {
    const { pubsub } = this.#components
    const { topic } = this.#network
    // A subscription of the application's own stays when this service stops.
    if (pubsub.getTopics?.().includes(topic) === true) return
    try {
      pubsub.subscribe(topic)
      this.#isSubscribed = true
    } catch (cause) {
      const message = `pubsub refused to subscribe: ${(cause as Error).message}`
      throw new GossipDiscoveryError('Gossip', message, { cause })
    }
  }

  /** No stream comes in any more. */
  async endStreams(): Promise<void> {
    if (!this.#handlesStreams) return
    this.#handlesStreams = false
    await this.#undo('unregistering the sync protocol', () =>
      this.#components.registrar.unhandle(this.#network.protocol)
    )
  }

  async unsubscribe(): Promise<void> {
    if (!this.#isSubscribed) return
    this.#isSubscribed = false
    await this.#undo('unsubscribing', () => this.#components.pubsub.unsubscribe(this.#network.topic))
  }

  /** Undoes what was begun. Never fails: what the host refuses is in the log. */
  async end(): Promise<void> {
    const { pubsub, events } = this.#components
    const { onMessage, onConnectionOpen, onAddresses, onPeerDiscovery, onPeerUpdate } = this.#handlers
    await this.endStreams()
    await this.unsubscribe()
    await this.#undo('removing the listener of messages', () => pubsub.removeEventListener('message', onMessage))
    await this.#undo('removing the listeners of libp2p', () => {
      events.removeEventListener('connection:open', onConnectionOpen)
      events.removeEventListener('transport:listening', onAddresses)
      events.removeEventListener('self:peer:update', onAddresses)
      events.removeEventListener('peer:discovery', onPeerDiscovery)
      events.removeEventListener('peer:update', onPeerUpdate)
    })
    await this.#undo('removing the validator', () => {
      const { topicValidators } = pubsub
      if (topicValidators.get(this.#network.topic) === this.#validate) topicValidators.delete(this.#network.topic)
    })
  }

  async #handleStreams(): Promise<void> {
    const { protocol, topic } = this.#network
    const { registrar } = this.#components
    try {
      const handled = registrar.handle(protocol, this.#handlers.onInboundStream, STREAM_OPTIONS)
      await within(HOST_CALL_TIMEOUT_MS, 'registering the sync protocol', handled)
      this.#handlesStreams = true
    } catch (cause) {
      if ((cause as Error).name === 'DuplicateProtocolHandlerError') {
        const message = `this node takes part in the network of topic ${JSON.stringify(topic)} already`
        throw new GossipDiscoveryError('Gossip', message, { cause })
      }
      // Libp2p registers first and fails later, when it notes the protocol in its peer store.
      await this.#undo('unregistering the sync protocol', () => registrar.unhandle(protocol))
      if (isTimeout(cause)) throw cause
      const message = `libp2p refused the sync protocol: ${(cause as Error).message}`
      throw new GossipDiscoveryError('Gossip', message, { cause })
    }
  }

  /**
   * @throws {GossipDiscoveryError} `Gossip` when the application has a validator there: its messages would be refused as forgeries
   */
  #checkTopic(): void {
    const { topic } = this.#network
    const validator = this.#components.pubsub.topicValidators.get(topic)
    if (validator === undefined || validator === this.#validate) return
    const message = `topic ${JSON.stringify(topic)} has a validator of the application: this network needs a topic of its own`
    throw new GossipDiscoveryError('Gossip', message)
  }

  #listen(): void {
    const { pubsub, events } = this.#components
    const { onMessage, onConnectionOpen, onAddresses, onPeerDiscovery, onPeerUpdate } = this.#handlers
    pubsub.topicValidators.set(this.#network.topic, this.#validate)
    pubsub.addEventListener('message', onMessage)
    events.addEventListener('connection:open', onConnectionOpen)
    events.addEventListener('transport:listening', onAddresses)
    events.addEventListener('self:peer:update', onAddresses)
    events.addEventListener('peer:discovery', onPeerDiscovery)
    events.addEventListener('peer:update', onPeerUpdate)
  }

  async #undo(what: string, step: () => unknown): Promise<void> {
    try {
      await within(STOP_STEP_TIMEOUT_MS, what, step())
    } catch (error) {
      if (!this.#warnings.tellTimeout(error)) this.#log('%s failed - %e', what, error)
    }
  }
}
