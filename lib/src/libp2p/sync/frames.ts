/** The frames of the sync protocol: one CBOR array each, its first item the kind. docs/PROTOCOL.md has them in bytes. */
import { BUCKET_SET_BYTES, BUCKETS } from '../../core/book/digest.ts'
import {
  type DigestMessage,
  MAX_FRAME_BYTES,
  MAX_ITEMS,
  MAX_RECORDS,
  MAX_RECORDS_BYTES,
  type RecordsMessage,
  type Room,
  type SummaryItem,
  type Suspicion,
  type SyncMessage
} from '../../core/gossip/sync.ts'
import type { PeerKey } from '../../core/record/announcement.ts'
import { peerBytes, peerKeyFromBytes } from '../addrs/peer-ids.ts'
import { CborError, CborReader } from '../cbor/cbor-reader.ts'
import { type CborValue, encodeCbor } from '../cbor/cbor-writer.ts'

/** A record as it travels: its bytes, not opened yet. */
export interface SealedRecord {
  readonly envelope: Uint8Array
  readonly ageMs: number
  readonly isHearsay: boolean
}

/** A frame as it arrives: what the core knows as {@link SyncMessage}, with sealed records. */
export type SyncFrame =
  | Exclude<SyncMessage, { type: 'records' | 'push' }>
  | { readonly type: 'records' | 'push'; readonly records: readonly SealedRecord[] }

/** A frame that breaks the sync protocol. The one who sent it is not worth talking to. */
export class SyncFrameError extends Error {
  override name = 'SyncFrameError'
}

const MAX_UINT32 = 0xffff_ffff

/** By their numbers. */
const ROOMS: readonly Room[] = ['all', 'vouched', 'none']

/** After `release`, for those who know it: the sender needs the connection. */
const KEEP = 'keep'
const KEEP_BYTES = encodeCbor(KEEP)

export function encodeSyncMessage(message: SyncMessage): Uint8Array {
  switch (message.type) {
    case 'digest':
      return encodeCbor(digestTuple(message))
    case 'summary':
      return encodeCbor(['summary', Uint8Array.from(message.buckets), message.items.map(summaryTuple)])
    case 'want':
      return encodeCbor(['want', message.peers.map(peerBytes)])
    case 'records':
    case 'push':
      return encodeCbor([message.type, message.records.map(recordTuple)])
    case 'suspicions':
      return encodeCbor(['suspicions', message.suspicions.map(suspicionTuple)])
    case 'ping':
    case 'pong':
    case 'prune':
      return encodeCbor([message.type])
    case 'release':
      return encodeCbor(message.isNeeded === true ? ['release', KEEP] : ['release'])
  }
}

/**
 * Reads a frame to its last byte. Items after those that this version knows must be of the same subset of CBOR, and are ignored.
 *
 * @throws {SyncFrameError} when the bytes are no frame of this protocol
 */
export function decodeSyncFrame(bytes: Uint8Array): SyncFrame {
  if (bytes.length > MAX_FRAME_BYTES) throw new SyncFrameError('too large')
  try {
    return readFrame(new CborReader(bytes))
  } catch (error) {
    throw error instanceof CborError ? new SyncFrameError(error.message, { cause: error }) : error
  }
}

/** Items that follow the kind of each frame. */
const ITEMS: { readonly [Kind in SyncMessage['type']]: number } = {
  digest: 4,
  summary: 2,
  want: 1,
  records: 1,
  push: 1,
  prune: 0,
  suspicions: 1,
  ping: 0,
  pong: 0,
  release: 0
}

function readFrame(reader: CborReader): SyncFrame {
  const items = reader.array() - 1
  const kind = reader.text()
  if (!isKind(kind)) throw new SyncFrameError('unknown kind of frame')
  const moreItems = items - ITEMS[kind]
  if (moreItems < 0) throw new SyncFrameError('too few items')
  const isNeeded = kind === 'release' && moreItems > 0 && reader.isAt(KEEP_BYTES)
  const frame: SyncFrame = isNeeded ? { type: 'release', isNeeded } : readItems(reader, kind)
  for (let i = 0; i < moreItems; i++) reader.skip()
  reader.end()
  return frame
}

/** Items that name a peer each. */
export function itemsOf(frame: SyncFrame): number {
  if (frame.type === 'summary') return frame.items.length
  if (frame.type === 'want') return frame.peers.length
  return frame.type === 'suspicions' ? frame.suspicions.length : 0
}

function isKind(text: string): text is SyncMessage['type'] {
  return Object.hasOwn(ITEMS, text)
}

