/** Texts that are printed by everybody who lists the book: names, addresses, and keys of metadata. */

/**
 * Code points of the general categories Cc and Cf in Unicode 17.0 but for {@link ALLOWED}, and the two that separate lines and
 * paragraphs, U+2028 and U+2029. A frozen list of first and last ones: tables of engines differ, and validity must not.
 */
const FORBIDDEN: readonly (readonly [first: number, last: number])[] = [
  [0x0000, 0x001f],
  [0x007f, 0x009f],
  [0x00ad, 0x00ad],
  [0x0600, 0x0605],
  [0x061c, 0x061c],
  [0x06dd, 0x06dd],
  [0x070f, 0x070f],
  [0x0890, 0x0891],
  [0x08e2, 0x08e2],
  [0x180e, 0x180e],
  [0x200b, 0x200f],
  [0x2028, 0x202e],
  [0x2060, 0x2064],
  [0x2066, 0x206f],
  [0xfeff, 0xfeff],
  [0xfff9, 0xfffb],
  [0x110bd, 0x110bd],
  [0x110cd, 0x110cd],
  [0x13430, 0x1343f],
  [0x1bca0, 0x1bca3],
  [0x1d173, 0x1d17a],
  [0xe0001, 0xe0001],
  [0xe0020, 0xe007f]
]

/** Two joiners and two variation selectors: emoji are made with them, and Persian is written with them. */
const ALLOWED: readonly number[] = [0x200c, 0x200d, 0xfe0e, 0xfe0f]

/** Whether a text has no code point that controls how it, or what is printed around it, looks. */
export function isPlainText(text: string): boolean {
  return !hasCodePoint(text, isForbidden)
}

/** Whether a text has an encoding in UTF-8: half of a surrogate pair has none. */
export function isWellFormed(text: string): boolean {
  return !hasCodePoint(text, isSurrogate)
}

/** Bytes of a text in UTF-8; the core has no encoder to ask. */
export function utf8Bytes(text: string): number {
  let bytes = 0
  for (const character of text) {
    const codePoint = character.codePointAt(0)!
    bytes += codePoint < 0x80 ? 1 : codePoint < 0x800 ? 2 : codePoint < 0x10000 ? 3 : 4
  }
  return bytes
}

/** Whether a text has a code point of this kind, which none of printable ASCII is. */
function hasCodePoint(text: string, isOfKind: (codePoint: number) => boolean): boolean {
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at)
    if (unit > 0x1f && unit < 0x7f) continue
    const codePoint = text.codePointAt(at)!
    if (isOfKind(codePoint)) return true
    if (codePoint > 0xffff) at++
  }
  return false
}

function isForbidden(codePoint: number): boolean {
  if (ALLOWED.includes(codePoint)) return false
  return FORBIDDEN.some(([first, last]) => codePoint >= first && codePoint <= last)
}

/** A whole pair is one code point, beyond these. */
function isSurrogate(codePoint: number): boolean {
  return codePoint >= 0xd800 && codePoint <= 0xdfff
}
