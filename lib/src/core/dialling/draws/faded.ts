/** Listed peers of which there has been no news for so long that a dial is worth its price. */
import type { AddressBook } from '../../book/address-book.ts'
import type { DialTarget } from '../../effects.ts'
import type { Random } from '../../random.ts'
import type { PeerKey } from '../../record/announcement.ts'

/**
 * Share of its ttl after which an entry without news is a reason to dial: the partner that was asked for it at two thirds had
 * none either, so perhaps no path leads there any more. Each node has a place of its own in between, since the first that reaches
 * the peer spares the others the dial.
 */
const FADED_RATIO = { min: 3 / 4, max: 5 / 6 }

/** The share that one node keeps to. */
export function drawFadedRatio(random: Random): number {
  return FADED_RATIO.min + random() * (FADED_RATIO.max - FADED_RATIO.min)
}

/** Those of the peers whose entries have come to that share of their ttl. */
export function fadedTargets(peers: readonly PeerKey[], book: AddressBook, ratio: number, nowMs: number): DialTarget[] {
  return peers.flatMap(peer => {
    const entry = book.get(peer)
    if (entry === undefined) return []
    const { addrs, ttlMs } = entry.record.announcement
    return nowMs >= entry.bornAtMs + ttlMs * ratio ? [{ id: peer, addrs }] : []
  })
}
