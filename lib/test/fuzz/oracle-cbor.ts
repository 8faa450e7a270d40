/** CBOR as docs/PROTOCOL.md allows it, read by cborg: shares no code with the library's own reader. */
import { decode, encode, rfc8949EncodeOptions, type Token, Tokenizer } from 'cborg'

/** A value of the subset: maps are `Map`, in the order of the encoding. */
export type Value = number | string | boolean | Uint8Array | Value[] | Map<string, Value>

const TYPES = new Set(['uint', 'bytes', 'string', 'array', 'map', 'true', 'false'])

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

const options = {
  strict: true,
  allowIndefinite: false,
  allowBigInt: false,
  useMaps: true,
  rejectDuplicateMapKeys: true,
  retainStringBytes: true
}

/** The value, or undefined for bytes that are not the one encoding of a value of the subset. */
export function expectedValue(bytes: Uint8Array): Value | undefined {
  // A copy: cborg gives views.
  const own = Uint8Array.from(bytes)
  try {
    const value: Value = decode(own, { ...options, tokenizer: new SubsetTokenizer(own, options) })
    // Only texts are keys, and in the one order.
    if (!hasTextKeys(value)) return undefined
    return Buffer.compare(encode(value, rfc8949EncodeOptions), own) === 0 ? value : undefined
  } catch {
    return undefined
  }
}

/** How deep arrays and maps nest in a value: 0 for one that is neither. */
export function depthOf(value: Value): number {
  if (!Array.isArray(value) && !(value instanceof Map)) return 0
  let deepest = 0
  for (const item of value.values()) deepest = Math.max(deepest, depthOf(item))
  return 1 + deepest
}

/** Refuses types beyond the subset, and replaces cborg's texts, which hide bytes that are no UTF-8. */
class SubsetTokenizer extends Tokenizer {
  override next(): Token {
    const token = super.next()
    if (!TYPES.has(token.type.name)) throw new Error(`${token.type.name} is not in the subset`)
    if (token.type.name === 'string' && token.byteValue !== undefined) token.value = utf8.decode(token.byteValue)
    return token
  }
}

function hasTextKeys(value: Value): boolean {
  if (Array.isArray(value)) return value.every(hasTextKeys)
  if (!(value instanceof Map)) return true
  return [...value].every(([key, item]) => typeof key === 'string' && hasTextKeys(item))
}
