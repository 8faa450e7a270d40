import {
  type Announcement,
  avalanche32,
  hash32,
  type Metadata,
  type PeerKey,
  type SignedAnnouncement,
  signedAnnouncement
} from '@gossip-discovery/libp2p/core'
import { envelopeBytes } from '../net/sizes.ts'

/** A machine, as far as its records tell. */
export interface Subject {
  readonly index: number
  readonly peer: PeerKey
}

/** Of a machine's first announcement; one more with each, over all its runs. */
export const FIRST_ORDINAL = 1

/**
 * A signed announcement. In place of a signature stands the class: only {@link Issuer} makes one, so that a record which is
 * none, or was altered, is a forgery.
 *
 * It is its own announcement, and what every book asks of every record stands first: so much less has to come to the processor
 * when thousands of records are given to thousands of books.
 */
export class IssuedRecord implements SignedAnnouncement, Announcement {
  /** The subject's machine. */
  readonly subject: number
  /** From {@link FIRST_ORDINAL}. */
  readonly ordinal: number
  /** Whether the machine speaks of itself. */
  readonly isOwn: boolean
  readonly peerHash: number
  readonly ttlMs: number
  readonly leaving: boolean
  readonly contentHash: number
  readonly peer: PeerKey
  readonly issuedAtMs: number
  readonly envelopeBytes: number
  readonly epoch: number
  readonly seq: number
  readonly envelope: Uint8Array
  readonly name: string
  readonly addrs: readonly string[]
  readonly metadata: Metadata

  constructor({ announcement, ...signed }: SignedAnnouncement, subject: Subject, ordinal: number, issuedAtMs: number) {
    this.subject = subject.index
    this.ordinal = ordinal
    this.isOwn = subject.peer === announcement.peer
    this.peerHash = signed.peerHash
    this.ttlMs = announcement.ttlMs
    this.leaving = announcement.leaving
    this.contentHash = signed.contentHash
    this.peer = announcement.peer
    this.issuedAtMs = issuedAtMs
    this.envelopeBytes = signed.envelopeBytes
    this.epoch = announcement.epoch
    this.seq = announcement.seq
    this.envelope = signed.envelope
    this.name = announcement.name
    this.addrs = announcement.addrs
    this.metadata = announcement.metadata
    Object.freeze(this)
  }

  get announcement(): Announcement {
    return this
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
      signedAnnouncement(announcement, envelope, contentHashOf(announcement)),
      this.#subject,
      this.#issued,
      // In whole ms, as ages travel.
      Math.floor(nowMs)
    )
  }
}

/** Stands for the hash of a payload, of which no bytes are made here: over what heartbeats repeat. */
export function contentHashOf({ peer, epoch, leaving, name, addrs, metadata }: Announcement): number {
  return avalanche32(hash32(JSON.stringify([peer, epoch, leaving, name, addrs, [...metadata]])))
}
