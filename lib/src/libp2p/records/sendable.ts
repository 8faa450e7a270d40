/** What can be announced under a key: asked before an application's word is taken, and before a record is signed. */
import { publicKeyToProtobuf } from '@libp2p/crypto/keys'
import type { PeerId, PrivateKey, PublicKey } from '@libp2p/interface'
import { multiaddr } from '@multiformats/multiaddr'
import { type Announcement, announcementFaults, BOUNDS, type Content, shown } from '../../core/index.ts'
import { addrText } from '../addrs/addr-text.ts'
import { GossipDiscoveryError } from '../errors.ts'
import { envelopeBytes } from './envelope.ts'
import { longestSignature, signerKey } from './keys/signer-key.ts'
import { encodePayload } from './payload.ts'

/** Who announces. */
export interface Signer {
  readonly peerId: PeerId
  readonly privateKey: PrivateKey
}

/** The longest numbers that there can be. */
const LONGEST = { epoch: Number.MAX_SAFE_INTEGER, seq: Number.MAX_SAFE_INTEGER, ttlMs: BOUNDS.ttlMaxMs, leaving: true }

/**
 * Refuses what no receiver would take if it were announced under this key, whatever number it gets and at whatever time. Addresses do
 * not count: of these as many are announced as there is room for.
 *
 * @throws {GossipDiscoveryError} `Serialization` with a sentence for each fault: field, bound and value
 */
export function refuseUnsendable({ name, metadata }: Omit<Content, 'addrs'>, { peerId, privateKey }: Signer): void {
  const longest = { ...LONGEST, peer: peerId.toString(), name, metadata, addrs: [] }
  refuseFaults(unsendable(longest, privateKey.publicKey))
}

/** @throws {GossipDiscoveryError} `Serialization` if there are any */
export function refuseFaults(faults: readonly string[]): void {
  if (faults.length > 0) throw new GossipDiscoveryError('Serialization', faults.join('; '))
}

/** Everything that no receiver would take of an announcement that this key signs, in sentences; none if it can be sent. */
export function unsendable(announcement: Announcement, key: PublicKey): string[] {
  const faults = announcementFaults(announcement)
  if (faults.length > 0) return faults
  faults.push(...announcement.addrs.flatMap(addrFaults))
  const signer = signerKey(publicKeyToProtobuf(key))
  if (signer === undefined) {
    faults.push(`the key must be Ed25519, secp256k1, or RSA of 2048 to 4096 bits, got ${key.type}`)
  }
  if (faults.length > 0) return faults
  const bytes = sizeOf({ ...announcement, addrs: [] }, key)
  if (bytes <= BOUNDS.envelopeBytes) return []
  const room = `fit into an announcement of ${BOUNDS.envelopeBytes} bytes along with a key of type ${key.type}`
  return [`name and metadata must ${room}, got ${bytes} bytes`]
}

/** As many addresses as an envelope has room for, the first ones, of an announcement that is sendable. */
export function withAddrsThatFit(announcement: Announcement, key: PublicKey): Announcement {
  let fitting = announcement
  while (sizeOf(fitting, key) > BOUNDS.envelopeBytes) fitting = { ...fitting, addrs: fitting.addrs.slice(0, -1) }
  return fitting
}

/** Bytes of the envelope, with the longest signature that the key can make. */
function sizeOf(announcement: Announcement, key: PublicKey): number {
  const keyBytes = publicKeyToProtobuf(key)
  return envelopeBytes(keyBytes.length, encodePayload(announcement).length, longestSignature(signerKey(keyBytes)!))
}

function addrFaults(addr: string, i: number): string[] {
  const field = `addrs[${i}]`
  const bytes = parsedBytes(addr)
  if (bytes === undefined) return [`${field} must be a multiaddr such as /ip4/192.0.2.1/tcp/4001, got ${shown(addr)}`]
  if (bytes.length === 0) return [`${field} must name a host, got ${shown(addr)}`]
  if (bytes.length <= BOUNDS.addrBytes) return []
  return [`${field} must be at most ${BOUNDS.addrBytes} bytes, got ${bytes.length} bytes`]
}

/** Undefined for what a receiver would not read as this address. */
function parsedBytes(addr: string): Uint8Array | undefined {
  try {
    const { bytes } = multiaddr(addr)
    return bytes.length === 0 || addrText(bytes) !== undefined ? bytes : undefined
  } catch {
    return undefined
  }
}
