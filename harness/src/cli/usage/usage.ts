/** From the command line to what is wanted, complete and within its bounds; what is wrong with it is one line. */
import { CommanderError } from 'commander'
import {
  cleanCommand,
  conformanceCommand,
  explainCommand,
  exploreCommand,
  judgeCommand,
  listCommand,
  runCommand
} from './commands.ts'
import { networkCommand } from './network-command.ts'
import { checkExploration, checkRun, checkScenarioRun } from './relations.ts'
import type { Usage } from './usages.ts'
import { UsageError } from './values.ts'

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
  const found = (wanted: Usage) => {
    usage = wanted
  }
  const program = networkCommand(version, found)
  for (const command of [
    runCommand,
    exploreCommand,
    listCommand,
    judgeCommand,
    explainCommand,
    conformanceCommand,
    cleanCommand
  ])
    program.addCommand(command(found))
  const output = { writeOut: (text: string) => (printed += text), writeErr: () => {} }
  for (const command of [program, ...program.commands]) command.exitOverride().configureOutput(output)
  try {
    program.parse(argv, { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    if (error.exitCode === 0) return { kind: 'print', text: printed }
    throw new UsageError(messageOf(error))
  }
  if (usage?.kind === 'run') checkRun(usage, availableBytes)
  if (usage?.kind === 'scenario') checkScenarioRun(usage, availableBytes)
  if (usage?.kind === 'explore') checkExploration(usage, availableBytes)
  return usage!
}

function messageOf({ code, message }: CommanderError): string {
  const negative = /^error: unknown option '(-[\d.]+)'/.exec(message)?.[1]
  if (negative !== undefined)
    return `nodes and seconds must be above 0, not ${negative}; for example: test-network 5 30`
  if (code === 'commander.missingArgument') {
    if (message.includes('folder')) return 'judge wants the folder of a run: test-network judge runs/latest'
    if (message.includes("'run'")) return 'explain wants the folder of a run: test-network explain runs/latest'
    return message.includes('scenario')
      ? 'run wants a scenario: test-network run split; test-network list names them'
      : 'conformance wants a program: test-network conformance -- node my-node.js'
  }
  const oneLine = message.replace(/^error: /, '').replace(/\s*\n\s*/g, ' ')
  return `${oneLine.replace(/\.$/, '')}; see test-network --help`
}
