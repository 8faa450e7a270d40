import type { PeerId } from '@libp2p/interface'
import type { AnnouncementFault } from '../core/record/announcement.ts'

/** What went wrong, under the names of the model's error enum, and `Timeout`. */
export type GossipDiscoveryErrorCode =
  /** The host's pubsub is missing, stopped, or refused a call. */
  | 'Gossip'
  /** The service is not running. */
  | 'ChannelSend'
  /** What was to be announced is refused, since no receiver would take it: the message names field, bound and value. */
  | 'Serialization'
  /** Received bytes are no announcement. */
  | 'Deserialization'
  | 'SignatureVerification'
  /** An announcement is to name, or names, another peer than the one that signs it: see {@link GossipDiscoveryError.expected}. */
  | 'NodeIdMismatch'
  /** A call into libp2p, its pubsub or its datastore was not answered in time. */
  | 'Timeout'

/**
 * Every error that this package throws for a reason of its own; `code` is a closed list and leads the message.
 *
 * @example
 * ```ts
 * import { GossipDiscoveryError } from '@gossip-discovery/libp2p'
 *
 * try {
 *   libp2p.services.discovery.addPeers(bootstrapAddrs)
 * } catch (error) {
 *   if (error instanceof GossipDiscoveryError && error.code === 'ChannelSend') console.log('not running')
 *   else throw error
 * }
 * ```
 */
export class GossipDiscoveryError extends Error {
  override name = 'GossipDiscoveryError'
  readonly code: GossipDiscoveryErrorCode
  readonly #mismatch: (() => Mismatch) | undefined

  constructor(code: GossipDiscoveryErrorCode, message: string, options: GossipDiscoveryErrorOptions = {}) {
    const { mismatch, ...errorOptions } = options
    super(`${code}: ${message}`, errorOptions)
    this.code = code
    this.#mismatch = mismatch
  }

  /** Of `NodeIdMismatch`: the peer whose key signs. */
  get expected(): PeerId | undefined {
    return this.#mismatch?.().expected
  }

  /** Of `NodeIdMismatch`: the peer that is named in its place; undefined where received bytes name none. */
  get actual(): PeerId | undefined {
    return this.#mismatch?.().actual
  }
}

/** What an error is made with besides. */
export interface GossipDiscoveryErrorOptions extends ErrorOptions {
  /** Called when somebody asks: a PeerId costs as much as a signature, and strangers decide how many of these errors there are. */
  mismatch?: () => Mismatch
}

/** Two peers, of which the first was expected. */
export interface Mismatch {
  readonly expected: PeerId | undefined
  readonly actual: PeerId | undefined
}

/** Why bytes are refused as an announcement; a closed list, so that refusals can be counted by reason. */
export type DecodeFault =
  | 'malformed-envelope'
  | 'unknown-payload-type'
  | 'unknown-version'
  | 'too-large'
  | 'unsupported-key'
  | 'malformed-payload'
  | 'duplicate-key'
  | 'unknown-key'
  | 'missing-key'
  | 'wrong-type'
  | 'not-canonical'
  | 'wrong-peer'
  | AnnouncementFault
  | 'bad-signature'

/** The layout of envelopes and the domain of their signatures are those of every version: see {@link blames}. */
const BLAMED: ReadonlySet<string> = new Set<DecodeFault>(['malformed-envelope', 'too-large', 'bad-signature'])

/**
 * Whether a peer is to blame for handing bytes on that have this fault: only if each version of this protocol, with any set of
 * address protocols and keys, refuses them. An envelope is the same in all versions, a payload type has one bound, and a
 * signature of a known key is either genuine or not, so an honest forwarder has checked these. Anything else may be right for
 * a forwarder that knows more, or less, than the receiver: it is dropped and counted, and the link stays.
 */
export function blames(fault: string): boolean {
  return BLAMED.has(fault)
}

/**
 * Received bytes are not an announcement; `fault` says why.
 *
 * @example
 * ```ts
 * import { AnnouncementDecodeError, DEFAULT_TOPIC, openAnnouncement } from '@gossip-discovery/libp2p'
 *
 * await openAnnouncement(new Uint8Array(3000), DEFAULT_TOPIC).catch((error: AnnouncementDecodeError) => {
 *   console.log(error.fault) // malformed-envelope
 * })
 * ```
 */
export class AnnouncementDecodeError extends GossipDiscoveryError {
  override name = 'AnnouncementDecodeError'
  readonly fault: DecodeFault

  constructor(fault: DecodeFault, message: string = fault, options: GossipDiscoveryErrorOptions = {}) {
    super(codeOf(fault), message === fault ? fault : `${fault}: ${message}`, options)
    this.fault = fault
  }
}

function codeOf(fault: DecodeFault): GossipDiscoveryErrorCode {
  if (fault === 'wrong-peer') return 'NodeIdMismatch'
  return fault === 'bad-signature' ? 'SignatureVerification' : 'Deserialization'
}
