/** Keys and signed records of any subject, fast enough for a hundred thousand, written from docs/PROTOCOL.md alone. */
import { createPrivateKey, createPublicKey, type KeyObject, randomBytes, sign } from 'node:crypto'
import { generateKeyPairFromSeed, publicKeyToProtobuf } from '@libp2p/crypto/keys'
import type { PrivateKey } from '@libp2p/interface'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { multiaddr } from '@multiformats/multiaddr'
import { base58btc } from 'multiformats/bases/base58'
import * as varint from 'uint8-varint'
import { concat } from 'uint8arrays/concat'
import { DEFAULT_TOPIC } from '../../../src/index.ts'
import { array, bool, bytes, map, text, uint } from './cbor.ts'

export interface Identity {
  /** Peer id in base58btc. */
  readonly peer: string
  /** Peer id as a multihash. */
  readonly multihash: Uint8Array
  readonly publicKey: Uint8Array
  readonly signingKey: KeyObject
  readonly seed: Uint8Array
}

/** What a record says, and how; each has a default that every node accepts. */
export interface RecordChange {
  epoch?: number
  seq?: number
  ttlMs?: number
  leaving?: boolean
  name?: string
  /** As text, or as bytes of whatever kind. */
  addrs?: readonly (string | Uint8Array)[]
  topic?: string
  payloadType?: string
  /** In place of the encoding of `seq`. */
  seqItem?: Uint8Array
}

/** An Ed25519 private key in PKCS #8, without its 32 bytes. RFC 8410. */
const PKCS8 = Uint8Array.from(Buffer.from('302e020100300506032b657004220420', 'hex'))
/** A protobuf: the type of the key, then its 32 bytes. */
const PUBLIC_KEY = Uint8Array.of(0x08, 0x01, 0x12, 0x20)
const IDENTITY_HASH = Uint8Array.of(0x00, 0x24)

export const PAYLOAD_TYPE = '/gossip-discovery/announcement/1'

export function identityOf(seed: Uint8Array = randomBytes(32)): Identity {
  const signingKey = createPrivateKey({ key: Buffer.from(concat([PKCS8, seed])), format: 'der', type: 'pkcs8' })
  const spki = createPublicKey(signingKey).export({ format: 'der', type: 'spki' })
  const publicKey = concat([PUBLIC_KEY, spki.subarray(-32)])
  const multihash = concat([IDENTITY_HASH, publicKey])
  return { peer: base58btc.baseEncode(multihash), multihash, publicKey, signingKey, seed }
}

/** The same key as libp2p takes it. */
export async function privateKeyOf({ seed }: Identity): Promise<PrivateKey> {
  return await generateKeyPairFromSeed('Ed25519', seed)
}

/** A signed envelope of what the subject says. */
export function recordOf(identity: Identity, change: RecordChange = {}): Uint8Array {
  return sealed(identity, payloadOf(identity, change), change)
}

/** Signs any bytes as if they were a payload. */
export function sealed(identity: Identity, payload: Uint8Array, change: RecordChange = {}): Uint8Array {
  const signature = sign(null, signedBytes(payload, change), identity.signingKey)
  return envelopeOf(identity.publicKey, payload, signature, change)
}

/** {@link recordOf} by a key of any kind. */
export async function recordSignedBy(key: PrivateKey, change: RecordChange = {}): Promise<Uint8Array> {
  const payload = payloadOf({ multihash: peerIdFromPrivateKey(key).toMultihash().bytes }, change)
  return envelopeOf(publicKeyToProtobuf(key.publicKey), payload, await key.sign(signedBytes(payload, change)), change)
}

function signedBytes(payload: Uint8Array, change: RecordChange): Uint8Array {
  const { topic = DEFAULT_TOPIC, payloadType = PAYLOAD_TYPE } = change
  const parts = [domainOf(topic), new TextEncoder().encode(payloadType), payload]
  return concat(parts.flatMap(part => [varint.encode(part.length), part]))
}

function envelopeOf(
  publicKey: Uint8Array,
  payload: Uint8Array,
  signature: Uint8Array,
  { payloadType = PAYLOAD_TYPE }: RecordChange
): Uint8Array {
  const type = new TextEncoder().encode(payloadType)
  return concat([field(1, publicKey), field(2, type), field(3, payload), field(5, signature)])
}

/** What keeps the records of one network from being records of another. */
export function domainOf(topic: string): Uint8Array {
  return new TextEncoder().encode(`libp2p-gossip-discovery\0${topic}`)
}

function payloadOf({ multihash }: Pick<Identity, 'multihash'>, change: RecordChange): Uint8Array {
  const { epoch = 1_700_000_000_000, seq = 1, ttlMs = 3_600_000, leaving = false } = change
  const { name = 'x', addrs = [], seqItem = uint(seq) } = change
  const addrItems = addrs.map(addr => bytes(typeof addr === 'string' ? multiaddr(addr).bytes : addr))
  return map(
    [text('seq'), seqItem],
    [text('name'), text(name)],
    [text('peer'), bytes(multihash)],
    [text('addrs'), array(...addrItems)],
    [text('epoch'), uint(epoch)],
    [text('ttlMs'), uint(ttlMs)],
    [text('leaving'), bool(leaving)],
    [text('metadata'), map()]
  )
}

/** A field of a protobuf that holds bytes. */
function field(number: number, value: Uint8Array): Uint8Array {
  return concat([Uint8Array.of((number << 3) | 2), varint.encode(value.length), value])
}
