/** PeerIds of peers that were heard of lately. While a program starts, libp2p takes as long for one as for a signature. */
import type { PeerId } from '@libp2p/interface'
import { peerIdFromMultihash, peerIdFromString } from '@libp2p/peer-id'
import { decode as decodeMultihash } from 'multiformats/hashes/digest'
import { type PeerKey, Recent } from '../core/index.ts'

/** The records of a few frames: whoever is heard of is told of soon after. */
const KEPT = 512

/** BOUNDED by `KEPT`, twice. */
const recent = new Recent<PeerKey, PeerId>(KEPT)

/** The key of a peer, whose id is at hand for a while. */
export function peerKeyOf(peerId: PeerId): PeerKey {
  const peer = peerId.toString()
  recent.set(peer, peerId)
  return peer
}

export function peerIdOf(peer: PeerKey): PeerId {
  return recent.get(peer) ?? peerIdFromString(peer)
}

/**
 * @param bytes - a multihash
 * @throws {Error} of some kind when they are none of a peer
 */
export function peerIdFromBytes(bytes: Uint8Array): PeerId {
  return peerIdFromMultihash(decodeMultihash(bytes) as Parameters<typeof peerIdFromMultihash>[0])
}
