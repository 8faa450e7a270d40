import type { AnnouncementFault } from '../core/index.ts'

/** What went wrong, under the names of the model's error enum, and `Timeout`. */
export type GossipDiscoveryErrorCode =
  /** The host's pubsub is missing, stopped, or refused a call. */
  | 'Gossip'
  /** The service is not running. */
  | 'ChannelSend'
  /** What was to be announced breaks the bounds of an announcement. */
  | 'Serialization'
  /** Received bytes are no announcement. */
  | 'Deserialization'
  | 'SignatureVerification'
  /** The announcement names another peer than the one that signed it. */
  | 'NodeIdMismatch'
  /** A call into libp2p, its pubsub or its datastore was not answered in time. */
  | 'Timeout'

/**
 * Every error that this package throws for a reason of its own; `code` is a closed list and leads the message.
 *
 * @example
 * ```ts
 * import { GossipDiscoveryError } from 'libp2p-gossip-discovery'
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

  constructor(code: GossipDiscoveryErrorCode, message: string, options?: ErrorOptions) {
    super(`${code}: ${message}`, options)
    this.code = code
  }
}

/** Why bytes are refused as an announcement; a closed list, so that refusals can be counted by reason. */
export type DecodeFault =
  | 'too-large'
  | 'malformed-envelope'
  | 'unknown-payload-type'
  | 'unknown-version'
  | 'malformed-payload'
  | 'duplicate-key'
  | 'unknown-key'
  | 'missing-key'
  | 'wrong-type'
  | 'not-canonical'
  | AnnouncementFault
  | 'wrong-peer'
  | 'bad-signature'

/**
 * Received bytes are not an announcement; `fault` says why.
 *
 * @example
 * ```ts
 * import { AnnouncementDecodeError, openAnnouncement } from 'libp2p-gossip-discovery'
 *
 * await openAnnouncement(new Uint8Array(3000)).catch((error: AnnouncementDecodeError) => {
 *   console.log(error.fault) // too-large
 * })
 * ```
 */
export class AnnouncementDecodeError extends GossipDiscoveryError {
  override name = 'AnnouncementDecodeError'
  readonly fault: DecodeFault

  constructor(fault: DecodeFault, message: string = fault) {
    super(codeOf(fault), message === fault ? fault : `${fault}: ${message}`)
    this.fault = fault
  }
}

function codeOf(fault: DecodeFault): GossipDiscoveryErrorCode {
  if (fault === 'wrong-peer') return 'NodeIdMismatch'
  return fault === 'bad-signature' ? 'SignatureVerification' : 'Deserialization'
}
