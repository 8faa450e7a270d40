/**
 * Markup with holes: whatever is put in is made printable, freed of secrets and escaped, unless it is markup itself. HTML and XML alike, so
 * that no report can forget to escape what a node wrote.
 */
import { printable } from '../../printable.ts'
import { redacted } from './redacted.ts'

export interface Markup {
  readonly markup: string
}

type Hole = Markup | readonly Markup[] | string | number

/** Longer texts are cut off. */
const MAX_TEXT_LENGTH = 2_000

export function markup(strings: TemplateStringsArray, ...holes: Hole[]): Markup {
  return { markup: String.raw({ raw: strings }, ...holes.map(fill)) }
}

export const nothing: Markup = { markup: '' }

/** Lines of text, for a `pre` or an XML text; the line breaks stay. */
export function textLines(lines: readonly string[]): Markup {
  return { markup: lines.map(escapeText).join('\n') }
}

function fill(hole: Hole): string {
  if (typeof hole === 'string' || typeof hole === 'number') return escapeText(String(hole))
  return 'markup' in hole ? hole.markup : hole.map(part => part.markup).join('')
}

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

function escapeText(text: string): string {
  // XML knows no way to write the last two characters of the basic plane.
  const written = redacted(printable(text, MAX_TEXT_LENGTH)).replace(/[\ufffe\uffff]/g, '\ufffd')
  return written.replace(/[&<>"']/g, character => entities[character]!)
}
