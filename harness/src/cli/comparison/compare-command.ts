/** `compare` on the command line: its options, and what they may be. */
import { Option } from 'commander'
import { COMPARED_SCENARIO_NAMES, type ComparedScenarioName } from '../../comparison/names.ts'
import { printable } from '../../printable.ts'
import { MAX_NODES } from '../../scenario/plan.ts'
import { didYouMean } from '../../yaml/did-you-mean.ts'
import { givenTo } from '../comparing/comparing-commands.ts'
import { seedOption } from '../usage/options.ts'
import { UsageCommand } from '../usage/usage-command.ts'
import type { Usage } from '../usage/usages.ts'
import { durationOf, numberList, UsageError, wholeNumber } from '../usage/values.ts'

const RUNNERS = ['netns', 'process'] as const

const DEFAULT_NODES = [10, 50]

/** Of the scenarios: one that stays, one that is killed, two that join, and others to tell of it. */
const MIN_COMPARED_NODES = 5

/** Six runs are the fewest whose exact interval of the median holds 95 %. */
const DEFAULT_REPEAT = 6
const MAX_REPEAT = 50

const DEFAULT_MAX_MS = 6_000_000

export function compareCommand(found: (usage: Usage) => void): UsageCommand {
  const command = new UsageCommand('compare')
    .description('Runs other systems beside ours in the same scenarios, and makes one table and one page of it.')
    .allowExcessArguments(false)
  for (const option of [...gridOptions(), ...whereOptions()]) command.addOption(option)
  return command
    .option('--json', 'print the comparison as one JSON document and nothing else')
    .canFail()
    .canBeInterrupted()
    .example('test-network compare', 'All systems that can be built here, with 10 and 50 nodes.')
    .example('test-network compare --systems ours,serf --nodes 10 --repeat 2', 'A first look at two of them.')
    .example('test-network compare --resume runs/latest', 'Goes on where it was stopped.')
    .example('test-network diff runs/before runs/latest', 'Whether a second comparison came to the same.')
    .action(given => {
      const { nodes, repeat, scenarios, systems, adapters, seed, runner, maxTime, out, resume, json = false } = given
      const grid = { nodes, repeat, scenarios, systems, adapters, seed, runner, maxMs: maxTime }
      found({ kind: 'compare', ...grid, out, resume, json, given: givenTo(command), all: given })
    })
}

function gridOptions(): Option[] {
  return [
    new Option('--nodes <list>', 'numbers of nodes, such as 10,50')
      .argParser(numberList('--nodes', wholeNumber('--nodes', MIN_COMPARED_NODES, MAX_NODES)))
      .default(DEFAULT_NODES, DEFAULT_NODES.join(',')),
    new Option('--repeat <n>', 'runs of each system, scenario and number of nodes')
      .argParser(wholeNumber('--repeat', 1, MAX_REPEAT))
      .default(DEFAULT_REPEAT),
    new Option('--scenarios <list>', 'what they are compared by, such as life,split')
      .choices(COMPARED_SCENARIO_NAMES)
      .argParser(scenarioList)
      .default([...COMPARED_SCENARIO_NAMES], 'all'),
    new Option('--systems <list>', 'which systems, such as ours,serf')
      .argParser(nameList)
      .default(undefined, 'ours, and all that can be built here'),
    seedOption('of the first round; each round has the next one').default(1)
  ]
}

function whereOptions(): Option[] {
  return [
    new Option('--adapters <folder>', 'where the other systems are described').default(
      undefined,
      'those of the package'
    ),
    new Option('--runner <name>', 'where the nodes run')
      .choices(RUNNERS)
      .default(undefined, 'netns where it can be used, else process'),
    new Option('--max-time <duration>', 'no run begins that could end later; it can go on with --resume')
      .argParser(durationOf('--max-time', { bare: 'm', minMs: 1 }))
      .default(DEFAULT_MAX_MS, '100m'),
    new Option('--out <folder>', 'where the folder of the comparison is made').default(
      undefined,
      'runs, or $XDG_STATE_HOME/gossip-testbed where that cannot be written'
    ),
    new Option('--resume <folder>', 'go on with the comparison of this folder, which was stopped').default(
      undefined,
      'a new one'
    )
  ]
}

function scenarioList(text: string): ComparedScenarioName[] {
  const words = text.split(',')
  const unknown = words.find(word => !COMPARED_SCENARIO_NAMES.some(name => name === word))
  if (unknown === undefined) return COMPARED_SCENARIO_NAMES.filter(name => words.includes(name))
  const near = didYouMean(unknown, COMPARED_SCENARIO_NAMES)
  throw new UsageError(
    `--scenarios must be some of ${COMPARED_SCENARIO_NAMES.join(',')}, not ${JSON.stringify(printable(text, 60))}${near}`
  )
}

function nameList(text: string): string[] {
  const names = text.split(',')
  if (names.every(name => name !== '')) return names
  throw new UsageError(`--systems must be names, such as ours,serf, not ${JSON.stringify(printable(text, 60))}`)
}
