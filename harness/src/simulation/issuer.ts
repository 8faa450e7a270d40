import {
  type Announcement,
  hash32,
  type PeerKey,
  type SignedAnnouncement,
  signedAnnouncement
} from 'libp2p-gossip-discovery/core'
import { envelopeBytes } from './sizes.ts'

/** A machine, as far as its records tell. */
export interface Subject {
  readonly index: number
  readonly peer: PeerKey
}

/**
 * A signed announcement. In place of a signature stands the class: only {@link Issuer} makes one, so that a record which is
 * none, or was altered, is a forgery.
 */
export class IssuedRecord implements SignedAnnouncement {
  readonly announcement: Announcement
  readonly envelope: Uint8Array
  readonly contentHash: number
  readonly peerHash: number
  /** The subject's machine. */
  readonly subject: number
  /** 1 for a machine's first announcement, and one more with each, over all its runs. */
  readonly ordinal: number
  readonly issuedAtMs: number
  /** Whether the machine speaks of itself. */
  readonly isOwn: boolean

  constructor(signed: SignedAnnouncement, subject: Subject, ordinal: number, issuedAtMs: number) {
    this.announcement = signed.announcement
    this.envelope = signed.envelope
    this.contentHash = signed.contentHash
    this.peerHash = signed.peerHash
    this.subject = subject.index
    this.ordinal = ordinal
    this.issuedAtMs = issuedAtMs
    this.isOwn = subject.peer === signed.announcement.peer
    Object.freeze(this)
  }
}

/** Signs for one machine. */
export class Issuer {
  readonly #subject: Subject
  #issued = 0

  constructor(subject: Subject) {
    this.#subject = subject
  }

  /** How many announcements the machine has signed. */
  get issued(): number {
    return this.#issued
  }

  sign(announcement: Announcement, nowMs: number): IssuedRecord {
    this.#issued++
    const envelope = new Uint8Array(envelopeBytes(announcement.name, announcement.addrs))
    // Where a real envelope has its signature: no two are equal.
    new DataView(envelope.buffer).setUint32(envelope.length - 8, hash32(announcement.peer))
    new DataView(envelope.buffer).setUint32(envelope.length - 4, this.#issued)
    return new IssuedRecord(
      signedAnnouncement(Object.freeze(announcement), envelope),
      this.#subject,
      this.#issued,
      // In whole ms, as ages travel.
      Math.floor(nowMs)
    )
  }
}
