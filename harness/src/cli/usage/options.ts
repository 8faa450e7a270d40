/** Arguments and options that several commands have in common. */
import { availableParallelism } from 'node:os'
import { Argument, type Command, Option } from 'commander'
import type { ClusterUsage } from '../../runners/registry.ts'
import { MAX_NODES, MIN_NODES } from '../../scenario/plan.ts'
import type { LiveUsage, NetworkUsage } from './usages.ts'
import {
  cpuCount,
  durationOf,
  memorySize,
  nodeCommand,
  runnerName,
  SIMULATION,
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
  return new Argument('[seconds]', description).argParser(durationOf('seconds', { bare: 's', minMs: 1 }))
}

/** Where and how the nodes of a run are started, and what is told of it. */
export function addNetworkOptions<C extends Command>(command: C): C {
  command
    .addOption(
      new Option('--settle <duration>', 'how long every check must hold')
        .argParser(durationOf('--settle', { bare: 's', minMs: 0 }))
        .default(1_000, '1s')
    )
    .addOption(
      new Option('--runner <name>', 'where the nodes run').choices(WHERE).argParser(runnerName).default('process')
    )
    .addOption(
      new Option('--node-command <command>', 'put this program under test (docs/CONTRACT.md)')
        .argParser(nodeCommand)
        .default(undefined, 'the libp2p node of the package')
    )
    .option('--json', 'print the verdict as one JSON document and nothing else')
    .addOption(
      new Option('--out <folder>', 'where the folder of the run is made').default(
        undefined,
        'runs, or $XDG_STATE_HOME/gossip-testbed where that cannot be written'
      )
    )
    .option('--mdns', 'let the nodes look for each other by multicast DNS')
    .addOption(
      new Option('--starts <n>', 'how many nodes may be starting at once')
        .argParser(wholeNumber('--starts', 1, 1_000))
        .default(availableParallelism(), 'as many as there are cores')
    )
  for (const option of [...imageOptions(), ...clusterOptions(), ...announceOptions()]) command.addOption(option)
  return command
}

function imageOptions(): Option[] {
  return [
    new Option('--image <name>', 'image under test, with --runner container or kubernetes').default(
      undefined,
      'one with the libp2p node of the package'
    ),
    new Option('--memory <size>', 'of each container, such as 256m or 1g')
      .argParser(memorySize)
      .default(undefined, 'no limit, and 512m in a cluster'),
    new Option('--cpus <n>', 'of each container, such as 0.5').argParser(cpuCount).default(undefined, 'no limit')
  ]
}

/** Which cluster `--runner kubernetes` uses. */
export function placeOptions(): Option[] {
  return [
    new Option('--context <name>', 'of the kubeconfig, with --runner kubernetes').default(undefined, 'the current one'),
    new Option('--namespace <name>', 'of the cluster, with --runner kubernetes').default(
      undefined,
      'that of the context'
    )
  ]
}

function clusterOptions(): Option[] {
  const command = (flag: string, what: string) =>
    new Option(flag, `for a shell: ${what} $MACHINE`).default(undefined, 'machines cannot be cut off')
  return [
    ...placeOptions(),
    command('--cut-command <command>', 'cuts off the machine'),
    command('--heal-command <command>', 'connects the machine'),
    new Option('--agent-image <name>', "the package's image, for pods of another image").default(
      undefined,
      'the name that the image command gives it'
    )
  ]
}

/** By option, the values that tell of a cluster. */
export function clusterValues(cluster: ClusterUsage): Record<string, string | undefined> {
  return {
    '--context': cluster.context,
    '--namespace': cluster.namespace,
    '--cut-command': cluster.cutCommand,
    '--heal-command': cluster.healCommand,
    '--agent-image': cluster.agentImage
  }
}

function announceOptions(): Option[] {
  const interval = durationOf('--announce-interval-ms', { bare: 'ms', minMs: 100, maxMs: 3_600_000 })
  const ttl = durationOf('--ttl-ms', { bare: 'ms', minMs: 1_000 })
  return [
    new Option('--announce-interval-ms <duration>', 'between two announcements of a node')
      .argParser(interval)
      .default(undefined, 'that of the program'),
    new Option('--ttl-ms <duration>', 'how long a node is listed without news')
      .argParser(ttl)
      .default(undefined, 'that of the program')
  ]
}

export function seedOption(description: string): Option {
  return new Option('--seed <n>', description).argParser(wholeNumber('--seed', 0, MAX_SEED))
}

/** What `addNetworkOptions` has found, apart from the runner. */
// biome-ignore lint/suspicious/noExplicitAny: commander types the options of a chain that is written at one place
export function networkOptionsOf(given: any): Omit<NetworkUsage, 'runner'> {
  const { settle, starts, memory, nodeCommand, image, cpus, out, announceIntervalMs, ttlMs } = given
  const { context, namespace, cutCommand, healCommand, agentImage } = given
  return {
    cluster: { context, namespace, cutCommand, healCommand, agentImage },
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

/** How a run can be watched while it goes on. */
export function addLiveOptions<C extends Command>(command: C): C {
  return command
    .option('--ui', 'show the run on a page while it goes on; its address is printed')
    .addOption(
      new Option('--ui-port <n>', 'of this host, for the page of --ui')
        .argParser(wholeNumber('--ui-port', 0, 65_535))
        .default(undefined, 'any that is free')
    )
}

/**
 * What `addLiveOptions` has found.
 *
 * @throws {UsageError} when there is nothing to show
 */
// biome-ignore lint/suspicious/noExplicitAny: as in `networkOptionsOf`
export function liveUsageOf({ ui = false, uiPort, plan = false }: any): LiveUsage {
  if (!ui && uiPort !== undefined) throw new UsageError('--ui-port goes with --ui')
  if (ui && plan) throw new UsageError('--ui goes with a run, not with --plan, which only tells what would happen')
  return { uiPort: ui ? (uiPort ?? 0) : undefined }
}

/** As many nodes as this in one process: more would wait for each other's turns longer than for the network. */
const MAX_PER_PROCESS = 500

/** Nodes that share processes. */
export function sharingOption(): Option {
  return new Option(
    '--per-process <k>',
    'how many nodes of the package share a process, so that hundreds fit on a host'
  )
    .argParser(wholeNumber('--per-process', 2, MAX_PER_PROCESS))
    .default(undefined, 'each has its own')
}

/** What only a program that is started can make use of. */
const OF_PROCESSES = ['nodeCommand', 'announceIntervalMs', 'ttlMs', 'mdns', 'starts', 'bootstrapPeers', 'perProcess']

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
