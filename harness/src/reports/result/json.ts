/** result.json as text. */
import type { Judged } from '../judged.ts'
import { type Artefacts, resultOf } from './document.ts'

/**
 * What a node wrote stands in it unchanged, but for a terminal and for the log of a CI server all of it is harmless: control
 * and formatting characters, and the beginning of a workflow command, are written as escapes. Times are ms since the start of
 * the run.
 */
export function renderJson(judged: Judged, artefacts: Artefacts = {}): string {
  const text = JSON.stringify(resultOf(judged, artefacts), null, 2)
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]|#(?=#\[)/gu, escaped)
}

function escaped(character: string): string {
  // The line breaks of the document itself; those inside of texts are escapes already.
  if (character === '\n') return character
  return character.replace(/./gs, unit => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
