/**
 * A cheap key for a map over bytes that look random, such as keys and signatures: 30 bits of them, which is what V8 keeps without
 * allocating. Whoever uses it compares the bytes themselves as well.
 */
export function byteTag(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 22) | (bytes[at + 1]! << 14) | (bytes[at + 2]! << 6) | (bytes[at + 3]! >> 2)
}
