/** The commands that compare runs: many of a grid, or two. */
import { Option } from 'commander'
import { MAX_NODES, MIN_NODES } from '../../scenario/plan.ts'
import { addNetworkOptions, networkOptionsOf, refuseWhatDoesNotApply, seedOption } from '../usage/options.ts'
import { UsageCommand } from '../usage/usage-command.ts'
import type { Usage } from '../usage/usages.ts'
import { durationOf, numberList, percentOf, wholeNumber } from '../usage/values.ts'

type Found = (usage: Usage) => void

const DEFAULT_NODES = [5, 10, 20]
const DEFAULT_REPEAT = 5

/** The exact test of 50 runs against 50 takes 30 ms. */
const MAX_REPEAT = 50

const DEFAULT_MAX_MS = 86_400_000

export function sweepCommand(found: Found): UsageCommand {
  const command = addNetworkOptions(
    new UsageCommand('sweep')
      .description(
        'Runs a scenario at several numbers of nodes and losses, some times each, and says how figures grow.'
      )
      .allowExcessArguments(false)
  )
  for (const option of [...gridOptions(), ...resultOptions()]) command.addOption(option)
  command.options
    .find(({ long }) => long === '--runner')!
    .default(undefined, 'netns where it can be used, else simulation')
  command.setOptionValue('runner', undefined)
  return command
    .judges('every run passed; with --baseline: no figure is worse', 'a run failed; with --baseline: a figure is worse')
    .canBeInterrupted()
    .example(
      'test-network sweep --nodes 5,10,20,50 --loss 0,1,5',
      'How a cold start grows with the network, and with loss.'
    )
    .example('test-network sweep --scenario crash --runner simulation', 'How soon a crash is noticed, in virtual time.')
    .example('test-network sweep --resume runs/latest', 'Goes on where it was stopped.')
    .example('test-network sweep --repeat 10 --save-baseline before.json', 'What a later sweep is compared with:')
    .example('test-network sweep --repeat 10 --baseline before.json', 'Exit code 1 if a figure is worse.')
    .action(given => {
      const { runner, nodes, loss, repeat, scenario, seed, baseline, saveBaseline, resume, maxTime } = given
      if (runner !== undefined) refuseWhatDoesNotApply(command, runner)
      const files = { baseline, saveBaseline, resume }
      const grid = { nodes, lossPercent: loss, repeat, scenario, seed, maxMs: maxTime }
      const values = { given: givenTo(command), all: given }
      found({ kind: 'sweep', runner, ...grid, ...files, ...values, ...networkOptionsOf(given) })
    })
}

function gridOptions(): Option[] {
  return [
    new Option('--nodes <list>', 'numbers of nodes, such as 5,10,20,50')
      .argParser(numberList('--nodes', wholeNumber('--nodes', MIN_NODES, MAX_NODES)))
      .default(DEFAULT_NODES, DEFAULT_NODES.join(',')),
    new Option('--loss <list>', 'percents of all packets that links lose, such as 0,1,5')
      .argParser(numberList('--loss', percentOf('--loss')))
      .default(undefined, 'links are as the scenario has them'),
    new Option('--repeat <n>', 'runs of each cell')
      .argParser(wholeNumber('--repeat', 1, MAX_REPEAT))
      .default(DEFAULT_REPEAT),
    new Option('--scenario <scenario>', 'the name of a shipped scenario, or a file').default('calm'),
    seedOption('of the first round; each round has the next one').default(1),
    new Option('--max-time <duration>', 'a grid that would take longer is refused')
      .argParser(durationOf('--max-time', { bare: 'm', minMs: 1 }))
      .default(DEFAULT_MAX_MS, '24h')
  ]
}

function resultOptions(): Option[] {
  return [
    new Option('--baseline <file>', 'compare with this result of an earlier sweep').default(undefined, 'none'),
    new Option('--save-baseline <file>', 'keep the result in this file as well').default(undefined, 'none'),
    new Option('--resume <folder>', 'go on with the sweep of this folder, which was stopped').default(
      undefined,
      'a new sweep'
    )
  ]
}

export function diffCommand(found: Found): UsageCommand {
  return new UsageCommand('diff')
    .description('Compares two runs (figures, findings, checks and plans), or two comparisons.')
    .argument('<run>', 'the folder of the run before')
    .argument('<run>', 'the folder of the run after, such as runs/latest')
    .option('--json', 'print the difference as one JSON document and nothing else')
    .allowExcessArguments(false)
    .judges(
      'the second run is no worse; of comparisons: 90 % of the medians lie in the intervals of the first',
      'a check fails in the second run that did not fail in the first; of comparisons: fewer do'
    )
    .example('test-network diff runs/before runs/latest', 'What changed between two runs.')
    .action((before: string, after: string, { json = false }) => found({ kind: 'diff', before, after, json }))
}

/** Options that stand on the command line, by name, and their values. */
export function givenTo(command: UsageCommand): Record<string, unknown> {
  const names = command.options.map(option => option.attributeName())
  const given = names.filter(name => command.getOptionValueSource(name) === 'cli')
  return Object.fromEntries(given.map(name => [name, command.getOptionValue(name)]))
}
