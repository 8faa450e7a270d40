/** Which other discoveries a node speaks, and which gossipsub topics belong to them. */
import { type Complaint, type OptionRule, plainText, shown } from '../../core/index.ts'

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
const DEFAULT_TOPICS: readonly string[] = [SUFFIX, 'universal-connectivity-browser-peer-discovery']

const MAX_TOPICS = 16
const MAX_TOPIC_LENGTH = 1_024

/** Whether a topic is known to be one of `@libp2p/pubsub-peer-discovery`: the validator of a network would refuse every message there. */
export function isTheirTopic(topic: string): boolean {
  return DEFAULT_TOPICS.includes(topic) || topic.endsWith(`.${SUFFIX}`)
}

/** The topics of `@libp2p/pubsub-peer-discovery` that a node takes part in; none where it does not speak it. */
export function pubsubPeerTopics({ pubsubPeerDiscovery: chosen }: InteropInit = {}): readonly string[] {
  if (typeof chosen === 'object') return [...new Set(chosen.topics)]
  return chosen === true ? DEFAULT_TOPICS : []
}

/**
 * {@link InteropInit}, with topics that are not this network's own.
 *
 * @param defaultTopic - of a network that is not named
 */
export function interopRule(defaultTopic: string): OptionRule {
  return (value, { topic: ownTopic = defaultTopic }) => {
    const complaints = onlyOption(value, '', 'pubsubPeerDiscovery')
    if (complaints.length > 0) return complaints
    const { pubsubPeerDiscovery: chosen } = value as { pubsubPeerDiscovery?: unknown }
    if (chosen === undefined || typeof chosen === 'boolean') return []
    return chosenComplaints(chosen, ownTopic)
  }
}

function chosenComplaints(chosen: unknown, ownTopic: unknown): readonly Complaint[] {
  const complaints = onlyOption(chosen, '.pubsubPeerDiscovery', 'topics')
  if (complaints.length > 0) return complaints
  const at = '.pubsubPeerDiscovery.topics'
  const { topics } = chosen as { topics: unknown }
  if (!Array.isArray(topics) || topics.length === 0 || topics.length > MAX_TOPICS) {
    const got = Array.isArray(topics) ? `${topics.length}` : shown(topics)
    return [{ at, must: `be an array of 1 to ${MAX_TOPICS} topics`, got }]
  }
  return topics.flatMap((topic, i) =>
    topicComplaints(topic, ownTopic).map(complaint => ({ got: shown(topic), ...complaint, at: `${at}[${i}]` }))
  )
}

function topicComplaints(topic: unknown, ownTopic: unknown): readonly Complaint[] {
  const complaints = plainText(topic, {})
  if (complaints.length > 0 || typeof topic !== 'string') return complaints
  if (topic === '' || topic.length > MAX_TOPIC_LENGTH) {
    return [{ must: `have 1 to ${MAX_TOPIC_LENGTH} characters`, got: `${topic.length}` }]
  }
  return topic === ownTopic ? [{ must: 'be another than the topic of this network' }] : []
}

function onlyOption(value: unknown, at: string, known: string): readonly Complaint[] {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
  if (!isObject) return [{ at, must: `be ${at === '' ? '' : 'true or '}an object with ${known}`, got: shown(value) }]
  const others = Object.keys(value).filter(name => name !== known)
  return others.map(other => ({ at, must: `have no other option than ${known}`, got: shown(other) }))
}
