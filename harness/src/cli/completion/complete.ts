/** What the word under the cursor can become. The script of a shell asks, and offers what it is told. */
import type { Argument, Command, Option } from 'commander'
import { aboutShipped } from '../../scenario/shipped.ts'
import { namedRuns } from '../open/find-run.ts'
import { isList, type ValueWord, valueWordOf } from '../usage/manual.ts'

export interface Completion {
  readonly candidates: readonly Candidate[]
  /** What the shell adds of its own. */
  readonly places: 'none' | 'files' | 'folders'
}

export interface Candidate {
  /** Takes the place of the whole word. */
  readonly word: string
  /** In one line; may be empty. */
  readonly about: string
}

const NOTHING: Completion = { candidates: [], places: 'none' }

/** @param words - what follows the name of the program; the last one is completed, and may be empty */
export function completionOf(program: Command, words: readonly string[]): Completion {
  const written = words.at(-1) ?? ''
  const { command, given, positionals, wants, isLiteral } = read(program, words.slice(0, -1))
  const fitting = ({ candidates, places }: Completion) => ({
    candidates: candidates.filter(({ word }) => word.startsWith(written)),
    places
  })
  if (wants !== undefined) return fitting(valuesOf(wants, written))
  const [, flag, value] = /^(--[^=]+)=(.*)$/s.exec(written) ?? []
  if (!isLiteral && flag !== undefined) {
    const option = command.options.find(({ long }) => long === flag)
    return option === undefined ? NOTHING : fitting(after(`${flag}=`, valuesOf(option, value ?? '')))
  }
  if (!isLiteral && written.startsWith('-')) return fitting({ candidates: optionsOf(command, given), places: 'none' })
  const last = command.registeredArguments.at(-1)
  const argument = command.registeredArguments[positionals] ?? (last?.variadic === true ? last : undefined)
  const { candidates, places } = argument === undefined ? NOTHING : valuesOf(argument, written)
  const commands = positionals === 0 && !isLiteral ? commandsOf(command) : []
  return fitting({ candidates: [...commands, ...candidates], places })
}

/** What is known before the last word. */
interface Read {
  command: Command
  /** Options that were given. */
  given: Set<Option>
  /** How many arguments were given. */
  positionals: number
  /** The option whose value comes next. */
  wants: Option | undefined
  /** Whether no more options can come. */
  isLiteral: boolean
}

function read(program: Command, words: readonly string[]): Read {
  const state: Read = { command: program, given: new Set(), positionals: 0, wants: undefined, isLiteral: false }
  for (const word of words) take(word, state)
  return state
}

function take(word: string, state: Read): void {
  const { command, wants, isLiteral, positionals } = state
  if (wants !== undefined) state.wants = undefined
  else if (!isLiteral && word === '--') state.isLiteral = true
  else if (!isLiteral && word.startsWith('-') && word !== '-') {
    const [name, value] = word.split('=', 2)
    const option = command.options.find(({ long, short }) => long === name || short === name)
    if (option === undefined) return
    state.given.add(option)
    if (value === undefined && valueWordOf(option) !== undefined) state.wants = option
  } else {
    const subcommand = positionals === 0 && !isLiteral ? named(command, word) : undefined
    if (subcommand !== undefined) Object.assign(state, { command: subcommand, given: new Set() })
    else {
      state.positionals++
      // A program under test has options of its own.
      if (command.registeredArguments.at(state.positionals - 1)?.variadic === true) state.isLiteral = true
    }
  }
}

function named(command: Command, word: string): Command | undefined {
  return command.commands.find(sub => sub.name() === word)
}

function commandsOf(command: Command): Candidate[] {
  return command
    .createHelp()
    .visibleCommands(command)
    .map(sub => ({ word: sub.name(), about: sub.description() }))
}

function optionsOf(command: Command, given: ReadonlySet<Option>): Candidate[] {
  return command
    .createHelp()
    .visibleOptions(command)
    .filter(option => !given.has(option))
    .map(({ long, description }) => ({ word: long!, about: description }))
}

function valuesOf(described: Argument | Option, written: string): Completion {
  const { argChoices } = described
  if (argChoices !== undefined)
    return { candidates: isList(described) ? longer(written, argChoices) : plain(argChoices), places: 'none' }
  const values = VALUES[valueWordOf(described) as ValueWord]
  return values === undefined ? NOTHING : values(written)
}

const VALUES: Readonly<Record<ValueWord, (written: string) => Completion>> = {
  scenario: () => ({ candidates: aboutShipped().map(([word, about]) => ({ word, about })), places: 'files' }),
  run: runsFrom,
  folder: () => ({ candidates: [], places: 'folders' }),
  file: () => ({ candidates: [], places: 'files' }),
  command: () => ({ candidates: [], places: 'files' })
}

/** A run that has a name is not offered once more as a folder. */
function runsFrom(written: string): Completion {
  const runs = namedRuns().filter(({ path }) => path.startsWith(written))
  return {
    candidates: runs.map(({ path, about }) => ({ word: path, about })),
    places: runs.length > 0 ? 'none' : 'folders'
  }
}

function plain(words: readonly string[]): Candidate[] {
  return words.map(word => ({ word, about: '' }))
}

/** The list so far with one of the choices behind it that it does not yet hold. */
function longer(written: string, choices: readonly string[]): Candidate[] {
  const before = written.slice(0, written.lastIndexOf(',') + 1)
  const held = before.split(',')
  return plain(choices.filter(choice => !held.includes(choice)).map(choice => before + choice))
}

function after(prefix: string, { candidates, places }: Completion): Completion {
  return { candidates: candidates.map(({ word, about }) => ({ word: prefix + word, about })), places }
}
