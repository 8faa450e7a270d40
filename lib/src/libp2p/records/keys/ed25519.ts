/** Ed25519 by Node's own crypto, with a key that is parsed once: libp2p parses it anew for each signature. */

/** The part of `node:crypto` that is used here. */
interface NodeCrypto {
  createPublicKey(pem: string): unknown
  verify(algorithm: null, data: Uint8Array, key: unknown, signature: Uint8Array): boolean
}

// Not an import: a bundle for the browser has no such module.
const { process } = globalThis as { process?: { getBuiltinModule?(name: 'node:crypto'): NodeCrypto } }
const nodeCrypto = process?.getBuiltinModule?.('node:crypto')

/** RFC 8410: what comes before the key, whose 12 bytes are 16 characters. Node takes no other form in so little time. */
const PEM_BEFORE = '-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA'
const PEM_AFTER = '\n-----END PUBLIC KEY-----\n'

/**
 * @param key - 32 bytes
 * @returns whether a signature is the key's, over some data; undefined outside Node
 */
export function ed25519Verifier(key: Uint8Array): ((data: Uint8Array, signature: Uint8Array) => boolean) | undefined {
  if (nodeCrypto === undefined) return undefined
  const publicKey = nodeCrypto.createPublicKey(PEM_BEFORE + btoa(String.fromCharCode(...key)) + PEM_AFTER)
  return (data, signature) => nodeCrypto.verify(null, data, publicKey, signature)
}
