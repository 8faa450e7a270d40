/** Records of many peers as a core hands them on, with peer ids that can be written into frames. */
import type { SummaryItem } from '../../../src/core/gossip/sync.ts'
import type { AgedRecord } from '../../../src/core/record/aged-record.ts'
import { type PeerKey, signedAnnouncement } from '../../../src/core/record/announcement.ts'
import { peerKeyFromBytes } from '../../../src/libp2p/addrs/peer-ids.ts'
import { announcement, contentHashOf } from '../../core/records.ts'

/** An Ed25519 key's multihash, but for the key. */
const PREFIX = [0x00, 0x24, 0x08, 0x01, 0x12, 0x20]

export function peerOf(index: number): PeerKey {
  const key = new Uint8Array(32)
  new DataView(key.buffer).setUint32(0, Math.imul(index + 1, 0x9e3779b1) >>> 0)
  return peerKeyFromBytes(Uint8Array.of(...PREFIX, ...key))!
}

/** @param envelopeBytes - of each record; those of an ordinary announcement if undefined */
export function recordsOf(size: number, envelopeBytes = 280): AgedRecord[] {
  return Array.from({ length: size }, (_, index) => {
    const said = announcement({ peer: peerOf(index) })
    return { record: signedAnnouncement(said, new Uint8Array(envelopeBytes), contentHashOf(said)), ageMs: 0 }
  })
}

export function itemsOf(size: number): SummaryItem[] {
  return Array.from({ length: size }, (_, index) => ({
    peer: peerOf(index),
    epoch: 1,
    seq: 1,
    contentHash: index,
    isHearsay: true
  }))
}
