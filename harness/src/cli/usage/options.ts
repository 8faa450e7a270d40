/** Arguments and options that several commands have in common. */
import { availableParallelism } from 'node:os'
import { Argument, type Command, Option } from 'commander'
import { MAX_NODES, MIN_NODES } from '../../scenario/plan.ts'
import type { NetworkUsage } from './usages.ts'
import {
  cpuCount,
  memorySize,
  nodeCommand,
  runnerName,
  SIMULATION,
  secondsOf,
  UsageError,
  WHERE,
  wholeNumber
} from './values.ts'

const MAX_SEED = 2 ** 31 - 1

/** How many nodes. */
export function nodesArgument(): Argument {
  return new Argument('[nodes]', 'how many nodes').argParser(wholeNumber('nodes', MIN_NODES, MAX_NODES))
}

/** In ms. */
export function deadlineArgument(description: string): Argument {
  return new Argument('[seconds]', description).argParser(secondsOf('seconds', 0.001))
}

/** Where and how the nodes of a run are started, and what is told of it. */
export function addNetworkOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--settle <seconds>', 'how long every check must hold')
        .argParser(secondsOf('--settle', 0))
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
      '--starts <n>',
      'how many nodes may be starting at once',
      wholeNumber('--starts', 1, 1_000),
      availableParallelism()
    )
}

export function seedOption(description: string): Option {
  return new Option('--seed <n>', description).argParser(wholeNumber('--seed', 0, MAX_SEED))
}

/** What `addNetworkOptions` has found, apart from the runner. */
// biome-ignore lint/suspicious/noExplicitAny: commander types the options of a chain that is written at one place
export function networkOptionsOf(given: any): Omit<NetworkUsage, 'runner'> {
  const { settle, starts, memory, nodeCommand, image, cpus, out, announceIntervalMs, ttlMs } = given
  return {
    settleMs: settle,
    concurrentStarts: starts,
    memoryBytes: memory,
    json: given.json ?? false,
    mdns: given.mdns ?? false,
    nodeCommand,
    image,
    cpus,
    out,
    announceIntervalMs,
    ttlMs
  }
}

/** What only a program that is started can make use of. */
const OF_PROCESSES = ['nodeCommand', 'announceIntervalMs', 'ttlMs', 'mdns', 'starts', 'bootstrapPeers']

/**
 * A simulation runs the core of our own library, and starts no program.
 *
 * @throws {UsageError} when something was given that it would have to ignore
 */
export function refuseWhatDoesNotApply(command: Command, runner: string): void {
  const isSimulation = runner === SIMULATION
  const refused = (isSimulation ? OF_PROCESSES : ['onlySteps']).find(
    name => command.getOptionValueSource(name) === 'cli'
  )
  if (refused === undefined) return
  const { long } = command.options.find(option => option.attributeName() === refused)!
  const where = isSimulation ? `a runner of processes, not with ${SIMULATION}` : `--runner ${SIMULATION}`
  throw new UsageError(`${long} goes with ${where}`)
}
