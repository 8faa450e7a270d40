/** From the command line to what is wanted, complete and within its bounds; what is wrong with it is one line. */
import { availableParallelism } from 'node:os'
import { Argument, Command, CommanderError, Option } from 'commander'
import { parse as parseShell } from 'shell-quote'
import { RUNNER_NAMES, type RunnerName } from '../runners/names.ts'
import type { ProgramCommand } from '../runners/registry.ts'

/** The message says in one line what was wrong and what would be right. */
export class UsageError extends Error {
  override name = 'UsageError'
}

export type Usage =
  | ({ kind: 'run' } & RunUsage)
  | ({ kind: 'simulate' } & SimulateUsage)
  | { kind: 'conformance'; program: ProgramCommand; withinMs: number }
  /** Of every run whose harness is gone if `runId` is undefined. */
  | { kind: 'clean'; runId: string | undefined }
  /** Help or version, to be printed as it is. */
  | { kind: 'print'; text: string }

export interface RunUsage {
  runner: RunnerName
  nodes: number
  deadlineMs: number
  settleMs: number
  /** Our own node program if undefined. */
  nodeCommand: ProgramCommand | undefined
  /** Only with the container runner, as are the two limits: the image of our own node program if undefined. */
  image: string | undefined
  memoryBytes: number | undefined
  cpus: number | undefined
  json: boolean
  /** Folder for the folders of the runs; chosen by the harness if undefined. */
  out: string | undefined
  announceIntervalMs: number | undefined
  ttlMs: number | undefined
  mdns: boolean
  bootstrapPeers: number
  concurrentStarts: number
}

export interface SimulateUsage {
  scenario: string
  nodes: number
  deadlineMs: number
  settleMs: number
  /** Equal seeds give equal runs. */
  seed: number
  /** Numbers of the faults that are injected; all if undefined. */
  onlyFaults: number[] | undefined
  json: boolean
  out: string | undefined
}

/** What a node takes at most: measured 72-77 MB for ours when ready, the rest for its book and buffers. */
const OWN_NODE_BYTES = 90e6
/** A foreign program may be much smaller: serf takes 14 MB. */
const FOREIGN_NODE_BYTES = 10e6

/** Not a runner of processes, but chosen in their place. */
const SIMULATION = 'simulation'
const WHERE: string[] = [...RUNNER_NAMES, SIMULATION]

const DEFAULT_ANNOUNCE_INTERVAL_MS = 10_000
const MIN_ANNOUNCEMENTS_PER_TTL = 3

/**
 * @param argv what follows the program's name
 * @param availableBytes of memory, for the greatest number of nodes
 * @throws {UsageError}
 */
