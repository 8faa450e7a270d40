/** `test-network [nodes] [seconds]`: the main command, and by its runner the simulation. */
import { Command } from 'commander'
import { MAX_NODES } from '../../scenario/plan.ts'
import {
  addNetworkOptions,
  deadlineArgument,
  networkOptionsOf,
  nodesArgument,
  refuseWhatDoesNotApply,
  seedOption
} from './options.ts'
import type { Usage } from './usages.ts'
import { SIMULATION, UsageError, wholeNumber } from './values.ts'

const DEFAULT_NODES = 5
const DEFAULT_DEADLINE_MS = 30_000

/** The scenario in which nodes start, and nothing breaks. */
const COLD_START = 'calm'

export function networkCommand(version: string, found: (usage: Usage) => void): Command {
  const command = new Command('test-network')
    .description('Starts N nodes, watches their address books, and says whether all of them agree, and if not why.')
    .version(version)
    .allowExcessArguments(false)
    .enablePositionalOptions()
    .addArgument(nodesArgument().default(DEFAULT_NODES))
    .addArgument(
      deadlineArgument('deadline; the run ends as soon as every check holds').default(
        DEFAULT_DEADLINE_MS,
        String(DEFAULT_DEADLINE_MS / 1_000)
      )
    )
  return addNetworkOptions(command)
    .addOption(seedOption('of a simulation; equal seeds give equal runs'))
    .option(
      '--bootstrap-peers <n>',
      'how many first nodes every later one is told of',
      wholeNumber('--bootstrap-peers', 0, MAX_NODES),
      1
    )
    .action((nodes: number, deadlineMs: number, given) => {
      refuseWhatDoesNotApply(command, given.runner)
      found(usageOf({ nodes, deadlineMs, given }))
    })
    .addHelpText(
      'after',
      '\nExit codes: 0 every check holds, 1 one does not, 2 wrong usage, 3 could not be told, 130 or 143 interrupted.'
    )
}

interface Given {
  nodes: number
  deadlineMs: number
  // biome-ignore lint/suspicious/noExplicitAny: what commander hands over
  given: any
}

function usageOf({ nodes, deadlineMs, given }: Given): Usage {
  const { runner, seed, bootstrapPeers } = given
  const options = networkOptionsOf(given)
  if (runner === SIMULATION) {
    const planned = { scenario: COLD_START, nodes, deadlineMs, seed, plan: false, onlySteps: undefined }
    return { kind: 'scenario', runner, ...planned, ...options }
  }
  if (seed !== undefined) throw new UsageError(`--seed goes with --runner ${SIMULATION}`)
  return { kind: 'run', runner, nodes, deadlineMs, bootstrapPeers, ...options }
}
