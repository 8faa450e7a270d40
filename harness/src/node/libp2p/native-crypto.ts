/**
 * What Noise needs of cryptography, by Node's own. libp2p's default derives keys in JavaScript, which a node that has just started
 * interprets, and seals short messages by WebAssembly, which it compiles first. For two handshakes and 200 frames of a new process
 * that is 21 ms of processor time, and this 9, on the host of docs/PERFORMANCE.md. A program that runs for long gains nothing.
 */
import {
  createCipheriv,
  createDecipheriv,
  createPrivateKey,
  createPublicKey,
  createSecretKey,
  diffieHellman,
  generateKeyPairSync,
  hash,
  hkdfSync,
  type KeyObject
} from 'node:crypto'
import type { ICryptoInterface } from '@libp2p/noise'

/** An array, or a list of arrays that gives itself as one; of libp2p 2 and 3. */
interface Bytes {
  readonly byteLength: number
  subarray(): Uint8Array
}

const AEAD = 'chacha20-poly1305'
const TAG_BYTES = 16
const KEY_BYTES = 32
const NO_INFO = new Uint8Array()

/** What stands before the bytes of an X25519 key in DER (RFC 8410). */
const PRIVATE_PREFIX = Buffer.from('302e020100300506032b656e04220420', 'hex')
const PUBLIC_PREFIX = Buffer.from('302a300506032b656e032100', 'hex')

export const nativeCrypto = {
  hashSHA256: (data: Bytes): Uint8Array => hash('sha256', data.subarray(), 'buffer'),

  getHKDF(chainingKey: Uint8Array, inputKey: Uint8Array): [Uint8Array, Uint8Array, Uint8Array] {
    const keys = new Uint8Array(hkdfSync('sha256', inputKey, chainingKey, NO_INFO, 3 * KEY_BYTES))
    const keyAt = (index: number) => keys.subarray(index * KEY_BYTES, (index + 1) * KEY_BYTES)
    return [keyAt(0), keyAt(1), keyAt(2)]
  },

  generateX25519KeyPair() {
    const { publicKey, privateKey } = generateKeyPairSync('x25519', {
      publicKeyEncoding: { type: 'spki', format: 'der' },
      privateKeyEncoding: { type: 'pkcs8', format: 'der' }
    })
    return {
      publicKey: publicKey.subarray(PUBLIC_PREFIX.length),
      privateKey: privateKey.subarray(PRIVATE_PREFIX.length)
    }
  },

  generateX25519KeyPairFromSeed(seed: Uint8Array) {
    const publicKey = createPublicKey(privateKeyOf(seed)).export({ type: 'spki', format: 'der' })
    return { publicKey: publicKey.subarray(PUBLIC_PREFIX.length), privateKey: seed }
  },

  generateX25519SharedKey: (privateKey: Bytes, publicKey: Bytes): Uint8Array =>
    diffieHellman({ privateKey: privateKeyOf(privateKey), publicKey: publicKeyOf(publicKey) }),

  chaCha20Poly1305Encrypt(plaintext: Bytes, nonce: Uint8Array, associated: Uint8Array, key: Uint8Array): Uint8Array {
    const cipher = createCipheriv(AEAD, secretKeyOf(key), nonce, { authTagLength: TAG_BYTES })
    if (associated.byteLength > 0) cipher.setAAD(associated, { plaintextLength: plaintext.byteLength })
    const sealed = new Uint8Array(plaintext.byteLength + TAG_BYTES)
    sealed.set(cipher.update(plaintext.subarray()))
    cipher.final()
    sealed.set(cipher.getAuthTag(), plaintext.byteLength)
    return sealed
  },

  /** @throws {Error} for bytes that were not sealed with this key, nonce and associated data */
  chaCha20Poly1305Decrypt(ciphertext: Bytes, nonce: Uint8Array, associated: Uint8Array, key: Uint8Array): Uint8Array {
    const sealed = ciphertext.subarray()
    const length = sealed.byteLength - TAG_BYTES
    const decipher = createDecipheriv(AEAD, secretKeyOf(key), nonce, { authTagLength: TAG_BYTES })
    if (associated.byteLength > 0) decipher.setAAD(associated, { plaintextLength: length })
    decipher.setAuthTag(sealed.subarray(length))
    const plaintext = decipher.update(sealed.subarray(0, length))
    decipher.final()
    return plaintext
  }
} satisfies ICryptoInterface

/**
 * A connection seals all its messages with one key, whose bytes Noise never changes. Reading it from them takes Node 10 to 20 us, as
 * long as sealing a message.
 */
const secretKeys = new WeakMap<Uint8Array, KeyObject>()

function secretKeyOf(bytes: Uint8Array): KeyObject {
  let key = secretKeys.get(bytes)
  if (key === undefined) {
    key = createSecretKey(bytes)
    secretKeys.set(bytes, key)
  }
  return key
}

function privateKeyOf(bytes: Bytes) {
  const key = Buffer.concat([PRIVATE_PREFIX, bytes.subarray()])
  return createPrivateKey({ key, type: 'pkcs8', format: 'der' })
}

function publicKeyOf(bytes: Bytes) {
  const key = Buffer.concat([PUBLIC_PREFIX, bytes.subarray()])
  return createPublicKey({ key, type: 'spki', format: 'der' })
}
