/**
 * Entries that nobody has renewed for long. Where an overlay is torn, though every node lives, all of the other part fades at once:
 * the node tries to reach one of them before that costs entries.
 */

import { type Random, randomBelow } from '../random.ts'
import type { PeerKey } from '../record/announcement.ts'

/**
 * Dials of the whole network at each look at what fades, some five for each entry: one that succeeds mends a torn overlay, and a
 * single peer that fades everywhere is not dialled by everybody. A guess.
 */
const DIALS_PER_LOOK = 16

/**
 * One of those that fade, to dial; seldom enough for the network as a whole.
 *
 * @param peers - whose entries fade, nobody suspects, and is not connected
 */
export function fadingToDial(peers: readonly PeerKey[], networkSize: number, random: Random): PeerKey | undefined {
  if (peers.length === 0 || random() >= DIALS_PER_LOOK / networkSize) return undefined
  return peers[randomBelow(peers.length, random)]
}
