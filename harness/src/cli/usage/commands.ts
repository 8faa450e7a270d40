/** The commands beside the main one. */
import { Argument, Option } from 'commander'
import { DRAFT_KINDS, MAX_EXPLORED_NODES, MIN_EXPLORED_NODES } from '../../explore/generate.ts'
import type { ProgramCommand } from '../../runners/registry.ts'
import { FORMAT_NAMES, formatName } from '../judging/format-names.ts'
import {
  addLiveOptions,
  addNetworkOptions,
  deadlineArgument,
  liveUsageOf,
  networkOptionsOf,
  nodesArgument,
  placeOptions,
  refuseWhatDoesNotApply,
  seedOption,
  sharingOption
} from './options.ts'
import { UsageCommand } from './usage-command.ts'
import type { Usage } from './usages.ts'
import {
  draftKinds,
  durationOf,
  KUBERNETES,
  kubernetesOnly,
  runId,
  SHELLS,
  type Shell,
  shellName,
  stepIds,
  UsageError,
  wholeNumber
} from './values.ts'

type Found = (usage: Usage) => void

export function runCommand(found: Found): UsageCommand {
  const command = new UsageCommand('run')
    .description('Starts nodes, breaks what a scenario says, and judges what they made of it.')
    .argument('<scenario>', 'the name of a shipped scenario, or a file')
    .addArgument(nodesArgument().default(undefined, 'those of the scenario'))
    .addArgument(deadlineArgument('deadline, such as 90, 2m or 1h').default(undefined, 'chosen from what happens'))
    .allowExcessArguments(false)
  return addLiveOptions(addNetworkOptions(command))
    .addOption(seedOption('who, what and in which order').default(undefined, 'that of the scenario'))
    .addOption(sharingOption())
    .option('--plan', 'only tell what would happen, when and to whom')
    .addOption(
      new Option('--only-steps <ids>', 'steps of a simulation that are carried out, such as s1,s3, or none')
        .argParser(stepIds)
        .default(undefined, 'all')
    )
    .judges('every check holds', 'a check does not hold, or not by the deadline')
    .canBeInterrupted()
    .example('test-network run split', 'Cuts a network in two for a minute.')
    .example('test-network run split 12 --plan', 'What would happen to twelve nodes, when and to whom.')
    .example('test-network run crash 10 2m', 'Ten nodes, one of which dies, and two minutes for all of it.')
    .example('test-network run split 100 10m --runner simulation --seed 7', 'A hundred nodes in virtual time.')
    .action((scenario: string, nodes: number | undefined, deadlineMs: number | undefined, given) => {
      const { runner, seed, plan = false, onlySteps, perProcess } = given
      refuseWhatDoesNotApply(command, runner)
      const planned = { scenario, nodes, deadlineMs, seed, plan, onlySteps, perProcess }
      found({ kind: 'scenario', runner, ...planned, ...networkOptionsOf(given), ...liveUsageOf(given) })
    })
}

export function exploreCommand(found: Found): UsageCommand {
  const command = new UsageCommand('explore')
    .description('Breaks networks by chance until the time is over, and makes what fails as small as it can be.')
    .allowExcessArguments(false)
  return addNetworkOptions(command)
    .addOption(seedOption('equal seeds plan the same').default(1))
    .addOption(
      new Option('--minutes <duration>', 'no plan begins after that')
        .argParser(durationOf('--minutes', { bare: 'm', minMs: 1 }))
        .default(300_000, '5m')
    )
    .addOption(
      new Option('--nodes <n>', 'of every plan')
        .argParser(wholeNumber('--nodes', MIN_EXPLORED_NODES, MAX_EXPLORED_NODES))
        .default(undefined, 'by chance')
    )
    .addOption(
      new Option('--kinds <list>', 'what steps may do, such as kill,pause')
        .choices(DRAFT_KINDS)
        .argParser(draftKinds)
        .default(undefined, 'all that the runner can do')
    )
    .judges('no plan failed', 'a plan failed')
    .canBeInterrupted()
    .example('test-network explore --runner simulation', 'Thousands of small networks in five minutes.')
    .example('test-network explore --kinds kill,restart --nodes 8 --minutes 90s', 'Only these steps, and eight nodes.')
    .action(given => {
      const { runner, seed, minutes: durationMs, nodes, kinds } = given
      refuseWhatDoesNotApply(command, runner)
      found({ kind: 'explore', runner, seed, durationMs, nodes, kinds, ...networkOptionsOf(given) })
    })
}

export function listCommand(found: Found): UsageCommand {
  return new UsageCommand('list')
    .description('Lists the shipped scenarios: what happens, for how long, and what it needs.')
    .option('--json', 'as one JSON document')
    .allowExcessArguments(false)
    .example('test-network list', 'One line for each scenario.')
    .action(({ json = false }) => found({ kind: 'list', json }))
}

export function conformanceCommand(found: Found): UsageCommand {
  return new UsageCommand('conformance')
    .description('Starts one node of a program and says line by line where it breaks the contract (docs/CONTRACT.md).')
    .usage('[options] -- <command...>')
    .argument('<command...>', 'the program and its arguments')
    .addOption(
      new Option('--within <duration>', 'waited for nodes to be ready, and to list each other')
        .argParser(durationOf('--within', { bare: 's', minMs: 1 }))
        .default(15_000, '15s')
    )
    .passThroughOptions()
    .judges('the program keeps the contract', 'it does not')
    .canBeInterrupted()
    .example('test-network conformance -- node my-node.js', 'Is this program a node?')
    .example('test-network conformance --within 1m -- python3 my_node.py', 'One that takes its time.')
    .action((command: ProgramCommand, { within }) => found({ kind: 'conformance', program: command, withinMs: within }))
}

