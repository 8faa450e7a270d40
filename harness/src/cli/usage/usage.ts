/** From the command line to what is wanted, complete and within its bounds; what is wrong with it is one line. */
import { Argument, CommanderError } from 'commander'
import { printable } from '../../printable.ts'
import { MAX_NODES, MIN_NODES } from '../../scenario/plan.ts'
import { didYouMean } from '../../yaml/did-you-mean.ts'
import { diffCommand, sweepCommand } from '../comparing/comparing-commands.ts'
import { compareCommand } from '../comparison/compare-command.ts'
import {
  cleanCommand,
  completeCommand,
  completionCommand,
  conformanceCommand,
  explainCommand,
  exploreCommand,
  imageCommand,
  judgeCommand,
  listCommand,
  openCommand,
  runCommand
} from './commands.ts'
import { networkCommand } from './network-command.ts'
import { checkExploration, checkRun, checkScenarioRun, checkSweep } from './relations.ts'
import { UsageCommand } from './usage-command.ts'
import type { Usage } from './usages.ts'
import { UsageError, wholeNumber } from './values.ts'

const SEE_HELP = '; see test-network --help'

/** In the order of the help. A command that stands here is in the help, the completion, the man page and the guide. */
const COMMANDS = [
  runCommand,
  listCommand,
  exploreCommand,
  sweepCommand,
  compareCommand,
  diffCommand,
  openCommand,
  explainCommand,
  judgeCommand,
  conformanceCommand,
  cleanCommand,
  imageCommand,
  completionCommand
]

/**
 * @param argv what follows the program's name
 * @param availableBytes of memory, for the greatest number of nodes
 * @throws {UsageError}
 */
export function parseUsage(
  argv: readonly string[],
  version: string,
  availableBytes = process.availableMemory()
): Usage {
  let usage: Usage | undefined
  let printed = ''
  const program = commandTree(version, wanted => {
    usage = wanted
  })
  const output = { writeOut: (text: string) => (printed += text) }
  for (const command of [program, ...program.commands]) command.configureOutput(output)
  try {
    program.parse(argv, { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    return { kind: 'print', text: printed }
  }
  if (usage?.kind === 'run') checkRun(usage, availableBytes)
  if (usage?.kind === 'scenario') checkScenarioRun(usage, availableBytes)
  if (usage?.kind === 'sweep') checkSweep(usage, availableBytes)
  if (usage?.kind === 'explore') checkExploration(usage, availableBytes)
  return usage!
}

/** All commands with all that is said of them, the main one at the top. */
export function commandTree(version: string, found: (usage: Usage) => void = () => {}): UsageCommand {
  const program: UsageCommand = networkCommand(version, found, text => nodesIn(text, program))
  for (const command of COMMANDS) program.addCommand(command(found))
  program.addCommand(helpCommand(program, found))
  program.addCommand(completeCommand(found), { hidden: true })
  for (const command of [program, ...program.commands])
    command.exitOverride().helpOption('-h, --help', 'print this help')
  return program
}

function helpCommand(program: UsageCommand, found: (usage: Usage) => void): UsageCommand {
  const names = [...visibleCommands(program), 'help']
  const commandNamed = (name: string) => {
    const command = program.commands.find(command => command.name() === name)
    if (command !== undefined) return command
    throw new UsageError(`${quoted(name)} is no command${didYouMean(name, names) || SEE_HELP}`)
  }
  return new UsageCommand('help')
    .description('Prints the help of the program, or of one command.')
    .addArgument(
      new Argument('[command]', 'whose help').choices(names).argParser(commandNamed).default(undefined, 'the program')
    )
    .allowExcessArguments(false)
    .example('test-network help run', 'The same as test-network run --help.')
    .action((command: UsageCommand = program) => found({ kind: 'print', text: command.helpInformation() }))
}

/** A word that stands where a command may stand is one that was misspelt. */
function nodesIn(text: string, program: UsageCommand): number {
  if (!/^[a-z]/i.test(text)) return wholeNumber('nodes', MIN_NODES, MAX_NODES)(text)
  const near = didYouMean(text, visibleCommands(program))
  throw new UsageError(
    `${quoted(text)} is no command, and no number of nodes from ${MIN_NODES} to ${MAX_NODES}${near || SEE_HELP}`
  )
}

function visibleCommands(program: UsageCommand): string[] {
  return program
    .createHelp()
    .visibleCommands(program)
    .map(command => command.name())
}

function quoted(word: string): string {
  return JSON.stringify(printable(word, 60))
}
