/**
 * The one message of `@libp2p/pubsub-peer-discovery`, in protobuf: `message Peer { bytes publicKey = 1; repeated bytes addrs = 2; }`.
 *
 * Written by hand: two fields take fewer bytes of a browser's bundle than the glue that a protobuf library asks for.
 */
import { encode as encodeVarint } from 'uint8-varint'
import { concat } from 'uint8arrays/concat'

/** A message has at most as many bytes. One peer with 16 of the longest addresses that are in use takes 3.6 kB. */
export const MAX_MESSAGE_BYTES = 4_096

/** Addresses of a message that are looked at; whatever follows is passed over. */
const MAX_ADDRS = 32

/** The fields, by the byte that begins each: its number, and that a length follows. */
const KEY_FIELD = 0x0a
const ADDR_FIELD = 0x12

/** What a node says of itself. */
export interface PeerMessage {
  /** Its public key, as libp2p's protobuf. */
  readonly key: Uint8Array
  /** Multiaddrs. */
  readonly addrs: readonly Uint8Array[]
}

/** Without the last addresses, where all of them would take more than {@link MAX_MESSAGE_BYTES}. */
export function encodePeer({ key, addrs }: PeerMessage): Uint8Array {
  const parts = [fieldOf(KEY_FIELD, key)]
  let bytes = parts[0]!.length
  for (const addr of addrs) {
    const part = fieldOf(ADDR_FIELD, addr)
    bytes += part.length
    if (bytes > MAX_MESSAGE_BYTES) break
    parts.push(part)
  }
  return concat(parts)
}

/** Undefined for bytes that are no such message: other programs use the same topics for messages of their own. */
export function decodePeer(bytes: Uint8Array): PeerMessage | undefined {
  let key: Uint8Array | undefined
  const addrs: Uint8Array[] = []
  for (let at = 0; at < bytes.length; ) {
    const tag = varintAt(bytes, at)
    let length = 0
    if (tag.value < 8) return undefined
    at = tag.endAt
    switch (tag.value % 8) {
      case 0:
        length = varintAt(bytes, at).endAt - at
        break
      case 1:
        length = 8
        break
      case 2: {
        const prefix = varintAt(bytes, at)
        at = prefix.endAt
        length = prefix.value
        break
      }
      case 5:
        length = 4
        break
      default:
        return undefined
    }
    // Also where it is no number, since a varint broke off.
    if (!(at + length <= bytes.length)) return undefined
    if (tag.value === KEY_FIELD) key = bytes.subarray(at, at + length)
    if (tag.value === ADDR_FIELD && addrs.length < MAX_ADDRS) addrs.push(bytes.subarray(at, at + length))
    at += length
  }
  return key === undefined ? undefined : { key, addrs }
}

function fieldOf(field: number, bytes: Uint8Array): Uint8Array {
  return concat([Uint8Array.of(field), encodeVarint(bytes.length), bytes])
}

/** Not a number, and ends nowhere, where it breaks off or has more than ten bytes. */
function varintAt(bytes: Uint8Array, at: number): { value: number; endAt: number } {
  let value = 0
  for (let i = 0; i < 10 && at + i < bytes.length; i++) {
    const byte = bytes[at + i]!
    value += (byte & 0x7f) * 0x80 ** i
    if (byte < 0x80) return { value, endAt: at + i + 1 }
  }
  return { value: Number.NaN, endAt: Number.NaN }
}
