/** What is said of a command: the one source of its help, its completion, its man page and the tables of the guide. */
import { type Argument, type Command, Option } from 'commander'

/** What commander does not know of a command. */
export interface Manual {
  /** Lines that can be pasted. */
  readonly examples: readonly Example[]
  /** By exit code, in the order in which they are told. */
  readonly exitCodes: ReadonlyMap<number, string>
}

export interface Example {
  readonly command: string
  /** What the line does. */
  readonly about: string
}

/**
 * The word in the brackets of an argument or an option says what its values are, as in `--out <folder>`. Shells complete these
 * words, and choices; the values of all other words only the user knows.
 */
export const VALUE_WORDS = ['scenario', 'run', 'folder', 'file', 'command'] as const
export type ValueWord = (typeof VALUE_WORDS)[number]

/** The word in its brackets, such as `duration`; undefined for a flag. */
export function valueWordOf(described: Argument | Option): string | undefined {
  if (!(described instanceof Option)) return described.name()
  return /[<[]([a-z-]+)/.exec(described.flags)?.[1]
}

/** What an argument or an option takes: its choices, and what holds if it is not given. */
export function factsOf(described: Argument | Option): string[] {
  const { argChoices, defaultValue, defaultValueDescription } = described
  const isFlag = described instanceof Option && valueWordOf(described) === undefined
  const byDefault = defaultValueDescription ?? (defaultValue === undefined ? undefined : String(defaultValue))
  return [
    ...(argChoices === undefined ? [] : [`${isList(described) ? 'some' : 'one'} of ${argChoices.join(', ')}`]),
    ...(isFlag || byDefault === undefined ? [] : [`default: ${byDefault}`])
  ]
}

/** As it is typed, such as `test-network run`. */
export function pathOf(command: Command): string {
  return command.parent === null ? command.name() : `${pathOf(command.parent)} ${command.name()}`
}

/** Whether several values are given with commas between them. */
export function isList(described: Argument | Option): boolean {
  return valueWordOf(described) === 'list'
}

/** Whether scenarios can be named: those of the package are listed in the help then, as they are in that of the program. */
export function listsScenarios(command: Command): boolean {
  return command.parent === null || [...command.registeredArguments, ...command.options].some(takesScenario)
}

function takesScenario(described: Argument | Option): boolean {
  return valueWordOf(described) === 'scenario'
}
