/** PeerIds of peers that were heard of lately. While a program starts, libp2p takes as long for one as for a signature. */
import type { PeerId } from '@libp2p/interface'
import { peerIdFromString } from '@libp2p/peer-id'
import { base58btc } from 'multiformats/bases/base58'
import { Recent } from '../../core/bounds/recent.ts'
import type { PeerKey } from '../../core/record/announcement.ts'
import { base58 } from './base58.ts'

/** The records of a few frames: whoever is heard of is told of soon after. */
const KEPT = 512

/** BOUNDED by `KEPT`, twice. */
const recent = new Recent<PeerKey, PeerId>(KEPT)

/** How a peer id begins that is a SHA-256, an Ed25519 key, or a secp256k1 key; and how many bytes follow. */
const LAYOUTS: readonly { readonly prefix: readonly number[]; readonly bytes: number }[] = [
  { prefix: [0x12, 0x20], bytes: 32 },
  { prefix: [0x00, 0x24, 0x08, 0x01, 0x12, 0x20], bytes: 32 },
  { prefix: [0x00, 0x25, 0x08, 0x02, 0x12, 0x21], bytes: 33 }
]

/**
 * The PeerId of a peer that a record or frame has named.
 *
 * @throws {Error} of some kind when the key in it is no point of its curve
 */
export function peerIdOf(peer: PeerKey): PeerId {
  const known = recent.get(peer)
  if (known !== undefined) return known
  const peerId = peerIdFromString(peer)
  recent.set(peer, peerId)
  return peerId
}

/**
 * The key of a peer. Looks at nothing but the layout: to find out whether a key is a point of its curve can take longer than a
 * signature, and a stranger can name a thousand peers in a frame.
 *
 * @param bytes - a multihash
 * @returns undefined for what is no peer id of a kind of key that this protocol takes
 */
export function peerKeyFromBytes(bytes: Uint8Array): PeerKey | undefined {
  const isPeer = LAYOUTS.some(
    layout =>
      bytes.length === layout.prefix.length + layout.bytes && layout.prefix.every((byte, at) => bytes[at] === byte)
  )
  return isPeer ? base58(bytes) : undefined
}

/** The PeerId in bytes that a stranger has sent; undefined where there is none. As dear as {@link peerIdOf}. */
export function peerIdFromBytes(bytes: Uint8Array): PeerId | undefined {
  const peer = peerKeyFromBytes(bytes)
  return peer === undefined ? undefined : peerIdFromText(peer)
}

/** {@link peerIdOf}, or undefined for a text that is no peer id. */
export function peerIdFromText(text: string): PeerId | undefined {
  try {
    return peerIdOf(text)
  } catch {
    return undefined
  }
}

/** The multihash of a peer. */
export function peerBytes(peer: PeerKey): Uint8Array {
  return base58btc.baseDecode(peer)
}
