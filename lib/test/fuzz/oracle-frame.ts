/** Frames and snapshots as docs/PROTOCOL.md describes them, read with cborg. */
import { base58btc } from 'multiformats/bases/base58'
import { depthOf, expectedValue, type Value } from './oracle-cbor.ts'

type Frame = Record<string, unknown>
type Shape = (items: Value[], more: Value[]) => Frame | undefined

/** Items of each kind after the kind itself, and what they are read as. */
const KINDS: Record<string, { items: number; read: Shape }> = {
  digest: { items: 4, read: ([salt, bytes, sure, room]) => digest(salt, bytes, sure, room) },
  summary: { items: 2, read: ([buckets, items]) => summary(buckets, items) },
  want: { items: 1, read: ([peers]) => wrapped('peers', listOf(peers, 1_024, peerOf)) },
  records: { items: 1, read: ([records]) => wrapped('records', recordsOf(records)) },
  push: { items: 1, read: ([records]) => wrapped('records', recordsOf(records)) },
  suspicions: { items: 1, read: ([items]) => wrapped('suspicions', listOf(items, 1_024, suspicionOf)) },
  prune: { items: 0, read: () => ({}) },
  ping: { items: 0, read: () => ({}) },
  pong: { items: 0, read: () => ({}) },
  release: { items: 0, read: (_, [more]) => (more === 'keep' ? { isNeeded: true } : {}) }
}

/** Undefined for bytes that are to be refused. */
export function expectedFrame(bytes: Uint8Array): Frame | undefined {
  if (bytes.length > 131_072) return undefined
  const value = expectedValue(bytes)
  if (!Array.isArray(value) || typeof value[0] !== 'string' || !Object.hasOwn(KINDS, value[0])) return undefined
  const { items, read } = KINDS[value[0]]!
  const named = value.slice(1, 1 + items)
  const more = value.slice(1 + items)
  if (named.length < items || more.some(item => depthOf(item) > 4)) return undefined
  const frame = read(named, more)
  return frame === undefined ? undefined : { type: value[0], ...frame }
}

/** Undefined for bytes that are to be refused. */
export function expectedSnapshot(bytes: Uint8Array): Uint8Array[] | undefined {
  const value = expectedValue(bytes)
  if (!Array.isArray(value) || value.length > 1_024 || !value.every(item => item instanceof Uint8Array))
    return undefined
  return (value as Uint8Array[]).filter(envelope => envelope.length <= 2_048)
}

function wrapped(key: string, list: unknown[] | undefined): Frame | undefined {
  return list === undefined ? undefined : { [key]: list }
}

function digest(
  salt: Value | undefined,
  bytes: Value | undefined,
  sure: Value | undefined,
  room: Value | undefined
): Frame | undefined {
  if (!isUint32(salt) || !(bytes instanceof Uint8Array) || bytes.length !== 256) return undefined
  if (!(sure instanceof Uint8Array) || sure.length !== 8 || typeof room !== 'number' || room > 2) return undefined
  const buffer = Buffer.from(bytes)
  const buckets = Uint32Array.from({ length: 64 }, (_, bucket) => buffer.readUInt32BE(4 * bucket))
  return { salt, buckets, sure, room: room === 0 ? 'all' : room === 1 ? 'vouched' : 'none' }
}

function summary(buckets: Value | undefined, items: Value | undefined): Frame | undefined {
  if (!(buckets instanceof Uint8Array) || buckets.length > 64 || buckets.some(bucket => bucket > 63)) return undefined
  const list = listOf(items, 1_024, summaryItemOf)
  return list === undefined ? undefined : { buckets: [...buckets], items: list }
}

function summaryItemOf(value: Value): Frame | undefined {
  if (!Array.isArray(value) || value.length !== 5) return undefined
  const [bytes, epoch, seq, hash, isHearsay] = value
  const peer = peerOf(bytes)
  if (peer === undefined || typeof epoch !== 'number' || typeof seq !== 'number' || !isUint32(hash)) return undefined
  if (typeof isHearsay !== 'boolean') return undefined
  return { peer, epoch, seq, contentHash: Number(BigInt.asIntN(32, BigInt(hash))), isHearsay }
}

function suspicionOf(value: Value): Frame | undefined {
  if (!Array.isArray(value) || value.length !== 5) return undefined
  const [bytes, epoch, seq, refused, leftMs] = value
  const peer = peerOf(bytes)
  const isTyped = typeof epoch === 'number' && typeof seq === 'number' && typeof leftMs === 'number'
  return peer === undefined || !isTyped || typeof refused !== 'boolean'
    ? undefined
    : { peer, epoch, seq, refused, leftMs }
}

function recordsOf(value: Value | undefined): unknown[] | undefined {
  const list = listOf(value, 512, recordOf)
  const bytes = list?.reduce((sum, { envelope }) => sum + envelope.length, 0) ?? 0
  return bytes > 96 * 1_024 ? undefined : list
}

function recordOf(value: Value): { ageMs: number; envelope: Uint8Array; isHearsay: boolean } | undefined {
  if (!Array.isArray(value) || value.length !== 3) return undefined
  const [ageMs, envelope, isHearsay] = value
  if (typeof ageMs !== 'number' || !(envelope instanceof Uint8Array) || typeof isHearsay !== 'boolean') return undefined
  return { ageMs, envelope, isHearsay }
}

/** Undefined if any item is none. */
function listOf<Item>(
  value: Value | undefined,
  most: number,
  read: (item: Value) => Item | undefined
): Item[] | undefined {
  if (!Array.isArray(value) || value.length > most) return undefined
  const items = value.map(read).filter(item => item !== undefined)
  return items.length === value.length ? items : undefined
}

function peerOf(value: Value | undefined): string | undefined {
  if (!(value instanceof Uint8Array)) return undefined
  const hex = Buffer.from(value).toString('hex')
  const isPeer = /^(1220.{64}|002408011220.{64}|002508021221.{66})$/.test(hex)
  return isPeer ? base58btc.baseEncode(value) : undefined
}

function isUint32(value: Value | undefined): value is number {
  return typeof value === 'number' && value < 2 ** 32
}
