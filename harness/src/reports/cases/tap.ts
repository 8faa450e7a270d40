/** The Judgement as TAP 14: a test point for the harness and for each rule, with YAML diagnostics. */
import { printable } from '../../printable.ts'
import type { Judged } from '../judged.ts'
import { headline } from '../words/headline.ts'
import { sharingText } from '../words/sharing.ts'
import { casesOf, type TestCase } from './cases.ts'

/** Messages of one test point; the rest is in the report. */
const MAX_MESSAGES = 20
const MAX_TEXT = 1_000

export function renderTap(judged: Judged): string {
  const cases = casesOf(judged)
  const shared = sharingText(judged.network)
  return [
    'TAP version 14',
    `1..${cases.length}`,
    `# ${judged.judgement.outcome.toUpperCase()}: ${text(headline(judged))}`,
    ...(shared === undefined ? [] : [`# ${text(shared)}`]),
    ...cases.flatMap((each, place) => testPoint(each, place + 1)),
    ''
  ].join('\n')
}

function testPoint({ name, asks, status, timeMs, code, messages }: TestCase, number: number): string[] {
  const isOk = status === 'pass' || status === 'skipped'
  const why = messages[0] === undefined ? '' : ` ${text(messages[0])}`
  const skip = status === 'skipped' ? ` # SKIP${why}` : ''
  const more = messages.length - MAX_MESSAGES
  const shown = messages.slice(0, MAX_MESSAGES).map(message => text(message))
  return [
    `${isOk ? 'ok' : 'not ok'} ${number} - ${description(name)}${skip}`,
    ...diagnostics({
      ...(!isOk && {
        severity: status,
        asks,
        ...(code !== undefined && { cause: code }),
        message: shown[0] ?? '',
        ...(shown.length > 1 && { messages: shown }),
        ...(more > 0 && { moreMessages: more })
      }),
      ...(timeMs > 0 && { duration_ms: Number(timeMs.toFixed(3)) })
    })
  ]
}

/** Each value on one line, as JSON, which YAML 1.2 reads too: no text can end the block or begin a test point. */
function diagnostics(entries: object): string[] {
  const lines = Object.entries(entries).map(([key, value]) => `  ${key}: ${JSON.stringify(value)}`)
  return lines.length === 0 ? [] : ['  ---', ...lines, '  ...']
}

/** A number sign in it would begin a directive. */
function description(name: string): string {
  return name.replace(/[\\#]/g, '\\$&')
}

function text(message: string): string {
  return printable(message, MAX_TEXT)
}
