/**
 * What a node says of itself, and the order among its sayings.
 */

/** A peer id in its canonical text form: the key of every collection. */
export type PeerKey = string

/** What a node says of itself in words of the application: text to text or bytes. */
export type Metadata = ReadonlyMap<string, string | Uint8Array>

/** The part of an announcement that its subject chooses; heartbeats repeat it unchanged. */
export interface Content {
  /** A label, not a key: two peers may share one. At most {@link BOUNDS.nameBytes} bytes of UTF-8, no control characters. */
  readonly name: string
  /** Multiaddrs where the subject can be dialled, at most {@link BOUNDS.addrs}. */
  readonly addrs: readonly string[]
  /** Free for the application, at most {@link BOUNDS.metadataBytes} bytes over all keys and values. */
  readonly metadata: Metadata
}

/** What a node says of itself, as it is signed. docs/PROTOCOL.md has it in bytes. */
export interface Announcement extends Content {
  /** The subject. */
  readonly peer: PeerKey
  /** Start of the subject's run, ms since 1970; a restart is greater. */
  readonly epoch: number
  /** Grows with every announcement of a run. */
  readonly seq: number
  /** The subject's promise: it is gone if nothing newer comes within this time. */
  readonly ttlMs: number
  /** A farewell: the entry leaves every book at once. */
  readonly leaving: boolean
}

/** An announcement with the signed bytes that carry it; only ever made by a decoder that checked the signature, or by the subject. */
export interface SignedAnnouncement {
  readonly announcement: Announcement
  /** The signed envelope, relayed as it is. */
  readonly envelope: Uint8Array
  /** Its length, for those who make up messages: thousands of envelopes are far from the processor. */
  readonly envelopeBytes: number
  /** 32 bits over the payload without `seq` and `ttlMs`, equal for all heartbeats of a content; signed, so that engines need no box. */
  readonly contentHash: number
  /** {@link hash32} of the peer, signed as well. */
  readonly peerHash: number
}

/** Limits of an announcement; every decoder refuses what is over them. */
export const BOUNDS = {
  /** A whole envelope. Fits one network packet in the common case, and gossipsub's smallest sensible message limit. */
  envelopeBytes: 2048,
  nameBytes: 64,
  addrs: 16,
  /** One address as bytes; the decoder checks it, since the core sees addresses as texts. */
  addrBytes: 256,
  metadataBytes: 512,
  ttlMinMs: 1_000,
  ttlMaxMs: 24 * 60 * 60 * 1_000
} as const

/** Why an announcement's values are out of bounds; one reason each, in the order of checking. */
export type AnnouncementFault =
  | 'bad-epoch'
  | 'bad-seq'
  | 'ttl-out-of-bounds'
  | 'bad-text'
  | 'name-too-long'
  | 'control-character'
  | 'too-many-addrs'
  | 'bad-addr'
  | 'metadata-too-large'

/** Positive when `a` is newer than `b`, 0 when they are of the same run and number. */
export function compareVersions(a: Version, b: Version): number {
  return a.epoch - b.epoch || a.seq - b.seq
}

/** What orders the announcements of one subject. */
export interface Version {
  readonly epoch: number
  readonly seq: number
}

/**
 * Positive when `a` is to be kept over `b`. Beyond the version the bytes decide, so that books agree even about a
 * subject that signs two different announcements with one number.
 */
export function compareSigned(a: SignedAnnouncement, b: SignedAnnouncement): number {
  return compareVersions(a.announcement, b.announcement) || compareBytes(a.envelope, b.envelope)
}

/**
 * Puts an announcement together with the bytes that were decoded to it, or that its subject has just signed.
 *
 * @param contentHash - made by the decoder from the bytes, since nodes read different addresses in them
 */
export function signedAnnouncement(
  announcement: Announcement,
  envelope: Uint8Array,
  contentHash: number
): SignedAnnouncement {
  const peerHash = hash32(announcement.peer) | 0
  return { announcement, envelope, envelopeBytes: envelope.byteLength, contentHash, peerHash }
}

/** FNV-1a over UTF-16 code units: spreads well, needs no library, and is no defence against a forger. */
export function hash32(text: string, seed = 0x811c9dc5): number {
  let hash = seed
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return hash >>> 0
}

/**
 * What a node announces if it leaves right after this announcement: the same content under the next number. So it can be signed ahead,
 * for a node that will have no time to sign. The next announcement takes that number as well: only one of the two may ever be sent.
 *
 * @returns undefined after a farewell, and where the epoch has no number left
 */
export function farewellAfter(announcement: Announcement): Announcement | undefined {
  if (announcement.leaving || announcement.seq >= Number.MAX_SAFE_INTEGER) return undefined
  return { ...announcement, seq: announcement.seq + 1, leaving: true }
}

/**
 * MurmurHash3's finalizer: each bit of the hash depends on each bit before. A digest is hashes xored together, and what
 * changes in two inputs alike would change their FNV alike, so that one change would hide the other.
 *
 * @returns a signed number
 */
export function avalanche32(hash: number): number {
  let mixed = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
  return mixed ^ (mixed >>> 16)
}

function compareBytes(a: Uint8Array, b: Uint8Array): number {
  if (a === b) return 0
  const shared = Math.min(a.length, b.length)
  for (let i = 0; i < shared; i++) {
    const difference = a[i]! - b[i]!
    if (difference !== 0) return difference
  }
  return a.length - b.length
}
