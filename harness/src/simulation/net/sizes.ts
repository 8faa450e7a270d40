/**
 * Bytes as one socket receives them, noise and yamux included. Measured between two libp2p nodes; docs/SIMULATION.md has the
 * measurements.
 */
import type { RecordsMessage, SyncMessage } from '@gossip-discovery/libp2p/core'

/** Every machine's peer key begins so, and stands for a real one of 38 bytes. */
export const PEER_PREFIX = 'peer-'
const PEER_BYTES = 40

/** Milliseconds since 1970. */
const EPOCH_BYTES = 9

/** Noise's tag and length, yamux's header, the length before the message; some messages share the first. */
const FRAME_BYTES = 27

/** Gossipsub writes a message and its length as two frames, and names the topic in each. */
const GOSSIP_FRAME_BYTES = 2 * 30
const TOPIC_BYTES = 22
const MESSAGE_ID_BYTES = 34

export const BYTES = {
  /** Noise, identify both ways, the sync stream: for each side of a new connection. */
  connection: 1_420,
  /** One message of a round trip in which the stream for gossipsub is opened; three for each side. */
  negotiation: 100,
  /** libp2p's connection monitor: a stream of its own for each ping. */
  ping: 165,
  /** A gossipsub message is its envelope and this. */
  gossip: GOSSIP_FRAME_BYTES + TOPIC_BYTES + 7,
  /** SUBSCRIBE, GRAFT or PRUNE. */
  control: GOSSIP_FRAME_BYTES + TOPIC_BYTES + 4,
  /** A TCP segment's headers, for IPv4 with time stamps. */
  segment: 52
} as const

/** IHAVE or IWANT. */
export function messageIdsBytes(count: number): number {
  return BYTES.control + count * MESSAGE_ID_BYTES
}

/** A signed envelope with a name and addresses of this many characters in all; no metadata. */
export function envelopeBytes(name: string, addrs: readonly string[]): number {
  return 250 + name.length + 9 * addrs.length
}

/** A sync message as CBOR in one frame, whatever its kind: objects travel as arrays of their values. */
export function syncMessageBytes(message: object): number {
  // Most of what is sent is records with their ages.
  if ('records' in message) return FRAME_BYTES + recordsBytes(message as RecordsMessage)
  // What is a word here is a number there.
  if ('room' in message) return FRAME_BYTES + cborBytes({ ...message, room: 0 })
  if ('items' in message) return FRAME_BYTES + summaryBytes(message as SummaryMessage)
  return FRAME_BYTES + cborBytes(message)
}

type SummaryMessage = Extract<SyncMessage, { type: 'summary' }>

/** As {@link cborBytes} would count them. */
function recordsBytes({ type, records }: RecordsMessage): number {
  let bytes = 2 + cborBytes(type) + 2
  for (const { record, ageMs } of records) bytes += 3 + record.envelopeBytes + 3 + cborBytes(ageMs)
  return bytes
}

/** As {@link cborBytes} would count them, had the hash its sign no more. */
function summaryBytes({ type, buckets, items }: SummaryMessage): number {
  let bytes = 2 + cborBytes(type) + cborBytes(buckets) + 2
  for (const { seq, contentHash } of items)
    bytes += 3 + PEER_BYTES + EPOCH_BYTES + uintBytes(seq) + uintBytes(contentHash >>> 0)
  return bytes
}

function cborBytes(value: unknown): number {
  switch (typeof value) {
    case 'number':
      return uintBytes(value)
    case 'string':
      return value.startsWith(PEER_PREFIX) ? PEER_BYTES : 1 + value.length
    case 'object':
      return value === null ? 1 : cborObjectBytes(value)
    default:
      return 1
  }
}

function uintBytes(value: number): number {
  return value < 24 ? 1 : value < 256 ? 2 : value < 65_536 ? 3 : value < 2 ** 32 ? 5 : 9
}

function cborObjectBytes(value: object): number {
  if (ArrayBuffer.isView(value)) return value.byteLength + 3
  let bytes = 2
  if (Array.isArray(value)) for (const item of value) bytes += cborBytes(item)
  else for (const key in value) bytes += cborBytes(value[key as keyof typeof value])
  return bytes
}
