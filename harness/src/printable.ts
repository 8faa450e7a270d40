/**
 * Text of a node made fit for a terminal, a report and the log of a CI server: control and formatting characters, which could
 * move the cursor or turn the direction of writing, become U+FFFD, as does what begins a command to GitHub anywhere in a line,
 * `##[`. What is longer than `maxLength` characters is cut off.
 */
export function printable(text: string, maxLength: number): string {
  // Cut before replacing: a hostile text may be a megabyte long.
  const shown = text.slice(0, maxLength).replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]|#(?=#\[)/gu, '\ufffd')
  return text.length > maxLength ? `${shown}…` : shown
}
