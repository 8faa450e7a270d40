/** Text of strangers in Markdown and in workflow commands: it stays text. */
import { printable } from '../../printable.ts'

/** What has a meaning anywhere in a line of GitHub's Markdown. Lines begin with words of the report, so what only begins one has none. */
const SPECIAL = /[\\`*_{}[\]<>&#|~@!$]|:(?=\S)|(?<=www)\./gi

/** One line of Markdown that shows the text as it is. `text` must be printable. */
export function escaped(text: string): string {
  return text.replace(SPECIAL, '\\$&')
}

/** As code, whatever backticks it holds. Not for a table, in which a vertical bar ends the cell. */
export function code(text: string, maxLength: number): string {
  const shown = printable(text, maxLength)
  const longest = Math.max(0, ...[...shown.matchAll(/`+/g)].map(([ticks]) => ticks.length))
  const fence = '`'.repeat(longest + 1)
  return longest === 0 ? `${fence}${shown}${fence}` : `${fence} ${shown} ${fence}`
}

/** The data of a workflow command. */
export function commandData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}

/** A property of a workflow command. */
export function commandProperty(text: string): string {
  return commandData(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
}
