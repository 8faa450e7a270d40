/** The payload of an announcement: a CBOR map of eight keys. docs/PROTOCOL.md has it in bytes. */
import { multiaddr } from '@multiformats/multiaddr'
import { equals } from 'uint8arrays/equals'
import { type Announcement, announcementFault, BOUNDS, type Metadata } from '../../core/index.ts'
import { addrText } from '../addrs/addr-text.ts'
import { peerBytes, peerIdFromBytes, peerKeyFromBytes } from '../addrs/peer-ids.ts'
import { CborError, type CborFault, CborReader } from '../cbor/cbor-reader.ts'
import { encodeCbor } from '../cbor/cbor-writer.ts'
import { AnnouncementDecodeError, type DecodeFault } from '../errors.ts'
import { contentHash, type Range } from './content-hash.ts'

/** In the order of the encoding. */
const KEYS = ['seq', 'name', 'peer', 'addrs', 'epoch', 'ttlMs', 'leaving', 'metadata'] as const

/** A payload that has been read. */
export interface Payload {
  readonly bytes: Uint8Array
  readonly announcement: Announcement
  readonly contentHash: number
  /** The pairs of `seq` and `ttlMs`: all that differs between the heartbeats of one content. */
  readonly seqPair: Range
  readonly ttlPair: Range
}

/** The fields as they are encoded, but for the addresses that this node cannot read. */
interface Fields extends Omit<Announcement, 'peer'> {
  readonly peer: Uint8Array
}

/** Most records have none, and a book holds thousands. */
const NO_METADATA: Metadata = new Map()

/** Bytes of a key of a pair: its text, after a byte that says how long it is. */
const SEQ_KEY_BYTES = 1 + 'seq'.length
const TTL_KEY_BYTES = 1 + 'ttlMs'.length

export function encodePayload(announcement: Announcement): Uint8Array {
  const { peer, epoch, seq, name, addrs, ttlMs, leaving, metadata } = announcement
  const addrBytes = addrs.map(addr => multiaddr(addr).bytes)
  return encodeCbor({ peer: peerBytes(peer), epoch, seq, name, addrs: addrBytes, ttlMs, leaving, metadata })
}

/**
 * @param signer - the peer id of the key that signed it, as a multihash
 * @throws {AnnouncementDecodeError} for the first fault
 */
export function readPayload(bytes: Uint8Array, signer: Uint8Array): Payload {
  const { fields, seqPair, ttlPair } = new FieldsReader(bytes).read()
  if (!equals(fields.peer, signer)) throw wrongPeer(signer, fields.peer)
  const { epoch, seq, name, addrs, ttlMs, leaving, metadata } = fields
  // Written out: a copy of the fields as they were collected takes more memory, for each entry of the book.
  const announcement = faultless({ peer: peerKeyFromBytes(signer)!, epoch, seq, name, addrs, ttlMs, leaving, metadata })
  return { bytes, announcement, contentHash: contentHash(bytes, [seqPair, ttlPair]), seqPair, ttlPair }
}

/**
 * Reads a payload that differs from one that was read before in `seq` and `ttlMs` alone, as the heartbeats of a subject do.
 * All other bytes are compared, so what it accepts is what {@link readPayload} accepts, for a fifth of the time.
 *
 * @returns undefined for any other payload
 */
export function readHeartbeat(bytes: Uint8Array, former: Payload): Payload | undefined {
  const { seqPair, ttlPair } = former
  try {
    const seqAt = seqPair.from + SEQ_KEY_BYTES
    if (!isRepeated(bytes, 0, former.bytes, 0, seqAt)) return undefined
    const seq = readUint(bytes, seqAt)
    const shift = seq.end - seqPair.to
    const ttlAt = ttlPair.from + TTL_KEY_BYTES
    if (!isRepeated(bytes, seq.end, former.bytes, seqPair.to, ttlAt)) return undefined
    const ttl = readUint(bytes, ttlAt + shift)
    const restBytes = former.bytes.length - ttlPair.to
    if (bytes.length - ttl.end !== restBytes) return undefined
    if (!isRepeated(bytes, ttl.end, former.bytes, ttlPair.to, former.bytes.length)) return undefined
    return {
      bytes,
      announcement: faultless({ ...former.announcement, seq: seq.value, ttlMs: ttl.value }),
      contentHash: former.contentHash,
      seqPair: { from: seqPair.from, to: seq.end },
      ttlPair: { from: ttlPair.from + shift, to: ttl.end }
    }
  } catch (error) {
    if (error instanceof CborError) return undefined
    throw error
  }
}

