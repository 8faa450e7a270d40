/** Mutants: sources with one small, mechanical change each. Stryker's instrumenter says which there are. */
import { createInstrumenter, type Instrumenter } from '@stryker-mutator/instrumenter'
import { createInjector } from 'typed-inject'

export interface Mutant {
  /** From the root of the repository. */
  readonly file: string
  /** From 1. */
  readonly line: number
  readonly column: number
  /** Stryker's name of the kind of change, such as `EqualityOperator`. */
  readonly mutator: string
  /** The code that is replaced, and where it is in the file. */
  readonly from: string
  readonly offset: number
  readonly to: string
}

const SILENT = { isTraceEnabled: no, isDebugEnabled: no, isInfoEnabled: no, isWarnEnabled: no, isErrorEnabled: no }
const LOGGER = { ...SILENT, isFatalEnabled: no, trace: no, debug: no, info: no, warn: no, error: no, fatal: no }

/** All mutants of a source, in the order of the file, but for those that only empty a {@link isSentence sentence}. */
export async function mutantsOf(file: string, source: string): Promise<Mutant[]> {
  const { mutants } = await instrument([{ name: file, content: source, mutate: true }])
  return mutants
    .map(mutant => described(mutant, source))
    .filter(mutant => !(mutant.mutator === 'StringLiteral' && isSentence(mutant.from)))
}

/** Sources with these mutants in them, each behind a switch. */
export interface Instrumented {
  readonly sources: ReadonlyMap<string, string>
  /** The name of a mutant's switch. */
  readonly idOf: (mutant: Mutant) => string
}

export async function instrumented(
  sources: ReadonlyMap<string, string>,
  mutants: readonly Mutant[]
): Promise<Instrumented> {
  const inFiles = [...Map.groupBy(mutants, ({ file }) => file)].map(([file, of]) => {
    const content = sources.get(file)!
    return { name: file, content, mutate: of.map(({ offset, from }) => rangeOf(content, offset, from.length)) }
  })
  const { files, mutants: placed } = await instrument(inFiles)
  const ids = new Map(placed.map(each => [keyOf(described(each, sources.get(each.fileName)!)), each.id]))
  return {
    sources: new Map(files.map(({ name, content }) => [name, content])),
    idOf: mutant => ids.get(keyOf(mutant))!
  }
}

async function instrument(files: Parameters<Instrumenter['instrument']>[0]) {
  const injector = createInjector().provideValue('logger', LOGGER)
  // It asks for no more of what Stryker provides.
  const instrumenter = createInstrumenter(injector as unknown as Parameters<typeof createInstrumenter>[0])
  return await instrumenter.instrument(files, { plugins: null, excludedMutations: [], ignorers: [] })
}

type Placed = Awaited<ReturnType<Instrumenter['instrument']>>['mutants'][number]

function described({ fileName, location: { start, end }, mutatorName, replacement }: Placed, source: string): Mutant {
  const lines = lineStartsOf(source)
  const offset = lines[start.line]! + start.column
  return {
    file: fileName,
    line: start.line + 1,
    column: start.column + 1,
    mutator: mutatorName,
    from: source.slice(offset, lines[end.line]! + end.column),
    offset,
    to: replacement
  }
}

/** Stryker counts lines from 0. */
function rangeOf(source: string, offset: number, length: number) {
  const positionOf = (at: number) => {
    const line = lineStartsOf(source).findLastIndex(start => start <= at)
    return { line, column: at - lineStartsOf(source)[line]! }
  }
  return { start: positionOf(offset), end: positionOf(offset + length) }
}

function lineStartsOf(source: string): number[] {
  return [0, ...[...source.matchAll(/\n/g)].map(({ index }) => index + 1)]
}

function keyOf({ file, offset, mutator, from, to }: Mutant): string {
  return JSON.stringify([file, offset, mutator, from, to])
}

/** The source with the change made. */
export function mutated(source: string, { offset, from, to }: Mutant): string {
  return source.slice(0, offset) + to + source.slice(offset + from.length)
}

/** A text for people, such as an error's message, in which a blank parts words. What such texts say is for reviews, not for tests. */
function isSentence(literal: string): boolean {
  return /\w[^\w]* [^\w]*\w/.test(literal.replaceAll(/\$\{[^}]*\}/g, 'x'))
}

function no(): false {
  return false
}
