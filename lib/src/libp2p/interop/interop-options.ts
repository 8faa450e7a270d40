/** Which other discoveries a node speaks, and which gossipsub topics belong to them. */
import { InvalidConfigError } from '../../core/index.ts'

/** Other discoveries that a node speaks beside its own. */
export interface InteropInit {
  /**
   * The discovery of `@libp2p/pubsub-peer-discovery`: this node says where it is on its topics, and takes those of whom it hears there
   * as hints whom to dial. `true` stands for the topics `_peer-discovery._p2p._pubsub` and
   * `universal-connectivity-browser-peer-discovery`; `{ topics }` for these instead, at most 16, such as
   * `my-app._peer-discovery._p2p._pubsub`. Needs a gossipsub under `StrictSign`. Default: not spoken.
   *
   * @example
   * ```ts
   * import { gossipDiscovery } from '@gossip-discovery/libp2p'
   *
   * const discovery = gossipDiscovery({
   *   interop: { pubsubPeerDiscovery: { topics: ['my-app._peer-discovery._p2p._pubsub'] } }
   * })
   * ```
   */
  pubsubPeerDiscovery?: boolean | { readonly topics: readonly string[] }
}

const SUFFIX = '_peer-discovery._p2p._pubsub'
const DEFAULT_TOPICS = [SUFFIX, 'universal-connectivity-browser-peer-discovery']

const MAX_TOPICS = 16
const MAX_TOPIC_LENGTH = 1_024

/**
 * The topics of `@libp2p/pubsub-peer-discovery` that a node takes part in; none where it does not speak it.
 *
 * @param ownTopic - of this node's own network: its validator would refuse every message of another discovery
 * @throws {InvalidConfigError} naming the option, its value and what is allowed
 */
export function pubsubPeerTopics(interop: InteropInit | undefined, ownTopic: string): readonly string[] {
  const topics = chosenTopics(interop)
  const isTheirs = DEFAULT_TOPICS.includes(ownTopic) || ownTopic.endsWith(`.${SUFFIX}`)
  if (!isTheirs && !topics.includes(ownTopic)) return topics
  throw new InvalidConfigError(
    `topic must be one of this network alone, got ${JSON.stringify(ownTopic)}, a topic of @libp2p/pubsub-peer-discovery: ` +
      'choose another, and take part in that one with interop.pubsubPeerDiscovery'
  )
}

function chosenTopics(interop: InteropInit = {}): readonly string[] {
  const { pubsubPeerDiscovery: chosen, ...others } = objectIn('interop', interop)
  refuseOthers('interop', others, 'pubsubPeerDiscovery')
  if (chosen === undefined || chosen === false) return []
  if (chosen === true) return DEFAULT_TOPICS
  const { topics, ...rest } = objectIn('interop.pubsubPeerDiscovery', chosen)
  refuseOthers('interop.pubsubPeerDiscovery', rest, 'topics')
  if (!Array.isArray(topics) || topics.length === 0 || topics.length > MAX_TOPICS) {
    throw invalid('interop.pubsubPeerDiscovery.topics', `an array of 1 to ${MAX_TOPICS} topics`, topics)
  }
  for (const topic of topics) {
    if (typeof topic === 'string' && topic !== '' && topic.length <= MAX_TOPIC_LENGTH) continue
    throw invalid('interop.pubsubPeerDiscovery.topics', `texts of 1 to ${MAX_TOPIC_LENGTH} characters`, topic)
  }
  return [...new Set(topics)]
}

function objectIn(option: string, value: unknown): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>
  throw invalid(option, option === 'interop' ? 'an object' : 'true or { topics }', value)
}

function refuseOthers(option: string, others: object, known: string): void {
  for (const name of Object.keys(others)) throw new InvalidConfigError(`${option} has no option ${name}, only ${known}`)
}

function invalid(option: string, allowed: string, value: unknown): InvalidConfigError {
  return new InvalidConfigError(`${option} must be ${allowed}, got ${JSON.stringify(value)}`)
}
