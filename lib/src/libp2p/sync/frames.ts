/** The frames of the sync protocol: one CBOR array each, its first item the kind. docs/PROTOCOL.md has them in bytes. */
import { peerIdFromString } from '@libp2p/peer-id'
import { BUCKETS, type PeerKey, type SummaryItem, type Suspicion, type SyncMessage } from '../../core/index.ts'
import { peerIdFromBytes } from '../peer-ids.ts'
import { decodeCbor, encodeCbor } from '../records/cbor.ts'

/** A record as it travels: its bytes, not opened yet. */
export interface SealedRecord {
  readonly envelope: Uint8Array
  readonly ageMs: number
}

/** A frame as it arrives: what the core knows as {@link SyncMessage}, with sealed records. */
export type SyncFrame =
  | Exclude<SyncMessage, { type: 'records' | 'push' }>
  | { readonly type: 'records' | 'push'; readonly records: readonly SealedRecord[] }

/** A frame that breaks the sync protocol. The one who sent it is not worth talking to. */
export class SyncFrameError extends Error {
  override name = 'SyncFrameError'
}

export function encodeSyncMessage(message: SyncMessage): Uint8Array {
  switch (message.type) {
    case 'digest':
      return encodeCbor(['digest', digestBytes(message.buckets)])
    case 'summary':
      return encodeCbor(['summary', Uint8Array.from(message.buckets), message.items.map(summaryTuple)])
    case 'want':
      return encodeCbor(['want', message.peers.map(peerBytes)])
    case 'records':
    case 'push':
      return encodeCbor([message.type, message.records.map(aged => [Math.round(aged.ageMs), aged.record.envelope])])
    case 'suspicions':
      return encodeCbor(['suspicions', message.suspicions.map(suspicionTuple)])
    case 'ping':
    case 'pong':
    case 'prune':
    case 'release':
      return encodeCbor([message.type])
  }
}

/**
 * @throws {SyncFrameError} when the bytes are no frame of this protocol
 */
export function decodeSyncFrame(bytes: Uint8Array): SyncFrame {
  const [kind, ...rest] = decodeArray(bytes)
  switch (kind) {
    case 'digest':
      return { type: 'digest', buckets: bucketsOf(bytesOf(rest[0])) }
    case 'summary':
      return { type: 'summary', buckets: bucketNumbers(bytesOf(rest[0])), items: arrayOf(rest[1]).map(summaryItem) }
    case 'want':
      return { type: 'want', peers: arrayOf(rest[0]).map(peerKey) }
    case 'records':
    case 'push':
      return { type: kind, records: arrayOf(rest[0]).map(sealedRecord) }
    case 'suspicions':
      return { type: 'suspicions', suspicions: arrayOf(rest[0]).map(suspicionOf) }
    case 'ping':
    case 'pong':
    case 'prune':
    case 'release':
      return { type: kind }
    default:
      throw new SyncFrameError('unknown kind of frame')
  }
}

function decodeArray(bytes: Uint8Array): unknown[] {
  try {
    return arrayOf(decodeCbor(bytes))
  } catch {
    throw new SyncFrameError('not a CBOR array')
  }
}

function digestBytes(buckets: Uint32Array): Uint8Array {
  const bytes = new Uint8Array(BUCKETS * 4)
  const view = new DataView(bytes.buffer)
  buckets.forEach((hash, bucket) => {
    view.setUint32(bucket * 4, hash)
  })
  return bytes
}

function bucketsOf(bytes: Uint8Array): Uint32Array {
  if (bytes.byteLength !== BUCKETS * 4) throw new SyncFrameError(`a digest has ${BUCKETS * 4} bytes`)
  const view = new DataView(bytes.buffer, bytes.byteOffset)
  return Uint32Array.from({ length: BUCKETS }, (_, bucket) => view.getUint32(bucket * 4))
}

function bucketNumbers(bytes: Uint8Array): number[] {
  if (bytes.some(bucket => bucket >= BUCKETS)) throw new SyncFrameError('no such bucket')
  return [...bytes]
}

function summaryTuple({ peer, epoch, seq, contentHash }: SummaryItem): unknown[] {
  return [peerBytes(peer), epoch, seq, contentHash >>> 0]
}

function summaryItem(value: unknown): SummaryItem {
  const [peer, epoch, seq, contentHash] = arrayOf(value)
  return { peer: peerKey(peer), epoch: countOf(epoch), seq: countOf(seq), contentHash: countOf(contentHash) | 0 }
}

function suspicionTuple({ peer, epoch, seq, refused, leftMs }: Suspicion): unknown[] {
  return [peerBytes(peer), epoch, seq, refused, leftMs]
}

function suspicionOf(value: unknown): Suspicion {
  const [peer, epoch, seq, refused, leftMs] = arrayOf(value)
  if (typeof refused !== 'boolean') throw new SyncFrameError('not a boolean')
  return { peer: peerKey(peer), epoch: countOf(epoch), seq: countOf(seq), refused, leftMs: countOf(leftMs) }
}

function sealedRecord(value: unknown): SealedRecord {
  const [ageMs, envelope] = arrayOf(value)
  return { ageMs: countOf(ageMs), envelope: bytesOf(envelope) }
}

function peerBytes(peer: PeerKey): Uint8Array {
  return peerIdFromString(peer).toMultihash().bytes
}

function peerKey(value: unknown): PeerKey {
  try {
    return peerIdFromBytes(bytesOf(value)).toString()
  } catch {
    throw new SyncFrameError('not a peer id')
  }
}

function arrayOf(value: unknown): unknown[] {
  if (!Array.isArray(value)) throw new SyncFrameError('not an array')
  return value
}

function bytesOf(value: unknown): Uint8Array {
  if (!(value instanceof Uint8Array)) throw new SyncFrameError('not a byte string')
  return value
}

function countOf(value: unknown): number {
  if (!Number.isSafeInteger(value) || (value as number) < 0) throw new SyncFrameError('not a whole number')
  return value as number
}
