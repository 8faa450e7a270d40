/** `test-network [nodes] [seconds]`: the main command, and by its runner the simulation. */
import { Command, Option } from 'commander'
import { MAX_NODES } from '../../scenario/plan.ts'
import { addNetworkOptions, deadlineArgument, networkOptionsOf, nodesArgument, seedOption } from './options.ts'
import type { Usage } from './usages.ts'
import { faultNumbers, SIMULATION, UsageError, wholeNumber } from './values.ts'

const DEFAULT_NODES = 5
const DEFAULT_DEADLINE_MS = 30_000

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
    .argument('[scenario]', 'what happens in a simulation')
  return addNetworkOptions(command)
    .addOption(seedOption('of a simulation; equal seeds give equal runs'))
    .addOption(
      new Option('--only-faults <list>', 'numbers of the faults of a simulation that happen, or none').argParser(
        faultNumbers
      )
    )
    .option(
      '--bootstrap-peers <n>',
      'how many first nodes every later one is told of',
      wholeNumber('--bootstrap-peers', 0, MAX_NODES),
      1
    )
    .action((nodes: number, deadlineMs: number, scenario: string | undefined, given) =>
      found(usageOf({ nodes, deadlineMs, scenario, given }))
    )
    .addHelpText(
      'after',
      '\nExit codes: 0 every check holds, 1 one does not, 2 wrong usage, 3 could not be told, 130 or 143 interrupted.'
    )
}

interface Given {
  nodes: number
  deadlineMs: number
  scenario: string | undefined
  // biome-ignore lint/suspicious/noExplicitAny: what commander hands over
  given: any
}

function usageOf({ nodes, deadlineMs, scenario, given }: Given): Usage {
  const { runner, seed, onlyFaults, bootstrapPeers } = given
  const options = networkOptionsOf(given)
  if (runner === SIMULATION) {
    const { settleMs, out, json } = options
    const simulated = { scenario: scenario ?? 'calm', seed: seed ?? 1, onlyFaults }
    return { kind: 'simulate', nodes, deadlineMs, settleMs, out, json, ...simulated }
  }
  const only = Object.entries({ scenario, '--seed': seed, '--only-faults': onlyFaults })
  const misplaced = only.find(([, value]) => value !== undefined)?.[0]
  if (misplaced !== undefined) throw new UsageError(`${misplaced} goes with --runner ${SIMULATION}`)
  return { kind: 'run', runner, nodes, deadlineMs, bootstrapPeers, ...options }
}
