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
  /** 32 bits over epoch and content, equal for all heartbeats of a content; as a signed number, which engines keep without a box. */
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
  addrBytes: 256,
  metadataBytes: 512,
  ttlMinMs: 1_000,
  ttlMaxMs: 24 * 60 * 60 * 1_000
} as const

/** Why an announcement's values are out of bounds; one reason each, in the order of checking. */
export type AnnouncementFault =
  | 'bad-epoch'
  | 'bad-seq'
  | 'name-too-long'
  | 'control-character'
  | 'too-many-addrs'
  | 'bad-addr'
  | 'ttl-out-of-bounds'
  | 'metadata-too-large'

/** The first bound that the announcement breaks, or undefined. */
export function announcementFault(announcement: Announcement): AnnouncementFault | undefined {
  if (!isCount(announcement.epoch)) return 'bad-epoch'
  if (!isCount(announcement.seq)) return 'bad-seq'
  const { ttlMs } = announcement
  if (!isCount(ttlMs) || ttlMs < BOUNDS.ttlMinMs || ttlMs > BOUNDS.ttlMaxMs) return 'ttl-out-of-bounds'
  return contentFault(announcement)
}

/** The first bound that a content breaks, or undefined; also for what an application asks to announce. */
export function contentFault(content: Content): AnnouncementFault | undefined {
  if (utf8Bytes(content.name) > BOUNDS.nameBytes) return 'name-too-long'
  if (hasControlCharacter(content.name)) return 'control-character'
  if (content.addrs.length > BOUNDS.addrs) return 'too-many-addrs'
  if (content.addrs.some(addr => addr.length === 0 || addr.length > BOUNDS.addrBytes)) return 'bad-addr'
  if (content.addrs.some(hasControlCharacter)) return 'control-character'
  let metadataBytes = 0
  for (const [key, value] of content.metadata) {
    if (hasControlCharacter(key)) return 'control-character'
    metadataBytes += utf8Bytes(key) + (typeof value === 'string' ? utf8Bytes(value) : value.byteLength)
  }
  return metadataBytes > BOUNDS.metadataBytes ? 'metadata-too-large' : undefined
}

/**
 * For what an application asks to announce, which no compiler may have seen.
 *
 * @returns the content itself
 * @throws {TypeError} naming the part that is of another type
 * @throws {RangeError} naming the bound that it breaks
 */
export function checkedContent(content: Content): Content {
  if (typeof content.name !== 'string') throw new TypeError(`name must be a text, got ${typeof content.name}`)
  for (const [key, value] of content.metadata) {
    if (typeof value === 'string' || (value as unknown) instanceof Uint8Array) continue
    throw new TypeError(`metadata.${key} must be a text or a Uint8Array, got ${typeof value}`)
  }
  const fault = contentFault(content)
  if (fault !== undefined) throw new RangeError(FAULTS[fault])
  return content
}

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

/** Puts an announcement together with the bytes that were decoded to it, or that its subject has just signed. */
export function signedAnnouncement(announcement: Announcement, envelope: Uint8Array): SignedAnnouncement {
  return {
    announcement,
    envelope,
    envelopeBytes: envelope.byteLength,
    contentHash: hashContent(announcement),
    peerHash: hash32(announcement.peer) | 0
  }
}

/** FNV-1a over UTF-16 code units: spreads well, needs no library, and is no defence against a forger. */
export function hash32(text: string, seed = 0x811c9dc5): number {
  let hash = seed
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return hash >>> 0
}

/** Over one text in which no two contents look alike: names, addresses and keys have no control characters. */
function hashContent(announcement: Announcement): number {
  let hash = hash32(`${announcement.peer} ${announcement.epoch} ${announcement.leaving} ${announcement.name}`)
  for (const addr of announcement.addrs) hash = hash32(`\n${addr}`, hash)
  for (const [key, value] of announcement.metadata) {
    const valueText = typeof value === 'string' ? `\t${value.length}\t${value}` : `\0${value.join()}`
    hash = hash32(`\n${key}${valueText}`, hash)
  }
  return avalanched(hash)
}

/**
 * MurmurHash3's finalizer: each bit of the hash depends on each bit before. A digest is hashes xored together, and what
 * changes in two texts alike would change their FNV alike, so that one change would hide the other.
 */
export function avalanched(hash: number): number {
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

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0
}

// Names and keys are printed by whoever lists the book: neither C0 and C1 controls nor the marks that reorder text.
const CONTROL = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u

function hasControlCharacter(text: string): boolean {
  return CONTROL.test(text)
}

/** Bytes of `text` in UTF-8; the core has no encoder to ask. */
function utf8Bytes(text: string): number {
  let bytes = 0
  for (const character of text) {
    const codePoint = character.codePointAt(0)!
    bytes += codePoint < 0x80 ? 1 : codePoint < 0x800 ? 2 : codePoint < 0x10000 ? 3 : 4
  }
  return bytes
}

const FAULTS: Record<AnnouncementFault, string> = {
  'bad-epoch': 'epoch must be a whole number of milliseconds',
  'bad-seq': 'seq must be a whole number',
  'name-too-long': `name must be at most ${BOUNDS.nameBytes} bytes of UTF-8`,
  'control-character': 'name, addresses and metadata keys must not contain control characters',
  'too-many-addrs': `at most ${BOUNDS.addrs} addresses can be announced`,
  'bad-addr': `an address must have 1 to ${BOUNDS.addrBytes} characters`,
  'ttl-out-of-bounds': `ttl must be a whole number of ms between ${BOUNDS.ttlMinMs} and ${BOUNDS.ttlMaxMs}`,
  'metadata-too-large': `metadata must be at most ${BOUNDS.metadataBytes} bytes in all`
}
