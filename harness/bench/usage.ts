/** From the command line to what is to be measured; what is wrong with it is one line. */
import { Command, CommanderError } from 'commander'
import { UsageError } from '../src/cli/usage/values.ts'

export interface MeasureUsage {
  kind: 'measure'
  /** Figures by name; all if undefined. */
  only: string[] | undefined
  runs: number
  /** Sizes of the real networks; each figure's own if undefined. */
  nodes: number[] | undefined
  serf: boolean
  quick: boolean
  /** Folder for the folders of the runs; chosen by the harness if undefined. */
  out: string | undefined
}

export type BenchUsage =
  | MeasureUsage
  /** Write the numbers of this results.json into the documentation. */
  | { kind: 'write-docs'; resultsPath: string }
  | { kind: 'print'; text: string }

const DEFAULT_RUNS = 5
const MAX_NODES = 1_000

/**
 * @param figureNames what `--only` may name
 * @throws {UsageError}
 */
export function parseBenchUsage(argv: readonly string[], figureNames: readonly string[]): BenchUsage {
  let printed = ''
  const program = createProgram(figureNames)
    .exitOverride()
    .configureOutput({ writeOut: text => (printed += text), writeErr: () => {} })
  try {
    program.parse(argv, { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    if (error.exitCode === 0) return { kind: 'print', text: printed }
    throw new UsageError(`${error.message.replace(/^error: /, '').replace(/\.$/, '')}; see npm run bench -- --help`)
  }
  const { writeDocs, only, runs, nodes, serf, quick = false, out } = program.opts()
  if (writeDocs !== undefined) return { kind: 'write-docs', resultsPath: writeDocs }
  return { kind: 'measure', only, runs: runs ?? (quick ? 1 : DEFAULT_RUNS), nodes, serf, quick, out }
}

function createProgram(figureNames: readonly string[]): Command {
  return new Command('bench')
    .description('Measures the library on real nodes and in simulation, beside serf, and prints medians and limits.')
    .allowExcessArguments(false)
    .option('--only <names>', `measure only these: ${figureNames.join(', ')}`, names(figureNames))
    .option('--runs <n>', `how many times; ${DEFAULT_RUNS} if not given`, wholeNumber('--runs', 1, 100))
    .option('--nodes <sizes>', 'sizes of the real networks, for example 10,50', sizes)
    .option('--no-serf', 'leave serf out')
    .option('--quick', 'once, with few nodes, in a few minutes: shows that it works')
    .option('--out <folder>', 'where the folder of the run is made; runs/ if not given')
    .option('--write-docs <results.json>', 'measure nothing: write these numbers into docs/PERFORMANCE.md')
}

function names(known: readonly string[]) {
  return (text: string): string[] => {
    const given = text.split(',')
    const unknown = given.find(name => !known.includes(name))
    if (unknown === undefined) return given
    throw new UsageError(`--only must name some of ${known.join(', ')}, not ${JSON.stringify(unknown.slice(0, 60))}`)
  }
}

function sizes(text: string): number[] {
  return [...new Set(text.split(',').map(wholeNumber('--nodes', 3, MAX_NODES)))].sort((a, b) => a - b)
}

function wholeNumber(option: string, min: number, max: number) {
  return (text: string): number => {
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN
    if (value >= min && value <= max) return value
    const given = JSON.stringify(text.slice(0, 60))
    throw new UsageError(`${option} must be a whole number from ${min} to ${max}, not ${given}`)
  }
}
