/** What a liar learns of others from what it is told: the newest version of each, and its bytes. */
import { decode } from 'cborg'
import { base58btc } from 'multiformats/bases/base58'
import type { HeardFrame, Version } from './frames.ts'

export interface Heard extends Version {
  readonly peer: string
  readonly multihash: Uint8Array
  readonly ttlMs: number
  readonly leaving: boolean
  readonly envelope: Uint8Array
}

export class Ledger {
  /** By peer, the newest version of each. */
  readonly newest = new Map<string, Heard>()
  /** Every record that was heard, oldest first. */
  readonly all: Heard[] = []
  readonly #seen = new Set<string>()

  /** @returns what is said by a record that is heard for the first time */
  hear(envelope: Uint8Array): Heard | undefined {
    const heard = heardOf(envelope)
    const key = `${heard.peer} ${heard.epoch} ${heard.seq} ${heard.leaving}`
    if (this.#seen.has(key)) return undefined
    this.#seen.add(key)
    this.all.push(heard)
    const known = this.newest.get(heard.peer)
    if (known === undefined || known.epoch < heard.epoch || (known.epoch === heard.epoch && known.seq < heard.seq)) {
      this.newest.set(heard.peer, heard)
    }
    return heard
  }

  /** Whatever records a frame carries. */
  hearFrame({ kind, items }: HeardFrame): Heard[] {
    if (kind !== 'records' && kind !== 'push') return []
    return (items[0] as [number, Uint8Array, boolean][]).flatMap(([, envelope]) => this.hear(envelope) ?? [])
  }
}

/** Takes the payload out of an envelope: the third of its fields. */
function heardOf(envelope: Uint8Array): Heard {
  const fields = fieldsOf(envelope)
  const said = decode(fields.get(3)!) as Version & { peer: Uint8Array; ttlMs: number; leaving: boolean }
  const { epoch, seq, ttlMs, leaving, peer: multihash } = said
  return { peer: base58btc.baseEncode(multihash), multihash, epoch, seq, ttlMs, leaving, envelope }
}

/** The fields of a protobuf that hold bytes, each of less than 2^14. */
export function fieldsOf(message: Uint8Array): Map<number, Uint8Array> {
  const fields = new Map<number, Uint8Array>()
  for (let at = 0; at < message.length; ) {
    const number = message[at++]! >> 3
    let length = message[at++]!
    if (length >= 0x80) length = (length & 0x7f) + message[at++]! * 0x80
    fields.set(number, message.subarray(at, at + length))
    at += length
  }
  return fields
}
