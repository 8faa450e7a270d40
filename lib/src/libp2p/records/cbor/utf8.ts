/**
 * Whether a range of bytes is valid UTF-8 (RFC 3629): each character in as few bytes as it can be, no surrogates, nothing beyond
 * U+10FFFF. Unlike a decoder it allocates nothing, so that a frame of forty thousand short texts costs no more than one long text.
 */
export function isUtf8(bytes: Uint8Array, from: number, to: number): boolean {
  let at = from
  while (at < to) {
    const lead = bytes[at]!
    const length = lengthOf(lead)
    if (length === 0 || at + length > to) return false
    if (length > 1 && !isSecondByte(lead, bytes[at + 1]!)) return false
    for (let i = 2; i < length; i++) if (!isContinuation(bytes[at + i]!)) return false
    at += length
  }
  return true
}

/** Bytes of a character by its first one; 0 for a byte that begins none. */
function lengthOf(lead: number): number {
  if (lead < 0x80) return 1
  if (lead < 0xc2) return 0
  if (lead < 0xe0) return 2
  if (lead < 0xf0) return 3
  return lead < 0xf5 ? 4 : 0
}

function isSecondByte(lead: number, second: number): boolean {
  switch (lead) {
    // Fewer bytes would do.
    case 0xe0:
      return second >= 0xa0 && second < 0xc0
    case 0xf0:
      return second >= 0x90 && second < 0xc0
    // A surrogate, and what is beyond Unicode.
    case 0xed:
      return second >= 0x80 && second < 0xa0
    case 0xf4:
      return second >= 0x80 && second < 0x90
    default:
      return isContinuation(second)
  }
}

function isContinuation(byte: number): boolean {
  return byte >= 0x80 && byte < 0xc0
}
