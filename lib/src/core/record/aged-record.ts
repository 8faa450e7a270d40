import type { SignedAnnouncement } from './announcement.ts'

/** A record on its way, with the time since it was announced: a relayed record expires when the original would. */
export interface AgedRecord {
  readonly record: SignedAnnouncement
  readonly ageMs: number
}

/** A record as old as it is, in whole ms as it travels: never older. */
export function agedRecord(record: SignedAnnouncement, bornAtMs: number, nowMs: number): AgedRecord {
  return { record, ageMs: Math.max(0, Math.floor(nowMs - bornAtMs)) }
}