export function parseUsage(
  argv: readonly string[],
  version: string,
  availableBytes = process.availableMemory()
): Usage {
  let usage: Usage | undefined
  let printed = ''
  const program = createProgram(version, found => {
    usage = found
  })
  const output = { writeOut: (text: string) => (printed += text), writeErr: () => {} }
  for (const command of [program, ...program.commands]) command.exitOverride().configureOutput(output)
  try {
    program.parse(argv, { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    if (error.exitCode === 0) return { kind: 'print', text: printed }
    throw new UsageError(messageOf(error))
  }
  if (usage?.kind === 'run') checkRelations(usage, availableBytes)
  return usage!
}

function createProgram(version: string, found: (usage: Usage) => void): Command {
  const program = new Command('test-network')
    .description('Starts N nodes, watches their address books, and says whether all of them agree, and if not why.')
    .version(version)
    .allowExcessArguments(false)
    .enablePositionalOptions()
    .argument('[nodes]', 'how many nodes', wholeNumber('nodes', 2, 60_000), 5)
    .addArgument(
      new Argument('[seconds]', 'deadline; the run ends as soon as every check holds')
        .argParser(seconds('seconds', 0.001))
        .default(30_000, '30')
    )
    .argument('[scenario]', 'what happens in a simulation')
    .addOption(
      new Option('--settle <seconds>', 'how long every check must hold')
        .argParser(seconds('--settle', 0))
        .default(1_000, '1')
    )
    .addOption(
      new Option('--runner <name>', `where the nodes run: ${WHERE.join(', ')}`)
        .argParser(runnerName)
        .default('process', 'process')
    )
    .option('--node-command <command>', 'put this program under test (docs/CONTRACT.md)', nodeCommand)
    .option('--image <name>', 'container image under test, with --runner container')
    .option('--memory <size>', 'of each container, such as 256m or 1g', memorySize)
    .option('--cpus <n>', 'of each container, such as 0.5', cpuCount)
    .option('--seed <n>', 'of a simulation; equal seeds give equal runs', wholeNumber('--seed', 0, 2 ** 31 - 1))
    .option('--only-faults <list>', 'numbers of the faults of a simulation that happen, or none', faultNumbers)
    .option('--json', 'print the verdict as one JSON document and nothing else')
    .option('--out <folder>', 'where the folder of the run is made; runs/ if not given')
    .option(
      '--announce-interval-ms <n>',
      'between two announcements of a node',
      wholeNumber('--announce-interval-ms', 100, 3_600_000)
    )
    .option('--ttl-ms <n>', 'how long a node is listed without news', wholeNumber('--ttl-ms', 1_000, 86_400_000))
    .option('--mdns', 'let the nodes look for each other by multicast DNS')
    .option(
      '--bootstrap-peers <n>',
      'how many first nodes every later one is told of',
      wholeNumber('--bootstrap-peers', 0, 60_000),
      1
    )
    .option(
      '--starts <n>',
      'how many nodes may be starting at once',
      wholeNumber('--starts', 1, 1_000),
      availableParallelism()
    )
    .action((nodes: number, deadlineMs: number, scenario: string | undefined, given) => {
      const { runner, settle, seed, onlyFaults, out, json = false } = given
      if (runner === SIMULATION) {
        const simulated = { scenario: scenario ?? 'calm', seed: seed ?? 1, onlyFaults }
        found({ kind: 'simulate', nodes, deadlineMs, settleMs: settle, out, json, ...simulated })
        return
      }
      const only = Object.entries({ scenario, '--seed': seed, '--only-faults': onlyFaults })
      const misplaced = only.find(([, value]) => value !== undefined)?.[0]
      if (misplaced !== undefined) throw new UsageError(`${misplaced} goes with --runner ${SIMULATION}`)
      const { starts, memory, mdns = false, ...options } = given
      const run = { settleMs: settle, concurrentStarts: starts, memoryBytes: memory, json, mdns, ...options }
      found({ kind: 'run', nodes, deadlineMs, ...run })
    })
  program.addHelpText(
    'after',
    '\nExit codes: 0 every check holds, 1 one does not, 2 wrong usage, 3 could not be told, 130 or 143 interrupted.'
  )
  program
    .command('conformance')
    .description('Starts one node of a program and says line by line where it breaks the contract (docs/CONTRACT.md).')
    .usage('[options] -- <command...>')
    .argument('<command...>', 'the program and its arguments')
    .addOption(
      new Option('--within <seconds>', 'waited for nodes to be ready, and to list each other')
        .argParser(seconds('--within', 0.001))
        .default(15_000, '15')
    )
    .passThroughOptions()
    .action((command: ProgramCommand, { within }) => found({ kind: 'conformance', program: command, withinMs: within }))
  program
    .command('clean')
    .description('Removes the processes and containers of runs whose harness was killed, and nothing else.')
    .option('--run <id>', 'this run instead, whatever became of its harness', runId)
    .allowExcessArguments(false)
    .action(({ run }) => found({ kind: 'clean', runId: run }))
  return program
}

function messageOf({ code, message }: CommanderError): string {
  const negative = /^error: unknown option '(-[\d.]+)'/.exec(message)?.[1]
  if (negative !== undefined)
    return `nodes and seconds must be above 0, not ${negative}; for example: test-network 5 30`
  if (code === 'commander.missingArgument')
    return 'conformance wants a program: test-network conformance -- node my-node.js'
  const oneLine = message.replace(/^error: /, '').replace(/\s*\n\s*/g, ' ')
  return `${oneLine.replace(/\.$/, '')}; see test-network --help`
}

function checkRelations(usage: RunUsage, availableBytes: number): void {
  const { nodes, deadlineMs, settleMs, bootstrapPeers, mdns } = usage
  checkContainerOptions(usage)
  const fitting = Math.floor(availableBytes / (usage.nodeCommand === undefined ? OWN_NODE_BYTES : FOREIGN_NODE_BYTES))
  if (nodes > fitting) {
    const freeMegabytes = Math.floor(availableBytes / 1e6)
    throw new UsageError(
      `nodes must be at most ${fitting}, for which the ${freeMegabytes} MB of free memory suffice, not ${nodes}`
    )
  }
  if (settleMs >= deadlineMs) {
    throw new UsageError(
      `--settle must be shorter than the deadline of ${deadlineMs / 1_000} s, not ${settleMs / 1_000} s`
    )
  }
  if (bootstrapPeers > nodes)
    throw new UsageError(`--bootstrap-peers must be at most the ${nodes} nodes, not ${bootstrapPeers}`)
  if (bootstrapPeers === 0 && !mdns) {
    throw new UsageError(
      '--bootstrap-peers must be at least 1, not 0: without one only --mdns lets nodes find each other'
    )
  }
  const minTtlMs = MIN_ANNOUNCEMENTS_PER_TTL * (usage.announceIntervalMs ?? DEFAULT_ANNOUNCE_INTERVAL_MS)
  if (usage.ttlMs !== undefined && usage.ttlMs < minTtlMs) {
    throw new UsageError(`--ttl-ms must be at least ${minTtlMs}, three times the announce interval, not ${usage.ttlMs}`)
  }
}

function checkContainerOptions({ runner, image, nodeCommand, memoryBytes, cpus }: RunUsage): void {
  const given = Object.entries({ '--image': image, '--memory': memoryBytes, '--cpus': cpus })
  const name = given.find(([, value]) => value !== undefined)?.[0]
  if (name !== undefined && runner !== 'container') throw new UsageError(`${name} goes with --runner container`)
  if (runner === 'container' && nodeCommand !== undefined && image === undefined) {
    throw new UsageError('--node-command in a container needs --image, the image that holds the program')
  }
}

function wholeNumber(name: string, min: number, max: number) {
  return (text: string): number => {
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN
    if (value >= min && value <= max) return value
    throw new UsageError(`${name} must be a whole number from ${min} to ${max}, not ${shown(text)}`)
  }
}

/** In ms. */
function seconds(name: string, min: number) {
  return (text: string): number => {
    const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN
    if (value >= min && value <= 86_400) return value * 1_000
    const range = min === 0 ? 'from 0 to 86400' : 'above 0 and up to 86400'
    throw new UsageError(`${name} must be a number of seconds ${range}, not ${shown(text)}`)
  }
}

const bytesOf: Record<string, number> = { k: 2 ** 10, m: 2 ** 20, g: 2 ** 30 }

/** In bytes, with Docker's units. */
function memorySize(text: string): number {
  const [, number, unit = ''] = /^(\d+)([kmg])$/i.exec(text) ?? []
  const bytes = Number(number) * (bytesOf[unit.toLowerCase()] ?? Number.NaN)
  // Docker takes no less than 6 MB.
  if (bytes >= 6 * 2 ** 20 && bytes <= 2 ** 50) return bytes
  throw new UsageError(`--memory must be a size of at least 6m, such as 256m or 1g, not ${shown(text)}`)
}

function cpuCount(text: string): number {
  const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN
  if (value >= 0.01 && value <= 1_000) return value
  throw new UsageError(`--cpus must be a number from 0.01 to 1000, such as 0.5, not ${shown(text)}`)
}

function runId(text: string): string {
  if (/^([0-9a-f]{8}|[0-9a-f]{16})$/.test(text)) return text
  throw new UsageError(`--run must be the id of a run, 8 or 16 characters from 0 to f, not ${shown(text)}`)
}

function runnerName(text: string): string {
  if (WHERE.includes(text)) return text
  throw new UsageError(`--runner must be one of ${WHERE.join(', ')}, not ${shown(text)}`)
}

function faultNumbers(text: string): number[] {
  if (text === 'none') return []
  return text.split(',').map(wholeNumber('--only-faults', 0, 1_000_000))
}

function nodeCommand(text: string): ProgramCommand {
  const words = parseShell(text, process.env)
  const operator = words.find(word => typeof word !== 'string')
  if (operator !== undefined) {
    throw new UsageError(
      `--node-command is run without a shell, which ${shown(text)} needs; write: sh -c '... "$@"' node`
    )
  }
  const [program, ...args] = words as string[]
  if (program === undefined || program === '')
    throw new UsageError('--node-command must name a program, for example: node my-node.js')
  return [program, ...args]
}

function shown(text: string): string {
  return JSON.stringify(text.slice(0, 60))
}
