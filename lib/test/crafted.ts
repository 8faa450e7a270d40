/** Envelopes that a stranger could send: one for each fault, wrong in that one way only. */
import { generateKeyPair, generateKeyPairFromSeed } from '@libp2p/crypto/keys'
import type { PrivateKey } from '@libp2p/interface'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { RecordEnvelope } from '@libp2p/peer-record'
import { multiaddr } from '@multiformats/multiaddr'
import { encode, rfc8949EncodeOptions } from 'cborg'
import type { Announcement } from '../src/core/record/announcement.ts'
import type { DecodeFault } from '../src/libp2p/errors.ts'
import { PAYLOAD_TYPE, signingDomain } from '../src/libp2p/records/envelope.ts'
import { DEFAULT_TOPIC } from '../src/libp2p/service.ts'

/** The fields of a payload as they are encoded. */
export type Fields = Record<string, unknown>

/** The same key for the same number. */
export async function keyOf(seed: number): Promise<PrivateKey> {
  return await generateKeyPairFromSeed('Ed25519', new Uint8Array(32).fill(seed))
}

/** What a node with this key could announce. */
export function announcementOf(key: PrivateKey, change: Partial<Announcement> = {}): Announcement {
  return {
    peer: peerIdFromPrivateKey(key).toString(),
    epoch: 1_700_000_000_000,
    seq: 7,
    name: 'alice',
    addrs: ['/ip4/127.0.0.1/tcp/4001'],
    ttlMs: 30_000,
    leaving: false,
    metadata: new Map(),
    ...change
  }
}

/** The fields of a payload that is right, but for the change. */
export function fieldsOf(key: PrivateKey, change: Fields = {}): Fields {
  const { addrs, ...announcement } = announcementOf(key)
  return {
    ...announcement,
    peer: peerIdFromPrivateKey(key).toMultihash().bytes,
    addrs: addrs.map(addr => multiaddr(addr).bytes),
    metadata: {},
    ...change
  }
}

/** Signs any bytes as if they were a payload. */
export async function seal(
  payload: Uint8Array,
  key: PrivateKey,
  { payloadType = PAYLOAD_TYPE, topic = DEFAULT_TOPIC, domain = signingDomain(topic) } = {}
): Promise<Uint8Array> {
  const codec = new TextEncoder().encode(payloadType)
  return (await RecordEnvelope.seal({ domain, codec, marshal: () => payload, equals: () => false }, key)).marshal()
}

/** One envelope for each fault. */
export async function faultyEnvelopes(key: PrivateKey): Promise<Record<DecodeFault, Uint8Array>> {
  const right = encode(fieldsOf(key), rfc8949EncodeOptions)
  const sealedWith = async (change: Fields) => await seal(encode(fieldsOf(key, change), rfc8949EncodeOptions), key)
  const { ttlMs: _, ...withoutTtl } = fieldsOf(key)
  return {
    'malformed-envelope': (await seal(right, key)).subarray(0, -1),
    'unknown-payload-type': await seal(right, key, { payloadType: '/libp2p/peer-record' }),
    'unknown-version': await seal(right, key, { payloadType: '/gossip-discovery/announcement/2' }),
    'too-large': await sealedWith({ metadata: { bytes: new Uint8Array(2_048) } }),
    'unsupported-key': await seal(right, await generateKeyPair('ECDSA')),
    'malformed-payload': await seal(right.subarray(0, -1), key),
    'duplicate-key': await seal(withDuplicateKey(right), key),
    'unknown-key': await sealedWith({ extra: 1 }),
    'missing-key': await seal(encode(withoutTtl, rfc8949EncodeOptions), key),
    'wrong-type': await sealedWith({ name: 5 }),
    'not-canonical': await seal(encode(fieldsOf(key), { mapSorter: () => 0 }), key),
    'wrong-peer': await sealedWith({ peer: fieldsOf(await keyOf(255)).peer }),
    'bad-addr': await sealedWith({ addrs: [new Uint8Array(257)] }),
    'bad-epoch': await sealedWith({ epoch: 2n ** 53n }),
    'bad-seq': await sealedWith({ seq: 2n ** 53n }),
    'ttl-out-of-bounds': await sealedWith({ ttlMs: 999 }),
    'bad-text': await seal(withoutUtf8(right), key),
    'name-too-long': await sealedWith({ name: 'x'.repeat(65) }),
    'control-character': await sealedWith({ name: 'red \u001b[31m' }),
    'too-many-addrs': await sealedWith({ addrs: Array(17).fill(multiaddr('/ip4/127.0.0.1/tcp/1').bytes) }),
    'metadata-too-large': await sealedWith({ metadata: { key: 'x'.repeat(510) } }),
    'bad-signature': await seal(right, key, { topic: 'another network' })
  }
}

/** The first pair twice. */
function withDuplicateKey(payload: Uint8Array): Uint8Array {
  const pair = encode({ seq: 7 }).subarray(1)
  return Uint8Array.of(payload[0]! + 1, ...pair, ...payload.subarray(1))
}

/** The first byte of the name is one that begins no character. */
function withoutUtf8(payload: Uint8Array): Uint8Array {
  const name = encode({ seq: 7 }).length + encode('name').length + 1
  return payload.with(name, 0xff)
}
