/**
 * From bytes on a node's stdout to lines of the contract. Whatever the bytes are, each line ends as a `NodeLine` or as
 * a finding, and memory stays bounded. What this file throws is a fault of the harness.
 */
import { TextDecoder } from 'node:util'
import { MAX_LINE_BYTES, type NodeLine, nodeLineSchema } from '../../contract.ts'
import type { ContractFinding } from '../../history/history.ts'
import { printable } from '../../printable.ts'
import { createFieldHolder, type FieldHolder } from './fields.ts'
import { createLineSplitter } from './split-lines.ts'

/** Findings kept for each process; the rest are counted in one last finding. */
export const MAX_FINDINGS = 100

/** Characters of a faulty line that a finding keeps. */
const MAX_TEXT_LENGTH = 199

export interface LineHandlers {
  line(line: NodeLine): void
  finding(finding: ContractFinding): void
}

export interface LineReader {
  /** Reads on; returns how many lines ended in `chunk`. */
  push(chunk: Uint8Array): number
  /** In place of `push`, where somebody else parts the lines. `isCut`: it was too long, and these are its first bytes. */
  readLine(bytes: Uint8Array, isCut: boolean): void
  /** Reports a finding about the stream and not about the text of one line; it does not count towards MAX_FINDINGS. */
  report(fault: string): void
  /** The stream is over: half a line is a finding, and so is the number of findings that were not kept. */
  end(): void
}

/** BOUNDED: holds at most `maxLineBytes` of an unfinished line. */
export function createLineReader(handlers: LineHandlers, maxLineBytes = MAX_LINE_BYTES): LineReader {
  const utf8 = new TextDecoder('utf-8', { fatal: true })
  const hold = createFieldHolder()
  let lineNumber = 1
  let findings = 0

  const report = (fault: string, text: string) => {
    findings += 1
    if (findings > MAX_FINDINGS) return
    handlers.finding({ lineNumber, fault: printable(fault, 300), text: printable(text, MAX_TEXT_LENGTH) })
  }
  const readLine = (bytes: Uint8Array, isCut: boolean) => {
    const parsed = isCut
      ? { fault: `line longer than ${maxLineBytes} bytes`, text: beginning(bytes) }
      : parseLine(bytes, utf8, hold)
    if ('line' in parsed) handlers.line(parsed.line)
    else report(parsed.fault, parsed.text)
    lineNumber += 1
  }
  const lines = createLineSplitter(maxLineBytes, readLine)

  return {
    push: lines.push,
    readLine,
    report(fault) {
      handlers.finding({ lineNumber, fault, text: '' })
    },
    end() {
      const rest = lines.end()
      if (rest.length > 0) report('output ends in the middle of a line', beginning(rest))
      if (findings <= MAX_FINDINGS) return
      const more = findings - MAX_FINDINGS
      handlers.finding({ lineNumber, fault: `${more} more faults after the first ${MAX_FINDINGS}`, text: '' })
    }
  }
}

/** A line of the contract, or what is wrong with it. */
function parseLine(
  bytes: Uint8Array,
  utf8: TextDecoder,
  hold: FieldHolder
): { line: NodeLine } | { fault: string; text: string } {
  let text: string
  try {
    text = utf8.decode(bytes)
  } catch {
    return { fault: 'line is not UTF-8', text: beginning(bytes) }
  }
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return { fault: text.trim() === '' ? 'line is empty' : 'line is not JSON', text }
  }
  const parsed = nodeLineSchema.safeParse(value)
  if (!parsed.success) return { fault: faultOf(value, parsed.error.issues), text }
  const held = hold(parsed.data)
  return typeof held === 'string' ? { fault: held, text } : { line: held }
}

type Issues = NonNullable<ReturnType<typeof nodeLineSchema.safeParse>['error']>['issues']

/** The first thing that is wrong, by its place in the line: `entries[0].seq: expected number, received string`. */
function faultOf(value: unknown, issues: Issues): string {
  const issue = issues[0]
  if (issue === undefined) return 'line breaks the contract'
  const message = issue.message.replace(/^Invalid input: /, '')
  if (issue.path.length === 0) return message
  if (issue.code === 'invalid_union') return faultOfType(value)
  const more = issues.length > 1 ? ` (and ${issues.length - 1} more)` : ''
  return `${typeOf(value)}: ${pathOf(issue.path)}: ${message}${more}`
}

function faultOfType(value: unknown): string {
  const known = nodeLineSchema.options.map(option => option.shape.type.value).join(', ')
  return `type: ${inShort(typeOf(value))} is none of ${known}`
}

function typeOf(value: unknown): unknown {
  return (value as { type?: unknown }).type
}

/** Never looks into a value: it may be nested deeper than any function can follow. */
function inShort(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.slice(0, 40))
  if (Array.isArray(value)) return 'a list'
  return typeof value === 'object' && value !== null ? 'an object' : String(value)
}

function pathOf(path: readonly PropertyKey[]): string {
  return path.map((key, i) => (typeof key === 'number' ? `[${key}]` : `${i > 0 ? '.' : ''}${String(key)}`)).join('')
}

function beginning(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes.subarray(0, 4 * MAX_TEXT_LENGTH))
}