function readItems(reader: CborReader, kind: SyncMessage['type']): SyncFrame {
  switch (kind) {
    case 'digest':
      return {
        type: kind,
        salt: readUint32(reader),
        buckets: readDigest(reader),
        sure: readBucketSet(reader),
        room: readRoom(reader)
      }
    case 'summary':
      return { type: kind, buckets: readBuckets(reader), items: readItemList(reader, readSummaryItem) }
    case 'want':
      return { type: kind, peers: readItemList(reader, readPeer) }
    case 'records':
    case 'push':
      return { type: kind, records: readRecords(reader) }
    case 'suspicions':
      return { type: kind, suspicions: readItemList(reader, readSuspicion) }
    default:
      return { type: kind }
  }
}

function readItemList<Item>(reader: CborReader, read: (reader: CborReader) => Item): Item[] {
  return reader.items(MAX_ITEMS, () => read(reader))
}

function readDigest(reader: CborReader): Uint32Array {
  const bytes = reader.view()
  if (bytes.length !== BUCKETS * 4) throw new SyncFrameError(`a digest has ${BUCKETS * 4} bytes`)
  const view = new DataView(bytes.buffer, bytes.byteOffset)
  return Uint32Array.from({ length: BUCKETS }, (_, bucket) => view.getUint32(bucket * 4))
}

function readBucketSet(reader: CborReader): Uint8Array {
  const bytes = reader.bytes()
  if (bytes.length !== BUCKET_SET_BYTES) throw new SyncFrameError(`a set of buckets has ${BUCKET_SET_BYTES} bytes`)
  return bytes
}

function readRoom(reader: CborReader): Room {
  const room = ROOMS[reader.uint()]
  if (room === undefined) throw new SyncFrameError('no such room')
  return room
}

function readBuckets(reader: CborReader): number[] {
  const buckets = reader.view()
  if (buckets.length > BUCKETS || buckets.some(bucket => bucket >= BUCKETS)) throw new SyncFrameError('no such bucket')
  return [...buckets]
}

function readSummaryItem(reader: CborReader): SummaryItem {
  readTuple(reader, 5)
  const version = { peer: readPeer(reader), epoch: reader.uint(), seq: reader.uint() }
  return { ...version, contentHash: readUint32(reader) | 0, isHearsay: reader.boolean() }
}

function readSuspicion(reader: CborReader): Suspicion {
  readTuple(reader, 5)
  const version = { peer: readPeer(reader), epoch: reader.uint(), seq: reader.uint() }
  return { ...version, refused: reader.boolean(), leftMs: reader.uint() }
}

function readRecords(reader: CborReader): SealedRecord[] {
  let bytes = 0
  return reader.items(MAX_RECORDS, () => {
    readTuple(reader, 3)
    const record = { ageMs: reader.uint(), envelope: reader.bytes(), isHearsay: reader.boolean() }
    bytes += record.envelope.length
    if (bytes > MAX_RECORDS_BYTES) throw new SyncFrameError('too many bytes of records')
    return record
  })
}

function readPeer(reader: CborReader): PeerKey {
  const peer = peerKeyFromBytes(reader.view())
  if (peer === undefined) throw new SyncFrameError('not a peer id')
  return peer
}

function readUint32(reader: CborReader): number {
  const value = reader.uint()
  if (value > MAX_UINT32) throw new SyncFrameError('more than 32 bits')
  return value
}

function readTuple(reader: CborReader, items: number): void {
  if (reader.array() !== items) throw new SyncFrameError(`not ${items} items`)
}

function digestTuple({ salt, buckets, sure, room }: DigestMessage): CborValue[] {
  return ['digest', salt, digestBytes(buckets), sure, ROOMS.indexOf(room)]
}

function recordTuple({ record, ageMs, isHearsay = false }: RecordsMessage['records'][number]): CborValue {
  return [Math.round(ageMs), record.envelope, isHearsay]
}

function digestBytes(buckets: Uint32Array): Uint8Array {
  const bytes = new Uint8Array(BUCKETS * 4)
  const view = new DataView(bytes.buffer)
  buckets.forEach((hash, bucket) => {
    view.setUint32(bucket * 4, hash)
  })
  return bytes
}

function summaryTuple({ peer, epoch, seq, contentHash, isHearsay }: SummaryItem): CborValue {
  return [peerBytes(peer), epoch, seq, contentHash >>> 0, isHearsay]
}

function suspicionTuple({ peer, epoch, seq, refused, leftMs }: Suspicion): CborValue {
  return [peerBytes(peer), epoch, seq, refused, Math.max(0, Math.round(leftMs))]
}
