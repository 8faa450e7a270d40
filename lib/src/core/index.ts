/**
 * The protocol as a pure function of state, input, time and chance, for hosts other than libp2p: simulators, tests, other transports.
 *
 * A **record** is what a node says of itself, signed by it and by nobody else: name, addresses, metadata, and a promise (`ttlMs`)
 * that something newer comes in time. Records of one subject are ordered by (epoch, seq), so a **book** that applies only what is
 * newer ends the same whatever the order in which records arrive. An entry leaves its book at the end of its ttl or with the
 * subject's farewell, and leaves a tombstone, so that no replay brings it back.
 *
 * Records travel in three ways. **Gossip** carries heartbeats. **Push** sends what is fresh (a join, a change, a farewell, a
 * refutation) to every partner at once. **Sync** compares two books by a digest of 64 numbers and exchanges only what differs. Partners are few:
 * an **overlay** of links that the nodes choose at random, so that it is connected, its degree is bounded, and no stranger decides who
 * a node's neighbours are.
 *
 * Crashes are noticed by **liveness**: a partner whose connection breaks, or who leaves a probe unanswered, is suspected. A
 * suspicion is hearsay. It ends an entry before its ttl only with evidence of the node's own or the reports of two partners that it
 * chose, and never before the suspect has had the time to answer.
 *
 * Everything that a stranger can ask for has a **price**, and every collection that a stranger can grow has a **bound**.
 *
 * The rooms: `record` (what is said), `book` (what is known), `gossip` (how it travels), `overlay` (between whom),
 * `dialling` (how links come about), `liveness` (who is
 * gone), `bounds` (what it may cost). `discovery.ts` is the one switch over all inputs, `effects.ts` lists inputs and outputs. Only
 * the names below are API.
 *
 * @module @gossip-discovery/libp2p/core
 *
 * @example
 * ```ts
 * import { Discovery, resolveConfig, seededRandom } from '@gossip-discovery/libp2p/core'
 *
 * const self = { peer: 'alice', epoch: 1 }
 * const core = new Discovery(resolveConfig({ name: 'alice' }), self, { random: seededRandom(7), groupOf: addr => addr }, 0)
 * for (const output of core.handle({ type: 'tick' }, 10)) console.log(output.type)
 * ```
 */
export { AddressBook } from './book/address-book.ts'
export { BUCKETS, bucketOf } from './book/digest.ts'
export {
  type AddressBookEntry,
  type ApplyResult,
  type Entry,
  expiryOf,
  type Interest,
  type NotListed,
  type Source,
  STANDING,
  type Standing
} from './book/entry.ts'
export type { EntryStore } from './book/entry-store.ts'
export type { Tombstone } from './book/tombstones.ts'
export type { Payer } from './bounds/budget.ts'
export type { Endpoint, EndpointOf } from './bounds/endpoint.ts'
export type { Group, GroupOf } from './bounds/group.ts'
export { Recent } from './bounds/recent.ts'
export { type DiscoveryConfig, type DiscoveryInit, InvalidConfigError, resolveConfig } from './config.ts'
export { Discovery, type Host } from './discovery.ts'
export type {
  DialOutcome,
  DialPurpose,
  DialTarget,
  IgnoreReason,
  Input,
  Output,
  PeerSource,
  SpentBy,
  Warning,
  WarningCode
} from './effects.ts'
export { olderBy } from './gossip/answers.ts'
export type {
  DigestMessage,
  RecordsMessage,
  ReleaseMessage,
  Room,
  SummaryItem,
  SummaryMessage,
  Suspicion,
  SyncMessage
} from './gossip/sync.ts'
export {
  between,
  type Complaint,
  flag,
  type OptionRule,
  type OptionRules,
  optionFaults,
  plainText,
  sentences,
  shown
} from './options.ts'
export { type Random, seededRandom } from './random.ts'
export { type AgedRecord, agedRecord } from './record/aged-record.ts'
export {
  type Announcement,
  type AnnouncementFault,
  avalanche32,
  BOUNDS,
  type Content,
  farewellAfter,
  hash32,
  type Metadata,
  type PeerKey,
  type SignedAnnouncement,
  signedAnnouncement,
  type Version
} from './record/announcement.ts'
export { announcementFault, announcementFaults, changeFaults, metadataOf } from './record/content.ts'
