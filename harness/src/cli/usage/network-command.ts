/** `test-network [nodes] [seconds]`: the main command, and by its runner the simulation. */
import { Option } from 'commander'
import { MAX_NODES } from '../../scenario/plan.ts'
import {
  addLiveOptions,
  addNetworkOptions,
  deadlineArgument,
  liveUsageOf,
  networkOptionsOf,
  nodesArgument,
  refuseWhatDoesNotApply,
  seedOption,
  sharingOption
} from './options.ts'
import { UsageCommand } from './usage-command.ts'
import type { Usage } from './usages.ts'
import { SIMULATION, UsageError, wholeNumber } from './values.ts'

const DEFAULT_NODES = 5
const DEFAULT_DEADLINE_MS = 30_000

/** The scenario in which nodes start, and nothing breaks. */
const COLD_START = 'calm'

/** @param parseNodes - reads the first argument, and refuses what is neither a number nor a command */
export function networkCommand(
  version: string,
  found: (usage: Usage) => void,
  parseNodes: (text: string) => number
): UsageCommand {
  const command = new UsageCommand('test-network')
    .description('Starts N nodes, watches their address books, and says whether all of them agree, and if not why.')
    .usage('[options] [nodes] [seconds]\n       test-network <command> [options]')
    .version(version, '-V, --version', 'print the version')
    .allowExcessArguments(false)
    .enablePositionalOptions()
    .addArgument(nodesArgument().argParser(parseNodes).default(DEFAULT_NODES))
    .addArgument(
      deadlineArgument('deadline, such as 30, 500ms, 2m or 1h: the run ends as soon as every check holds').default(
        DEFAULT_DEADLINE_MS,
        '30s'
      )
    )
  return addLiveOptions(addNetworkOptions(command))
    .addOption(seedOption('of a simulation; equal seeds give equal runs').default(undefined, '1'))
    .addOption(
      new Option('--bootstrap-peers <n>', 'how many first nodes every later one is told of')
        .argParser(wholeNumber('--bootstrap-peers', 0, MAX_NODES))
        .default(1)
    )
    .addOption(sharingOption())
    .judges('every check holds', 'a check does not hold, or not by the deadline')
    .canBeInterrupted()
    .example('test-network 10 60', 'Ten nodes, which have 60 seconds to find each other.')
    .example("test-network 10 2m --node-command 'python3 my_node.py'", 'Nodes of your own program.')
    .example('test-network 1000 10m --runner simulation', 'A thousand nodes in virtual time.')
    .example('test-network 500 2m --per-process 250', 'Five hundred real nodes, in two processes.')
    .example('test-network run split', 'A scenario: what breaks, when and for how long.')
    .example('test-network open', 'The report of the last run.')
    .action((nodes: number, deadlineMs: number, given) => {
      refuseWhatDoesNotApply(command, given.runner)
      found(usageOf({ nodes, deadlineMs, given }))
    })
}

interface Given {
  nodes: number
  deadlineMs: number
  // biome-ignore lint/suspicious/noExplicitAny: what commander hands over
  given: any
}

function usageOf({ nodes, deadlineMs, given }: Given): Usage {
  const { runner, seed, bootstrapPeers, perProcess } = given
  const options = { ...networkOptionsOf(given), ...liveUsageOf(given) }
  if (runner === SIMULATION) {
    const planned = { scenario: COLD_START, nodes, deadlineMs, seed, plan: false, onlySteps: undefined }
    return { kind: 'scenario', runner, ...planned, perProcess, ...options }
  }
  if (seed !== undefined) throw new UsageError(`--seed goes with --runner ${SIMULATION}`)
  return { kind: 'run', runner, nodes, deadlineMs, bootstrapPeers, perProcess, ...options }
}
