/** What became of the mutants: lines for people, and a file with everything. */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Mutant } from './mutant.ts'
import type { Tried } from './try.ts'

export interface Results {
  readonly campaign: string
  readonly seed: number
  /** All mutants that there are, of which the sample is a part. */
  readonly outOf: number
  /** Mutants that the compiler refused, which others replaced in the sample. */
  readonly refused: number
  readonly tried: readonly Tried[]
}

const MAX_CODE = 70

export function progressLine({ mutant, killed }: Tried): string {
  const fate = killed === undefined ? 'SURVIVED' : killed.how === 'failed' ? 'killed' : 'killed (timed out)'
  return `${fate.padEnd(18)} ${described(mutant)}${killed === undefined ? '' : `   ${killed.by}`}`
}

/** A row for each kind of change, the sum, and the survivors with the number of test files that ran. */
export function table({ campaign, seed, outOf, refused, tried }: Results): string {
  const kinds = [...Map.groupBy(tried, ({ mutant }) => mutant.mutator)].sort(([a], [b]) => (a < b ? -1 : 1))
  const survivors = tried.filter(({ killed }) => killed === undefined)
  return [
    '',
    row('change', 'mutants', 'killed', 'timed out', 'survived'),
    ...kinds.map(([kind, of]) => counted(kind, of)),
    counted('all', tried),
    '',
    `${campaign}, seed ${seed}: ${tried.length} of ${outOf} mutants; the compiler refused ${refused} others`,
    ...survivors.map(({ mutant, survived }) => `survived ${survived.length} test files: ${described(mutant)}`)
  ].join('\n')
}

/** Resolves to the path of the file. */
export async function writeResults(root: string, results: Results): Promise<string> {
  const folder = join(root, 'runs')
  await mkdir(folder, { recursive: true })
  const path = join(folder, `mutants-${results.campaign}-${results.seed}.json`)
  await writeFile(path, `${JSON.stringify(results, undefined, 2)}\n`)
  return path
}

function counted(name: string, tried: readonly Tried[]): string {
  const timedOut = tried.filter(({ killed }) => killed?.how === 'timed out').length
  const survived = tried.filter(({ killed }) => killed === undefined).length
  return row(name, tried.length, tried.length - survived - timedOut, timedOut, survived)
}

function row(name: string, ...cells: (string | number)[]): string {
  return name.padEnd(24) + cells.map(cell => String(cell).padStart(11)).join('')
}

function described({ file, line, column, mutator, from, to }: Mutant): string {
  return `${file}:${line}:${column} ${mutator}: ${inLine(from)} -> ${inLine(to)}`
}

function inLine(code: string): string {
  const line = code.replaceAll(/\s+/g, ' ')
  return line.length > MAX_CODE ? `${line.slice(0, MAX_CODE)}...` : line
}
