/** Texts that people type, and that strangers send: one line, without control characters, and not too long. */

/** Whatever controls how a text, or what stands beside it, is shown; line breaks among it. Joiners of emoji and Persian stay. */
const CONTROLS = /(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu

/** Marks that are stacked on one letter, so that they reach into the lines above. */
const STACKED_MARKS = /(\p{M}{3})\p{M}+/gu

const characters = new Intl.Segmenter()
const encoder = new TextEncoder()

/**
 * The beginning of a text, fit to be shown: whole characters as people see them.
 *
 * @param maxBytes - of UTF-8
 */
export function shownText(text: string, maxBytes: number): string {
  const plain = text.replace(CONTROLS, ' ').replace(/\s+/g, ' ').replace(STACKED_MARKS, '$1').trim()
  let shown = ''
  let bytes = 0
  for (const { segment } of characters.segment(plain)) {
    bytes += encoder.encode(segment).byteLength
    if (bytes > maxBytes) break
    shown += segment
  }
  return shown.trimEnd()
}
