/** Noise's cryptography by Node's own, held to the one in JavaScript that libp2p has for browsers. */
import { pureJsCrypto } from '@libp2p/noise'
import fc from 'fast-check'
import { test } from 'tap'
import { nativeCrypto } from '../../src/node/libp2p/native-crypto.ts'

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length })
const key = bytes(32)
const nonce = bytes(12)
const text = fc.uint8Array({ maxLength: 2_000 })
const associated = fc.oneof(fc.constant(new Uint8Array()), bytes(32))

test('keys and hashes are those of libp2p', async () => {
  fc.assert(
    fc.property(key, text, (chainingKey, input) => {
      same(nativeCrypto.hashSHA256(input), pureJsCrypto.hashSHA256(input))
      same(nativeCrypto.hashSHA256(inPieces(input)), pureJsCrypto.hashSHA256(input))
      const [ours, theirs] = [nativeCrypto, pureJsCrypto].map(crypto => crypto.getHKDF(chainingKey, input))
      for (const index of [0, 1, 2]) same(ours![index]!, theirs![index]!)
    }),
    { numRuns: 30 }
  )
})

test('both sides of a handshake agree on a key, whichever of the two they have', async () => {
  fc.assert(
    fc.property(key, seed => {
      const ours = nativeCrypto.generateX25519KeyPair()
      const theirs = pureJsCrypto.generateX25519KeyPairFromSeed(seed)
      same(nativeCrypto.generateX25519KeyPairFromSeed(seed).publicKey, theirs.publicKey)
      same(
        nativeCrypto.generateX25519SharedKey(ours.privateKey, inPieces(theirs.publicKey)),
        pureJsCrypto.generateX25519SharedKey(theirs.privateKey, ours.publicKey)
      )
    }),
    { numRuns: 10 }
  )
})

test('what one of them seals, the other opens', async () => {
  fc.assert(
    fc.property(key, nonce, text, associated, (key, nonce, text, associated) => {
      const sealed = nativeCrypto.chaCha20Poly1305Encrypt(text, nonce, associated, key)
      same(sealed, pureJsCrypto.chaCha20Poly1305Encrypt(text, nonce, associated, key))
      same(nativeCrypto.chaCha20Poly1305Encrypt(inPieces(text), nonce, associated, key), sealed)
      same(nativeCrypto.chaCha20Poly1305Decrypt(inPieces(sealed.subarray()), nonce, associated, key), text)
    }),
    { numRuns: 50 }
  )
})

test('what was changed under way does not open', async t => {
  fc.assert(
    fc.property(
      key,
      nonce,
      text,
      associated,
      fc.nat(),
      fc.integer({ min: 1, max: 255 }),
      (key, nonce, text, ad, at, by) => {
        const sealed = nativeCrypto.chaCha20Poly1305Encrypt(text, nonce, ad, key)
        sealed[at % sealed.length]! ^= by
        t.throws(() => nativeCrypto.chaCha20Poly1305Decrypt(sealed, nonce, ad, key))
      }
    ),
    { numRuns: 20 }
  )
  for (const length of [0, 15, 16]) {
    t.throws(() =>
      nativeCrypto.chaCha20Poly1305Decrypt(
        new Uint8Array(length),
        new Uint8Array(12),
        new Uint8Array(),
        new Uint8Array(32)
      )
    )
  }
})

/** As a list of arrays gives itself: its own methods, and none of an array's. */
function inPieces(bytes: Uint8Array) {
  return { byteLength: bytes.byteLength, subarray: () => bytes }
}

type Bytes = ReturnType<typeof pureJsCrypto.chaCha20Poly1305Encrypt>

function same(found: Bytes, wanted: Bytes): void {
  const [a, b] = [found, wanted].map(each => Buffer.from(each.subarray()).toString('hex'))
  if (a !== b) throw new Error(`${a} is not ${b}`)
}
