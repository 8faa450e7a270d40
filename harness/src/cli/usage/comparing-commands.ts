/** The commands that compare runs: many of a grid, or two. */
import { Command, Option } from 'commander'
import { MAX_NODES, MIN_NODES } from '../../scenario/plan.ts'
import { addNetworkOptions, networkOptionsOf, refuseWhatDoesNotApply, seedOption } from './options.ts'
import type { Usage } from './usages.ts'
import { hours, numberList, percentOf, wholeNumber } from './values.ts'

type Found = (usage: Usage) => void

const DEFAULT_NODES = [5, 10, 20]
const DEFAULT_REPEAT = 5

/** The exact test of 50 runs against 50 takes 30 ms. */
const MAX_REPEAT = 50

const DEFAULT_HOURS = 24
const MAX_HOURS = 1_000

export function sweepCommand(found: Found): Command {
  const command = new Command('sweep')
    .description('Runs a scenario at several numbers of nodes and losses, some times each, and says how figures grow.')
    .allowExcessArguments(false)
    .addOption(
      new Option('--nodes <list>', 'numbers of nodes, such as 5,10,20,50')
        .argParser(numberList('--nodes', wholeNumber('--nodes', MIN_NODES, MAX_NODES)))
        .default(DEFAULT_NODES, DEFAULT_NODES.join(','))
    )
    .option(
      '--loss <list>',
      'percents of all packets that links lose, such as 0,1,5; as the scenario has it if not given',
      numberList('--loss', percentOf('--loss'))
    )
    .option('--repeat <n>', 'runs of each cell', wholeNumber('--repeat', 1, MAX_REPEAT), DEFAULT_REPEAT)
    .option('--scenario <name>', 'the name of a shipped scenario, or a file', 'calm')
    .addOption(seedOption('of the first round; each round has the next one').default(1))
    .option('--baseline <file>', 'compare with this result of an earlier sweep; exit code 1 if a figure is worse')
    .option('--save-baseline <file>', 'keep the result in this file as well')
    .option('--resume <folder>', 'go on with the sweep of this folder, which was stopped')
    .option('--max-hours <n>', 'refuse a grid that would take longer', hours('--max-hours', MAX_HOURS), DEFAULT_HOURS)
  addNetworkOptions(command)
  const where = command.options.find(({ long }) => long === '--runner')!
  where.default(undefined).description += '; netns where it can be used if not given, else simulation'
  command.setOptionValue('runner', undefined)
  return command.action(given => {
    const { runner, nodes, loss, repeat, scenario, seed, baseline, saveBaseline, resume, maxHours } = given
    if (runner !== undefined) refuseWhatDoesNotApply(command, runner)
    const files = { baseline, saveBaseline, resume }
    const grid = { nodes, lossPercent: loss, repeat, scenario, seed, maxHours }
    found({ kind: 'sweep', runner, ...grid, ...files, given: givenTo(command), all: given, ...networkOptionsOf(given) })
  })
}

export function diffCommand(found: Found): Command {
  return new Command('diff')
    .description('Compares two runs: figures, findings, checks and plans. Exit code 1 if the second one is worse.')
    .argument('<before>', 'folder of a run')
    .argument('<after>', 'folder of another one, such as runs/latest')
    .option('--json', 'print the difference as one JSON document and nothing else')
    .allowExcessArguments(false)
    .action((before: string, after: string, { json = false }) => found({ kind: 'diff', before, after, json }))
}

function givenTo(command: Command): Record<string, unknown> {
  const names = command.options.map(option => option.attributeName())
  const given = names.filter(name => command.getOptionValueSource(name) === 'cli')
  return Object.fromEntries(given.map(name => [name, command.getOptionValue(name)]))
}
