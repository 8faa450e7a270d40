/** From the command line to what is wanted, complete and within its bounds; what is wrong with it is one line. */
import { availableParallelism } from 'node:os'
import { Argument, Command, CommanderError, Option } from 'commander'
import { parse as parseShell } from 'shell-quote'
import { type ProgramCommand, type RunnerName, runners } from './runners/registry.ts'

/** The message says in one line what was wrong and what would be right. */
export class UsageError extends Error {
  override name = 'UsageError'
}

export type Usage =
  | ({ kind: 'run' } & RunUsage)
  | { kind: 'conformance'; program: ProgramCommand; withinMs: number }
  /** Help or version, to be printed as it is. */
  | { kind: 'print'; text: string }

export interface RunUsage {
  runner: RunnerName
  nodes: number
  deadlineMs: number
  settleMs: number
  /** Our own node program if undefined. */
  nodeCommand: ProgramCommand | undefined
  json: boolean
  /** Folder for the folders of the runs; chosen by the harness if undefined. */
  out: string | undefined
  announceIntervalMs: number | undefined
  ttlMs: number | undefined
  mdns: boolean
  bootstrapPeers: number
  concurrentStarts: number
}

/** What a node takes at most: measured 72-77 MB for ours when ready, the rest for its book and buffers. */
const OWN_NODE_BYTES = 90e6
/** A foreign program may be much smaller: serf takes 14 MB. */
const FOREIGN_NODE_BYTES = 10e6

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
    .addOption(
      new Option('--settle <seconds>', 'how long every check must hold')
        .argParser(seconds('--settle', 0))
        .default(1_000, '1')
    )
    .addOption(
      new Option('--runner <name>', `where the nodes run: ${Object.keys(runners).join(', ')}`)
        .argParser(runnerName)
        .default('process', 'process')
    )
    .option('--node-command <command>', 'put this program under test (docs/CONTRACT.md)', nodeCommand)
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
    .action((nodes: number, deadlineMs: number, { settle, starts, json = false, mdns = false, ...options }) => {
      found({ kind: 'run', nodes, deadlineMs, settleMs: settle, concurrentStarts: starts, json, mdns, ...options })
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

function runnerName(text: string): RunnerName {
  if (Object.hasOwn(runners, text)) return text as RunnerName
  throw new UsageError(`--runner must be one of ${Object.keys(runners).join(', ')}, not ${shown(text)}`)
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
