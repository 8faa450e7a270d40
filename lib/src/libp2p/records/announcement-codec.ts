/** An announcement as bytes: a CBOR map in libp2p's signed envelope (RFC 0002). docs/PROTOCOL.md holds golden vectors. */
import type { PeerId, PrivateKey } from '@libp2p/interface'
import { peerIdFromPublicKey } from '@libp2p/peer-id'
import { type Announcement, farewellAfter, type SignedAnnouncement, shown } from '../../core/index.ts'
import { peerIdFromText } from '../addrs/peer-ids.ts'
import { GossipDiscoveryError } from '../errors.ts'
import { AnnouncementOpener } from './announcement-opener.ts'
import { sealEnvelope } from './envelope.ts'
import { encodePayload } from './payload.ts'
import { refuseFaults, unsendable, withAddrsThatFit } from './sendable.ts'

/**
 * Signs an announcement with its subject's key, for one network: it is a forgery in every other one. Addresses that do not
 * fit into an envelope are left out, the last first.
 *
 * @example
 * ```ts
 * import { generateKeyPair } from '@libp2p/crypto/keys'
 * import { peerIdFromPrivateKey } from '@libp2p/peer-id'
 * import { DEFAULT_TOPIC, signAnnouncement } from '@gossip-discovery/libp2p'
 *
 * const privateKey = await generateKeyPair('Ed25519')
 * const { envelope } = await signAnnouncement(
 *   {
 *     peer: peerIdFromPrivateKey(privateKey).toString(),
 *     epoch: Date.now(),
 *     seq: 1,
 *     name: 'alice',
 *     addrs: ['/ip4/192.0.2.1/tcp/4001'],
 *     ttlMs: 30_000,
 *     leaving: false,
 *     metadata: new Map()
 *   },
 *   privateKey,
 *   DEFAULT_TOPIC
 * )
 * ```
 *
 * @param topic - the network
 * @returns what every receiver will decode
 * @throws {GossipDiscoveryError} `NodeIdMismatch` when the announcement is another peer's
 * @throws {GossipDiscoveryError} `Serialization` when no receiver would accept it: names field, bound and value
 * @throws {AnnouncementDecodeError} when the key's signature is no good
 */
export async function signAnnouncement(
  announcement: Announcement,
  privateKey: PrivateKey,
  topic: string
): Promise<SignedAnnouncement> {
  const { publicKey } = privateKey
  refuseFaults(unsendable(announcement, publicKey))
  refuseStranger(announcement, peerIdFromPublicKey(publicKey))
  const payload = encodePayload(withAddrsThatFit(announcement, publicKey))
  const envelope = await sealEnvelope(payload, privateKey, topic)
  // A key that signs wrongly is noticed here, and not by the silence of all others.
  return await openAnnouncement(envelope, topic)
}

/** A signed announcement, and the signed farewell for a node that leaves right after it. */
export interface SignedWithFarewell {
  readonly record: SignedAnnouncement
  /** Undefined where the announcement is a farewell itself, or none can follow it. */
  readonly farewell: SignedAnnouncement | undefined
}

/**
 * Signs an announcement together with the farewell that may follow it, so that a node which sends the one always has the other.
 *
 * @throws {GossipDiscoveryError} `Serialization` as {@link signAnnouncement} does
 */
export async function signWithFarewell(
  announcement: Announcement,
  privateKey: PrivateKey,
  topic: string
): Promise<SignedWithFarewell> {
  const next = farewellAfter(announcement)
  const [record, farewell] = await Promise.all([
    signAnnouncement(announcement, privateKey, topic),
    next === undefined ? undefined : signAnnouncement(next, privateKey, topic)
  ])
  return { record, farewell }
}

/**
 * Decodes and verifies in one go.
 *
 * @example
 * ```ts
 * import { DEFAULT_TOPIC, openAnnouncement } from '@gossip-discovery/libp2p'
 *
 * async function show(envelope: Uint8Array): Promise<void> {
 *   const { announcement } = await openAnnouncement(envelope, DEFAULT_TOPIC)
 *   console.log(announcement.name, announcement.addrs)
 * }
 * ```
 *
 * @param topic - the network that it must have been signed for
 * @throws {AnnouncementDecodeError} for the first fault of the bytes
 */
export async function openAnnouncement(bytes: Uint8Array, topic: string): Promise<SignedAnnouncement> {
  return await new AnnouncementOpener(topic).decode(bytes).verify()
}

/** Nobody announces another. */
function refuseStranger({ peer }: Announcement, expected: PeerId): void {
  if (peer === expected.toString()) return
  const mismatch = () => ({ expected, actual: peerIdFromText(peer) })
  throw new GossipDiscoveryError('NodeIdMismatch', `the key is that of ${expected.toString()}, got ${shown(peer)}`, {
    mismatch
  })
}
