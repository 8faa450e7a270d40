/** The frames of the sync protocol, written from docs/PROTOCOL.md alone: no encoder of the library keeps a liar from anything. */
import { decode } from 'cborg'
import { array, bool, bytes, text, uint } from './cbor.ts'

/** What orders the announcements of one subject. */
export interface Version {
  epoch: number
  seq: number
}

export interface Suspected extends Version {
  /** Peer id as a multihash. */
  peer: Uint8Array
  refused?: boolean
  leftMs?: number
}

/** A frame as it came in: its kind and the items after it, as the CBOR says. */
export interface HeardFrame {
  kind: string
  items: unknown[]
}

export const ALL_BUCKETS = Uint8Array.from({ length: 64 }, (_, bucket) => bucket)

export const ping = array(text('ping'))
export const pong = array(text('pong'))

export function records(envelopes: readonly Uint8Array[], ageMs = 0, kind: 'records' | 'push' = 'records'): Uint8Array {
  const tuples = envelopes.map(envelope => array(uint(Math.round(ageMs)), bytes(envelope), bool(false)))
  return array(text(kind), array(...tuples))
}

export function suspicions(suspects: readonly Suspected[]): Uint8Array {
  const tuples = suspects.map(({ peer, epoch, seq, refused = true, leftMs = 0 }) =>
    array(bytes(peer), uint(epoch), uint(seq), bool(refused), uint(leftMs))
  )
  return array(text('suspicions'), array(...tuples))
}

export function want(peers: readonly Uint8Array[]): Uint8Array {
  return array(text('want'), array(...peers.map(bytes)))
}

/** Names buckets and no entry in them: whoever is asked has everything to tell. */
export function emptySummary(buckets: Uint8Array = ALL_BUCKETS): Uint8Array {
  return array(text('summary'), bytes(buckets), array())
}

/** `fill` in every byte: of 0, an empty book; of anything else, one that differs in every bucket. */
export function digest(fill: number, salt = 0): Uint8Array {
  return array(text('digest'), uint(salt), bytes(new Uint8Array(256).fill(fill)), bytes(new Uint8Array(8)), uint(0))
}

/**
 * @throws {Error} when the bytes are no frame
 */
export function heardFrame(frame: Uint8Array): HeardFrame {
  const [kind, ...items] = decode(frame) as [string, ...unknown[]]
  return { kind, items }
}
