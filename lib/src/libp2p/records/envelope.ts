/**
 * The signed envelope of libp2p (RFC 0002) in the one layout that this protocol takes: key, payload type, payload and
 * signature, in this order, each once, each with a length in as few bytes as it can be. Nothing but lengths is looked at here,
 * so that it costs the same whatever the bytes are.
 */
import { publicKeyToProtobuf } from '@libp2p/crypto/keys'
import type { PrivateKey } from '@libp2p/interface'
import * as varint from 'uint8-varint'
import { concat } from 'uint8arrays/concat'
import { equals } from 'uint8arrays/equals'
import { BOUNDS } from '../../core/record/announcement.ts'
import { AnnouncementDecodeError } from '../errors.ts'

/** Separates these signatures from every other use of a peer's key. The topic follows it, see {@link signingDomain}. */
export const DOMAIN = 'libp2p-gossip-discovery'

/** The major version is the last part: a node refuses what it cannot know. */
export const PAYLOAD_TYPE = '/gossip-discovery/announcement/1'

const utf8 = new TextEncoder()
const payloadTypeBytes = utf8.encode(PAYLOAD_TYPE)
const payloadTypeFamily = utf8.encode('/gossip-discovery/announcement/')

/** The fields of the protobuf message, by the byte that begins each: its number, and that a length follows. */
const KEY_FIELD = 0x0a
const TYPE_FIELD = 0x12
const PAYLOAD_FIELD = 0x1a
const SIGNATURE_FIELD = 0x2a

/** A length of 2 MiB. Envelopes of other versions may be longer than ours. */
const MAX_LENGTH_BYTES = 3

/** Views of the parts of an envelope whose payload is ours; nothing about key, payload or signature has been checked. */
export interface Envelope {
  /** The public key of the signer, as libp2p's protobuf. */
  readonly key: Uint8Array
  readonly payload: Uint8Array
  /** Length and payload: the last part of the signed bytes. */
  readonly prefixedPayload: Uint8Array
  readonly signature: Uint8Array
}

/** The domain string of the signatures of a network: a record of one network is a forgery in every other one. */
export function signingDomain(topic: string): string {
  return `${DOMAIN}\0${topic}`
}

/**
 * @throws {AnnouncementDecodeError} `malformed-envelope`, `unknown-payload-type`, `unknown-version` or `too-large`
 */
export function openEnvelope(bytes: Uint8Array): Envelope {
  const fields = new FieldReader(bytes)
  const key = fields.next(KEY_FIELD)
  const type = fields.next(TYPE_FIELD)
  const payloadFieldAt = fields.at
  const payload = fields.next(PAYLOAD_FIELD)
  const prefixedPayload = bytes.subarray(payloadFieldAt + 1, fields.at)
  const signature = fields.next(SIGNATURE_FIELD)
  if (fields.at !== bytes.length) throw new AnnouncementDecodeError('malformed-envelope')
  if (!equals(type, payloadTypeBytes)) {
    const isOurs = equals(type.subarray(0, payloadTypeFamily.length), payloadTypeFamily)
    throw new AnnouncementDecodeError(isOurs ? 'unknown-version' : 'unknown-payload-type')
  }
  // Only here: the bound is one of this version.
  if (bytes.length > BOUNDS.envelopeBytes) {
    throw new AnnouncementDecodeError('too-large', `${bytes.length} > ${BOUNDS.envelopeBytes} bytes`)
  }
  return { key, payload, prefixedPayload, signature }
}

/** Signs a payload of ours for one network. */
export async function sealEnvelope(payload: Uint8Array, privateKey: PrivateKey, topic: string): Promise<Uint8Array> {
  const signature = await privateKey.sign(concat([signedPrefix(topic), prefixed(payload)]))
  const fields: [number, Uint8Array][] = [
    [KEY_FIELD, publicKeyToProtobuf(privateKey.publicKey)],
    [TYPE_FIELD, payloadTypeBytes],
    [PAYLOAD_FIELD, payload],
    [SIGNATURE_FIELD, signature]
  ]
  return concat(fields.flatMap(([field, bytes]) => [Uint8Array.of(field), prefixed(bytes)]))
}

/** Bytes of an envelope whose parts have these lengths. */
export function envelopeBytes(keyBytes: number, payloadBytes: number, signatureBytes: number): number {
  const parts = [keyBytes, payloadTypeBytes.length, payloadBytes, signatureBytes]
  return parts.reduce((sum, length) => sum + 1 + varint.encodingLength(length) + length, 0)
}

/** The signed bytes before {@link Envelope.prefixedPayload}: domain and payload type, each after its length. */
export function signedPrefix(topic: string): Uint8Array {
  return concat([prefixed(utf8.encode(signingDomain(topic))), prefixed(payloadTypeBytes)])
}

function prefixed(bytes: Uint8Array): Uint8Array {
  return concat([varint.encode(bytes.length), bytes])
}

class FieldReader {
  at = 0
  readonly #bytes: Uint8Array

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  /** The content of the next field, which must be this one, and not empty: protobuf leaves empty fields out. */
  next(field: number): Uint8Array {
    if (this.#bytes[this.at++] !== field) throw new AnnouncementDecodeError('malformed-envelope')
    const length = this.#length()
    const from = this.at
    this.at += length
    if (length === 0 || this.at > this.#bytes.length) throw new AnnouncementDecodeError('malformed-envelope')
    return this.#bytes.subarray(from, this.at)
  }

  /** An unsigned varint without a byte to spare. */
  #length(): number {
    let length = 0
    for (let i = 0; i < MAX_LENGTH_BYTES; i++) {
      const byte = this.#bytes[this.at++]
      if (byte === undefined || (byte === 0 && i > 0)) break
      length += (byte & 0x7f) * 0x80 ** i
      if (byte < 0x80) return length
    }
    throw new AnnouncementDecodeError('malformed-envelope')
  }
}
