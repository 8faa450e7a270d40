/** Ed25519 by Node's own crypto, with a key that is parsed once: libp2p parses it anew for each signature. */
import { toString as textOf } from 'uint8arrays/to-string'

/** Whether the signature is the key's, over these data. */
export type Verifier = (data: Uint8Array, signature: Uint8Array) => boolean

/** The part of `node:crypto` that is used here. */
interface NodeCrypto {
  createPublicKey(key: { format: 'jwk'; key: { kty: 'OKP'; crv: 'Ed25519'; x: string } }): unknown
  verify(algorithm: null, data: Uint8Array, key: unknown, signature: Uint8Array): boolean
}

// Not an import: a bundle for the browser has no such module.
const { process } = globalThis as { process?: { getBuiltinModule?(name: 'node:crypto'): NodeCrypto } }
const nodeCrypto = process?.getBuiltinModule?.('node:crypto')

/**
 * @param key - 32 bytes
 * @returns undefined outside Node
 */
export function ed25519Verifier(key: Uint8Array): Verifier | undefined {
  if (nodeCrypto === undefined) return undefined
  const jwk = { kty: 'OKP', crv: 'Ed25519', x: textOf(key, 'base64url') } as const
  const publicKey = nodeCrypto.createPublicKey({ format: 'jwk', key: jwk })
  return (data, signature) => nodeCrypto.verify(null, data, publicKey, signature)
}
