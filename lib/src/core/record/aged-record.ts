import type { SignedAnnouncement } from './announcement.ts'

/** A record on its way, and what its forwarder says of it: unsigned. */
export interface AgedRecord {
  readonly record: SignedAnnouncement
  /** Time since it was announced: a relayed record expires when the original would. */
  readonly ageMs: number
  /** The forwarder itself knows the peer by hearsay alone, and vouches for nothing. Default: it does vouch. */
  readonly isHearsay?: boolean
}

/** A record as old as it is, in whole ms as it travels: never older. */
export function agedRecord(
  record: SignedAnnouncement,
  bornAtMs: number,
  nowMs: number,
  isHearsay: boolean
): AgedRecord {
  return { record, ageMs: Math.max(0, Math.floor(nowMs - bornAtMs)), isHearsay }
}
