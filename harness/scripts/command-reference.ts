/** What the man page and the guide's page tell of the command line, read off the commands themselves. */
import { type Argument, type Command, Option } from 'commander'
import { type Example, factsOf, type Manual, pathOf, valueWordOf } from '../src/cli/usage/manual.ts'
import { commandTree } from '../src/cli/usage/usage.ts'

export interface CommandReference {
  /** As it is typed, such as `test-network run`. */
  readonly path: string
  /** What may be typed, a line each. */
  readonly usage: readonly string[]
  readonly description: string
  readonly takes: readonly Taken[]
  /** Flags of the main command that it takes as well, and in the same way. */
  readonly alsoTakes: readonly string[]
  readonly exitCodes: Manual['exitCodes']
  readonly examples: readonly Example[]
}

/** An argument or an option. */
export interface Taken {
  /** Such as `--seed <n>` or `[nodes]`. */
  readonly term: string
  readonly description: string
  /** What it must be, and what holds without it. */
  readonly facts: readonly string[]
}

/** The main command first; without what only scripts call. */
export function commandReference(version: string): CommandReference[] {
  const program = commandTree(version)
  const commands = [program, ...program.createHelp().visibleCommands(program)]
  const common = new Set(optionsOf(program).map(keyOf))
  return commands.map(command => referenceOf(command as Command & Manual, command === program ? new Set() : common))
}

function referenceOf(command: Command & Manual, common: ReadonlySet<string>): CommandReference {
  const options = optionsOf(command)
  const isCommon = (option: Option) => common.has(keyOf(option))
  return {
    path: pathOf(command),
    usage: `${pathOf(command)} ${command.usage()}`.split('\n').map(line => line.trim()),
    description: command.description(),
    takes: [...command.registeredArguments, ...options.filter(option => !isCommon(option))].map(takenOf),
    alsoTakes: options.filter(isCommon).map(({ long }) => long!),
    exitCodes: command.exitCodes,
    examples: command.examples
  }
}

function optionsOf(command: Command): Option[] {
  return command.createHelp().visibleOptions(command)
}

function keyOf(option: Option): string {
  return [option.flags, option.description, ...factsOf(option)].join()
}

function takenOf(described: Argument | Option): Taken {
  const term = described instanceof Option ? described.flags : argumentTerm(described)
  return { term, description: described.description, facts: factsOf(described) }
}

function argumentTerm(argument: Argument): string {
  const word = `${valueWordOf(argument)}${argument.variadic ? '...' : ''}`
  return argument.required ? `<${word}>` : `[${word}]`
}
