/** Reads YAML that a user wrote, and knows where each part of it stands. */
import { type Document, isAlias, isMap, isNode, isSeq, LineCounter, parseDocument, visit } from 'yaml'
import { printable } from '../printable.ts'
import type { FileError, FileSource, Path, Position, Problem } from './problem.ts'

/** Far beyond any file that somebody writes. */
export const MAX_FILE_BYTES = 2 ** 16

/** What a file holds, in words for its errors. */
export interface FileKind {
  /** Such as `a scenario`. */
  readonly name: string
  /** The keys that are needed, such as `about: and what happens`. */
  readonly least: string
  readonly Fault: new (source: FileSource, problems: readonly Problem[]) => FileError
}

export interface YamlFile {
  /** As JavaScript has it: objects, lists, texts, numbers. */
  readonly content: unknown
  readonly source: FileSource
}

/**
 * @param file - as it is shown to the user
 * @throws {FileError} the kind's own, with everything that is wrong
 */
export function readYaml(text: string, file: string, kind: FileKind): YamlFile {
  const lines = new LineCounter()
  const document = parse(text, file, kind, lines)
  const positionOf = (path: Path, of?: 'key') => positionAt(offsetOf(document, path, of), lines)
  return { content: document.toJS(), source: { file, positionOf } }
}

function parse(text: string, file: string, kind: FileKind, lineCounter: LineCounter): Document.Parsed {
  const refuse = (message: string) => new kind.Fault(startOf(file), [{ path: [], message }])
  if (Buffer.byteLength(text) > MAX_FILE_BYTES) throw refuse(`${kind.name} has at most ${MAX_FILE_BYTES} bytes`)
  try {
    const document = parseDocument(text, { lineCounter, prettyErrors: false, stringKeys: true, logLevel: 'error' })
    const faults = [...document.errors, ...document.warnings].map(({ message, pos: [offset] }) => ({ message, offset }))
    // The parser calls itself for each level, and makes an error of each that it had no room for.
    if (faults.some(({ message }) => message.includes('call stack'))) throw new RangeError('too deep')
    faults.push(...aliasesIn(document))
    if (document.contents === null && faults.length === 0) {
      faults.push({ message: `the file is empty; ${kind.name} has at least ${kind.least}`, offset: 0 })
    }
    if (faults.length > 0) throw new kind.Fault(...asProblems(faults, file, lineCounter))
    return document
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    throw refuse(`nested too deeply to be ${kind.name}`)
  }
}

/** What an alias stands for may be large, or hold itself. Nobody needs one. */
function aliasesIn(document: Document.Parsed): { message: string; offset: number }[] {
  const found: { message: string; offset: number }[] = []
  visit(document, {
    Alias: (_, node) => {
      found.push({ message: 'aliases (*name) are not read; write the value itself', offset: node.range?.[0] ?? 0 })
    }
  })
  return found
}

/** The numbers of the faults take the place of paths. */
function asProblems(
  faults: readonly { message: string; offset: number }[],
  file: string,
  lines: LineCounter
): [FileSource, Problem[]] {
  const positionOf = ([index]: Path) => positionAt(faults[Number(index)]?.offset ?? 0, lines)
  const problems = faults.map(({ message }, index) => ({ path: [index], message: oneLine(message) }))
  return [{ file, positionOf }, problems]
}

function oneLine(message: string): string {
  return printable(message.replace(/\s+/g, ' '), 200)
}

function startOf(file: string): FileSource {
  return { file, positionOf: () => ({ line: 1, column: 1 }) }
}

/** Where the value at the path begins, or its key; else the nearest part around it. */
function offsetOf(document: Document.Parsed, path: Path, of?: 'key'): number {
  let node: unknown = document.contents
  let offset = startOfNode(node) ?? 0
  for (const [depth, step] of path.entries()) {
    const pair = isMap(node) ? node.items.find(({ key }) => isNode(key) && String(key) === String(step)) : undefined
    const isWantedKey = of === 'key' && depth === path.length - 1
    if (pair !== undefined) node = isWantedKey ? pair.key : (pair.value ?? pair.key)
    else if (isSeq(node)) node = node.items[Number(step)]
    else return offset
    offset = startOfNode(node) ?? offset
  }
  return offset
}

function startOfNode(node: unknown): number | undefined {
  return isNode(node) && !isAlias(node) ? node.range?.[0] : undefined
}

function positionAt(offset: number, lines: LineCounter): Position {
  const { line, col } = lines.linePos(offset)
  return { line: Math.max(1, line), column: Math.max(1, col) }
}
