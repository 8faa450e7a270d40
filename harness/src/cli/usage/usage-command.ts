/** A command of the command line, with all that is said of it. */
import { Command, type ErrorOptions, type Help } from 'commander'
import { printable } from '../../printable.ts'
import { UsageHelp } from './help.ts'
import { type Example, type Manual, pathOf, type ValueWord } from './manual.ts'
import { UsageError } from './values.ts'

const DONE = [0, 'it is done'] as const
const WRONG_USAGE = [2, 'wrong usage, told in one line: nothing was begun'] as const
const NOT_TOLD = [3, 'it could not be told or done, and what to do about it is said'] as const
const INTERRUPTED = [
  [129, 'ended by SIGHUP'],
  [130, 'ended by Ctrl-C'],
  [143, 'ended by SIGTERM']
] as const

/** Characters of a message that repeats what the user wrote. */
const MAX_SHOWN = 300

/** What a command wants whose argument is missing. */
const WANTED: Readonly<Record<ValueWord, string>> = {
  scenario: 'a scenario',
  run: 'the folder of a run',
  folder: 'a folder',
  file: 'a file',
  command: 'a program'
}

/**
 * What is wrong with the use of a command is one line that leads to what is right: `parse` throws a `UsageError` with it.
 */
export class UsageCommand extends Command implements Manual {
  readonly #examples: Example[] = []
  #exitCodes: Manual['exitCodes'] = new Map([DONE, WRONG_USAGE])

  get examples(): readonly Example[] {
    return this.#examples
  }

  get exitCodes(): Manual['exitCodes'] {
    return this.#exitCodes
  }

  /** Adds a line that can be pasted, and what it does. The first one is also told to those who leave out an argument. */
  example(command: string, about: string): this {
    this.#examples.push({ command, about })
    return this
  }

  /** It has a verdict, which may be that nothing could be told. */
  judges(passes: string, fails: string): this {
    this.#exitCodes = new Map([[0, passes], [1, fails], WRONG_USAGE, NOT_TOLD])
    return this
  }

  /** What it does can fail. */
  canFail(): this {
    this.#exitCodes = new Map([...this.#exitCodes, NOT_TOLD])
    return this
  }

  /** It goes on for a while, and a signal ends it in good order. */
  canBeInterrupted(): this {
    this.#exitCodes = new Map([...this.#exitCodes, ...INTERRUPTED])
    return this
  }

  override createHelp(): Help {
    return Object.assign(new UsageHelp(), this.configureHelp())
  }

  /** @throws {UsageError} for all that commander finds wrong */
  override error(message: string, { code }: ErrorOptions = {}): never {
    if (code === 'commander.missingArgument') throw new UsageError(this.#missingArgument(message))
    const negative = /^error: unknown option '(-[\d.]+)'/.exec(message)?.[1]
    if (negative !== undefined) {
      throw new UsageError(
        `nodes and seconds must be above 0, not ${printable(negative, MAX_SHOWN)}; for example: test-network 5 30`
      )
    }
    const oneLine = message.replace(/^error: /, '').replace(/\s*\n\s*/g, ' ')
    throw new UsageError(`${printable(oneLine.replace(/\.$/, ''), MAX_SHOWN)}; see ${pathOf(this)} --help`)
  }

  #missingArgument(message: string): string {
    const [, name = ''] = /'([^']+)'/.exec(message) ?? []
    const names = name === 'scenario' ? '; test-network list names them' : ''
    const [example] = this.#examples
    return `${this.name()} wants ${WANTED[name as ValueWord] ?? `a ${name}`}: ${example?.command ?? `${pathOf(this)} --help`}${names}`
  }
}