class FieldsReader {
  readonly #reader: CborReader
  readonly #fields: { -readonly [Key in keyof Fields]?: Fields[Key] } = {}
  #seqPair: Range | undefined
  #ttlPair: Range | undefined
  /** The pair that is being read. */
  #key = ''

  constructor(bytes: Uint8Array) {
    this.#reader = new CborReader(bytes)
  }

  read(): { fields: Fields; seqPair: Range; ttlPair: Range } {
    try {
      this.#reader.map((key, keyAt) => this.#pair(key, keyAt))
      this.#reader.end()
    } catch (error) {
      throw error instanceof CborError ? this.#faultOf(error.fault) : error
    }
    for (const key of KEYS) {
      if (this.#fields[key] === undefined) throw new AnnouncementDecodeError('missing-key', key)
    }
    return { fields: this.#fields as Fields, seqPair: this.#seqPair!, ttlPair: this.#ttlPair! }
  }

  #pair(key: string, from: number): void {
    const reader = this.#reader
    const fields = this.#fields
    this.#key = key
    switch (key) {
      case 'seq':
        fields.seq = reader.uint()
        this.#seqPair = { from, to: reader.at }
        break
      case 'name':
        fields.name = reader.text()
        break
      case 'peer':
        fields.peer = reader.view()
        break
      case 'addrs':
        fields.addrs = readAddrs(reader)
        break
      case 'epoch':
        fields.epoch = reader.uint()
        break
      case 'ttlMs':
        fields.ttlMs = reader.uint()
        this.#ttlPair = { from, to: reader.at }
        break
      case 'leaving':
        fields.leaving = reader.boolean()
        break
      case 'metadata':
        fields.metadata = readMetadata(reader)
        break
      default:
        throw new AnnouncementDecodeError('unknown-key')
    }
  }

  #faultOf(fault: CborFault): AnnouncementDecodeError {
    return new AnnouncementDecodeError(
      this.#key === '' ? faultOutside(fault) : faultWithin(this.#key, fault),
      this.#key
    )
  }
}

/** Addresses that another node can read need not be known here: they are left out, and make no fault. */
function readAddrs(reader: CborReader): string[] {
  const length = reader.array()
  if (length > BOUNDS.addrs) throw new AnnouncementDecodeError('too-many-addrs')
  const addrs: string[] = []
  for (let i = 0; i < length; i++) {
    const bytes = reader.view()
    if (bytes.length === 0 || bytes.length > BOUNDS.addrBytes) throw new AnnouncementDecodeError('bad-addr')
    const text = addrText(bytes)
    if (text !== undefined) addrs.push(text)
  }
  // A copy has room for these alone, where a growing array has room for 17.
  return addrs.slice()
}

function readMetadata(reader: CborReader): Metadata {
  const metadata = new Map<string, string | Uint8Array>()
  reader.map(key => metadata.set(key, reader.textOrBytes()))
  return metadata.size === 0 ? NO_METADATA : metadata
}

/** The map itself is at fault, its head or its first key. */
function faultOutside(fault: CborFault): DecodeFault {
  return fault === 'not-canonical' || fault === 'bad-text' ? fault : 'malformed-payload'
}

/** The value of a key is at fault, or the key after it. */
function faultWithin(key: string, fault: CborFault): DecodeFault {
  switch (fault) {
    case 'not-canonical':
    case 'duplicate-key':
    case 'wrong-type':
    case 'bad-text':
      return fault
    case 'number-too-large':
      return key === 'epoch'
        ? 'bad-epoch'
        : key === 'seq'
          ? 'bad-seq'
          : key === 'ttlMs'
            ? 'ttl-out-of-bounds'
            : 'wrong-type'
    default:
      return 'malformed-payload'
  }
}

function wrongPeer(signer: Uint8Array, named: Uint8Array): AnnouncementDecodeError {
  const mismatch = () => ({ expected: peerIdFromBytes(signer), actual: peerIdFromBytes(named) })
  return new AnnouncementDecodeError('wrong-peer', 'wrong-peer', { mismatch })
}

function faultless(announcement: Announcement): Announcement {
  const fault = announcementFault(announcement)
  if (fault !== undefined) throw new AnnouncementDecodeError(fault)
  return announcement
}

function readUint(bytes: Uint8Array, at: number): { value: number; end: number } {
  const reader = new CborReader(bytes, at)
  return { value: reader.uint(), end: reader.at }
}

/** Whether the bytes of `former` from there on are repeated in `bytes`. */
function isRepeated(bytes: Uint8Array, at: number, former: Uint8Array, from: number, to: number): boolean {
  for (let i = from; i < to; i++) if (bytes[at + i - from] !== former[i]) return false
  return true
}
