/** The commands beside the main one. */
import { Command, Option } from 'commander'
import { MAX_EXPLORED_NODES, MIN_EXPLORED_NODES } from '../../explore/generate.ts'
import type { ProgramCommand } from '../../runners/registry.ts'
import { FORMAT_NAMES, formatName } from '../judging/format-names.ts'
import {
  addNetworkOptions,
  deadlineArgument,
  networkOptionsOf,
  nodesArgument,
  refuseWhatDoesNotApply,
  seedOption
} from './options.ts'
import type { Usage } from './usages.ts'
import { draftKinds, minutes, runId, secondsOf, stepIds, UsageError, wholeNumber } from './values.ts'

type Found = (usage: Usage) => void

export function runCommand(found: Found): Command {
  const command = new Command('run')
    .description('Starts nodes, breaks what a scenario says, and judges what they made of it.')
    .argument('<scenario>', 'the name of a shipped scenario (test-network list), or a file')
    .addArgument(nodesArgument())
    .addArgument(deadlineArgument('deadline; chosen from what happens if not given'))
    .allowExcessArguments(false)
  return addNetworkOptions(command)
    .addOption(seedOption('who, what and in which order; that of the scenario if not given'))
    .option('--plan', 'only tell what would happen, when and to whom')
    .option('--only-steps <ids>', 'steps of a simulation that are carried out, such as s1,s3, or none', stepIds)
    .action((scenario: string, nodes: number | undefined, deadlineMs: number | undefined, given) => {
      const { runner, seed, plan = false, onlySteps } = given
      refuseWhatDoesNotApply(command, runner)
      const planned = { scenario, nodes, deadlineMs, seed, plan, onlySteps }
      found({ kind: 'scenario', runner, ...planned, ...networkOptionsOf(given) })
    })
}

export function exploreCommand(found: Found): Command {
  const command = new Command('explore')
    .description('Breaks networks by chance until the time is over, and makes what fails as small as it can be.')
    .allowExcessArguments(false)
  return addNetworkOptions(command)
    .addOption(seedOption('equal seeds plan the same').default(1))
    .addOption(new Option('--minutes <n>', 'no plan begins after that').argParser(minutes).default(300_000, '5'))
    .option(
      '--nodes <n>',
      'of every plan; by chance if not given',
      wholeNumber('--nodes', MIN_EXPLORED_NODES, MAX_EXPLORED_NODES)
    )
    .option('--kinds <list>', 'what steps may do, such as kill,pause; all that the runner can if not given', draftKinds)
    .action(given => {
      const { runner, seed, minutes: durationMs, nodes, kinds } = given
      refuseWhatDoesNotApply(command, runner)
      found({ kind: 'explore', runner, seed, durationMs, nodes, kinds, ...networkOptionsOf(given) })
    })
}

export function listCommand(found: Found): Command {
  return new Command('list')
    .description('Lists the shipped scenarios: what happens, for how long, and what it needs.')
    .option('--json', 'as one JSON document')
    .allowExcessArguments(false)
    .action(({ json = false }) => found({ kind: 'list', json }))
}

export function conformanceCommand(found: Found): Command {
  return new Command('conformance')
    .description('Starts one node of a program and says line by line where it breaks the contract (docs/CONTRACT.md).')
    .usage('[options] -- <command...>')
    .argument('<command...>', 'the program and its arguments')
    .addOption(
      new Option('--within <seconds>', 'waited for nodes to be ready, and to list each other')
        .argParser(secondsOf('--within', 0.001))
        .default(15_000, '15')
    )
    .passThroughOptions()
    .action((command: ProgramCommand, { within }) => found({ kind: 'conformance', program: command, withinMs: within }))
}

export function judgeCommand(found: Found): Command {
  return new Command('judge')
    .description('Judges a run once more from its history alone, and writes its reports anew.')
    .argument('<folder>', 'of the run, such as runs/latest')
    .option('--json', 'print the result as one JSON document and nothing else')
    .option(
      '--format <name>',
      `print only this report, and leave the folder as it is: ${FORMAT_NAMES.join(', ')}`,
      formatName
    )
    .option('--out <file>', 'write what --format asks for into this file')
    .allowExcessArguments(false)
    .action((run: string, { json = false, format, out }) => {
      if (json && format !== undefined) throw new UsageError('--json and --format go not together: --format json')
      if (out !== undefined && format === undefined) throw new UsageError('--out goes with --format')
      found({ kind: 'judge', run, json, format, out })
    })
}

export function explainCommand(found: Found): Command {
  return new Command('explain')
    .description('Tells the story of a run, of one node, or of what one node saw of another, from the evidence.')
    .argument('<run>', 'its folder, such as runs/latest')
    .argument('[observer]', 'a node, such as n3')
    .argument('[subject]', 'another node: what the first one saw of it')
    .allowExcessArguments(false)
    .action((run: string, observer: string | undefined, subject: string | undefined) => {
      found({ kind: 'explain', run, observer, subject })
    })
}

export function cleanCommand(found: Found): Command {
  return new Command('clean')
    .description('Removes the processes and containers of runs whose harness was killed, and nothing else.')
    .option('--run <id>', 'this run instead, whatever became of its harness', runId)
    .allowExcessArguments(false)
    .action(({ run }) => found({ kind: 'clean', runId: run }))
}
