/** Reads a scenario from YAML. Every fault is told with its line and column. */
import { type Document, isAlias, isMap, isNode, isSeq, LineCounter, parseDocument, visit } from 'yaml'
import { printable } from '../../printable.ts'
import type { Scenario } from '../scenario.ts'
import { explain } from './explain.ts'
import { type Path, type Problem, ScenarioError, type ScenarioSource } from './problem.ts'
import { checkReferences } from './references.ts'
import { scenarioSchema } from './schema.ts'

/** Far beyond any scenario that somebody writes. */
export const MAX_SCENARIO_BYTES = 2 ** 16

/**
 * @param file - as it is shown to the user
 * @throws {ScenarioError} with everything that is wrong
 */
export function readScenario(text: string, { name, file }: { name: string; file: string }): Scenario {
  const lines = new LineCounter()
  const document = parse(text, file, lines)
  const source = sourceOf(document, file, lines)
  const content = document.toJS()
  const read = scenarioSchema.safeParse(content)
  if (!read.success) throw new ScenarioError(source, explain(read.error.issues, content))
  const problems = checkReferences(read.data)
  if (problems.length > 0) throw new ScenarioError(source, problems)
  return { ...read.data, name, source }
}

function parse(text: string, file: string, lineCounter: LineCounter): Document.Parsed {
  if (Buffer.byteLength(text) > MAX_SCENARIO_BYTES) {
    throw new ScenarioError(startOf(file), [
      { path: [], message: `a scenario has at most ${MAX_SCENARIO_BYTES} bytes` }
    ])
  }
  try {
    const document = parseDocument(text, { lineCounter, prettyErrors: false, stringKeys: true, logLevel: 'error' })
    const faults = [...document.errors, ...document.warnings].map(({ message, pos: [offset] }) => ({ message, offset }))
    // The parser calls itself for each level, and makes an error of each that it had no room for.
    if (faults.some(({ message }) => message.includes('call stack'))) throw new RangeError('too deep')
    faults.push(...aliasesIn(document))
    if (document.contents === null && faults.length === 0) {
      faults.push({ message: 'the file is empty; a scenario has at least about: and what happens', offset: 0 })
    }
    if (faults.length > 0) throw new ScenarioError(...asProblems(faults, file, lineCounter))
    return document
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    throw new ScenarioError(startOf(file), [{ path: [], message: 'nested too deeply to be a scenario' }])
  }
}

/** What an alias stands for may be large, or hold itself. No scenario needs one. */
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
): [ScenarioSource, Problem[]] {
  const positionOf = ([index]: Path) => positionAt(faults[Number(index)]?.offset ?? 0, lines)
  const problems = faults.map(({ message }, index) => ({ path: [index], message: oneLine(message) }))
  return [{ file, positionOf }, problems]
}

function oneLine(message: string): string {
  return printable(message.replace(/\s+/g, ' '), 200)
}

function startOf(file: string): ScenarioSource {
  return { file, positionOf: () => ({ line: 1, column: 1 }) }
}

function sourceOf(document: Document.Parsed, file: string, lines: LineCounter): ScenarioSource {
  return {
    file,
    positionOf: (path, of) => positionAt(offsetOf(document, path, of), lines)
  }
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

function positionAt(offset: number, lines: LineCounter): { line: number; column: number } {
  const { line, col } = lines.linePos(offset)
  return { line: Math.max(1, line), column: Math.max(1, col) }
}
