import { createPublicKey, randomBytes } from 'node:crypto'
import { generateKeyPair, publicKeyToProtobuf } from '@libp2p/crypto/keys'
import { test } from 'tap'
import { multihashOf, signerKey, verifierOf } from '../../../../src/libp2p/records/keys/signer-key.ts'

const kinds: [kind: 'Ed25519' | 'secp256k1' | 'RSA', bits: number][] = [
  ['Ed25519', 256],
  ['secp256k1', 256],
  ['RSA', 2048]
]

for (const [kind, bits] of kinds) {
  test(`a key of kind ${kind} and ${bits} bits is known by its bytes, verifies, and is no longer one if any of its frame changes`, async t => {
    const privateKey = kind === 'RSA' ? await generateKeyPair(kind, bits) : await generateKeyPair(kind)
    const bytes = publicKeyToProtobuf(privateKey.publicKey)
    const key = signerKey(bytes)
    t.equal(key?.kind, kind)
    t.same(multihashOf(key!), privateKey.publicKey.toMultihash().bytes)
    const data = Uint8Array.of(1, 2, 3)
    const signature = await privateKey.sign(data)
    t.equal(await verifierOf(key!)(data, signature), true)
    t.equal(await verifierOf(key!)(Uint8Array.of(1, 2, 4), signature), false)
    const frameBytes = kind === 'RSA' ? 38 : 4
    for (let at = 0; at < frameBytes; at++) t.equal(signerKey(bytes.with(at, bytes[at]! ^ 1)), undefined, `byte ${at}`)
    for (const other of [bytes.subarray(0, -1), Uint8Array.of(...bytes, 0)]) t.equal(signerKey(other), undefined)
  })
}

test('RSA keys of 2048 to 4096 bits are known by their bytes, and no others', async t => {
  for (const bits of [2048, 2056, 3072, 4096]) t.equal(signerKey(rsaKey(bits))?.kind, 'RSA')
  for (const bits of [1024, 2040, 4104, 8192]) t.equal(signerKey(rsaKey(bits)), undefined)
})

const others: [what: string, key: () => Uint8Array][] = [
  ['an RSA key with an exponent as long as its modulus', () => rsaKey(2048, randomBytes(255))],
  ['an RSA key with another exponent of three bytes', () => rsaKey(2048, Buffer.of(1, 0, 3))],
  ['nothing', () => new Uint8Array()],
  ['a type of key that nobody knows', () => Uint8Array.of(0x08, 0x07, 0x12, 0x20, ...new Uint8Array(32))]
]

for (const [what, key] of others) {
  test(`${what} is no key that this protocol takes`, async t => {
    t.equal(signerKey(key()), undefined)
  })
}

test('an ECDSA key, for which libp2p has no peer id, is no key that this protocol takes', async t => {
  t.equal(signerKey(publicKeyToProtobuf((await generateKeyPair('ECDSA')).publicKey)), undefined)
})

/** With a modulus that is none, since to find one takes seconds. */
function rsaKey(bits: number, exponent: Buffer = Buffer.of(1, 0, 1)): Uint8Array {
  const modulus = randomBytes(bits / 8)
  modulus[0]! |= 0x80
  const jwk = { kty: 'RSA', n: modulus.toString('base64url'), e: exponent.toString('base64url') }
  const der = createPublicKey({ format: 'jwk', key: jwk }).export({ type: 'spki', format: 'der' })
  return Uint8Array.of(0x08, 0x00, 0x12, (der.length & 0x7f) | 0x80, der.length >> 7, ...der)
}