export function judgeCommand(found: Found): UsageCommand {
  return new UsageCommand('judge')
    .description('Judges a run once more from its history alone, and writes its reports anew.')
    .argument('<run>', 'the folder of the run, such as runs/latest')
    .option('--json', 'print the result as one JSON document and nothing else')
    .addOption(
      new Option('--format <name>', 'print only this report, and leave the folder as it is')
        .choices(FORMAT_NAMES)
        .argParser(formatName)
        .default(undefined, 'all reports, into the folder')
    )
    .addOption(
      new Option('--out <file>', 'write what --format asks for into this file').default(undefined, 'it is printed')
    )
    .allowExcessArguments(false)
    .judges('every check holds', 'a check does not hold')
    .example('test-network judge runs/latest', 'The verdict of the last run.')
    .example('test-network judge runs/latest --format markdown', 'Its summary, for a comment.')
    .action((run: string, { json = false, format, out }) => {
      if (json && format !== undefined) throw new UsageError('--json and --format go not together: --format json')
      if (out !== undefined && format === undefined) throw new UsageError('--out goes with --format')
      found({ kind: 'judge', run, json, format, out })
    })
}

export function explainCommand(found: Found): UsageCommand {
  return new UsageCommand('explain')
    .description('Tells the story of a run, of one node, or of what one node saw of another, from the evidence.')
    .argument('<run>', 'the folder of the run, such as runs/latest')
    .addArgument(new Argument('[observer]', 'a node, such as n3').default(undefined, 'the whole run'))
    .addArgument(
      new Argument('[subject]', 'another node: what the first one saw of it').default(undefined, 'all of the first one')
    )
    .allowExcessArguments(false)
    .canFail()
    .example('test-network explain runs/latest', 'What happened in the last run.')
    .example('test-network explain runs/latest n3 n1', 'What n3 saw of n1.')
    .action((run: string, observer: string | undefined, subject: string | undefined) => {
      found({ kind: 'explain', run, observer, subject })
    })
}

export function openCommand(found: Found): UsageCommand {
  return new UsageCommand('open')
    .description('Opens the report of a run in the browser.')
    .addArgument(new Argument('[run]', 'the folder of the run, or its name').default(undefined, 'the last run'))
    .option('--path', 'only print where the report is')
    .allowExcessArguments(false)
    .canFail()
    .example('test-network open', 'The report of the last run.')
    .example('test-network open runs/latest --path', 'Where it is, for another program.')
    .action((run: string | undefined, { path = false }) => found({ kind: 'open', run, pathOnly: path }))
}

export function cleanCommand(found: Found): UsageCommand {
  const command = new UsageCommand('clean')
    .description('Removes the processes, containers and pods of runs whose harness was killed, and nothing else.')
    .addOption(
      new Option('--run <id>', 'this run instead, whatever became of its harness')
        .argParser(runId)
        .default(undefined, 'all whose harness is gone')
    )
    .addOption(
      new Option('--runner <name>', 'kubernetes: in a cluster, and not on this host')
        .choices([KUBERNETES])
        .argParser(kubernetesOnly)
        .default(undefined, 'on this host')
    )
  for (const option of placeOptions()) command.addOption(option)
  return command
    .allowExcessArguments(false)
    .canFail()
    .example('test-network clean', 'After a harness was killed.')
    .example('test-network clean --runner kubernetes', 'The same in the cluster that the kubeconfig names.')
    .action(({ run, runner, context, namespace }) => {
      if (runner === undefined && (context ?? namespace) !== undefined)
        throw new UsageError(`--context and --namespace go with --runner ${KUBERNETES}`)
      found({ kind: 'clean', runId: run, place: runner === undefined ? undefined : { context, namespace } })
    })
}

export function imageCommand(found: Found): UsageCommand {
  return new UsageCommand('image')
    .description("Writes the image of the package's node, for the machines or the registry of a cluster.")
    .argument('<file>', 'the archive, for docker load, ctr images import or kind load image-archive')
    .addOption(new Option('--name <name>', 'with its tag').default(undefined, 'one that is made from what is in it'))
    .allowExcessArguments(false)
    .canFail()
    .example('test-network image node.tar', 'Then, for example: kind load image-archive node.tar')
    .example('test-network image node.tar --name registry.example/node:1', 'To be loaded, and pushed to a registry.')
    .action((file: string, { name }) => found({ kind: 'image', file, name }))
}

export function completionCommand(found: Found): UsageCommand {
  return new UsageCommand('completion')
    .description('Prints the script with which a shell completes commands, scenarios, runs and options.')
    .addArgument(new Argument('<shell>', 'whose script').choices(SHELLS).argParser(shellName))
    .allowExcessArguments(false)
    .example('source <(test-network completion bash)', 'In this bash, and in each one if it stands in ~/.bashrc.')
    .example('source <(test-network completion zsh)', 'The same for zsh, in ~/.zshrc after compinit.')
    .example('test-network completion fish | source', 'The same for fish, in ~/.config/fish/config.fish.')
    .action((shell: Shell) => found({ kind: 'completion', shell }))
}

/** What the scripts of the shells ask for. */
export function completeCommand(found: Found): UsageCommand {
  return new UsageCommand('complete')
    .description('Prints what the last of the words can become.')
    .argument('[words...]', 'what follows the name of the program')
    .passThroughOptions()
    .example('test-network complete -- run sp', 'Prints split and split-long.')
    .action((words: string[]) => found({ kind: 'complete', words }))
}
