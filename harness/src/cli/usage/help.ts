/** How the help of a command looks: no wider than the terminal, and examples last, where a reader sees them. */
import { type Argument, type Command, Help, type Option } from 'commander'
import { aboutShipped } from '../../scenario/shipped.ts'
import { factsOf, listsScenarios, type Manual } from './manual.ts'

const INDENT = 2
const GAP = 2
/** A longer term has a line of its own, above its description. */
const MAX_TERM_WIDTH = 26
/** Descriptions that would be narrower stand below their terms. */
const MIN_DESCRIPTION_WIDTH = 30
/** Where the width is not known. */
const DEFAULT_WIDTH = 80
/** Of a terminal in which nothing can be laid out. */
const MIN_WIDTH = 20

export class UsageHelp extends Help {
  override minWidthToWrap = 1

  /** Some terminals say that they have 0 columns. */
  override prepareContext({ helpWidth, ...context }: Parameters<Help['prepareContext']>[0]): void {
    super.prepareContext({ ...context, helpWidth: Math.max(helpWidth || DEFAULT_WIDTH, MIN_WIDTH) })
  }

  override formatHelp(command: Command, helper: Help): string {
    const { examples, exitCodes } = command as Command & Manual
    return [
      super.formatHelp(command, helper),
      ...(listsScenarios(command) ? this.#list('Scenarios:', aboutShipped()) : []),
      ...this.#list(
        'Exit codes:',
        [...exitCodes].map(([code, meaning]) => [String(code), meaning])
      ),
      ...this.#examples(examples)
    ].join('\n')
  }

  override subcommandTerm(command: Command): string {
    return super.subcommandTerm(command).replace(' [options]', '')
  }

  override optionDescription(option: Option): string {
    return withFacts(option)
  }

  override argumentDescription(argument: Argument): string {
    return withFacts(argument)
  }

  override padWidth(command: Command, helper: Help): number {
    return Math.min(super.padWidth(command, helper), MAX_TERM_WIDTH)
  }

  override formatItem(term: string, termWidth: number, description: string): string {
    const beside = INDENT + termWidth + GAP
    const margin = this.#width - beside >= MIN_DESCRIPTION_WIDTH ? beside : 2 * INDENT
    const text = this.#indented(description, margin)
    const start = ' '.repeat(INDENT) + term
    return start.length + GAP <= margin ? start.padEnd(margin) + text.trimStart() : `${start}\n${text}`
  }

  #list(heading: string, items: readonly (readonly string[])[]): string[] {
    const width = Math.min(Math.max(...items.map(([term = '']) => term.length)), MAX_TERM_WIDTH)
    const lines = items.map(([term = '', description = '']) => this.formatItem(term, width, description))
    return this.formatItemList(heading, lines, this)
  }

  /** Each line as it can be pasted, however long it is. */
  #examples(examples: Manual['examples']): string[] {
    const lines = examples.map(
      ({ command, about }) => `${' '.repeat(INDENT)}${command}\n${this.#indented(about, 3 * INDENT)}`
    )
    return this.formatItemList('Examples:', lines, this)
  }

  #indented(text: string, margin: number): string {
    return this.boxWrap(text, Math.max(this.#width - margin, 1)).replace(/^/gm, ' '.repeat(margin))
  }

  get #width(): number {
    return this.helpWidth ?? DEFAULT_WIDTH
  }
}

function withFacts(described: Argument | Option): string {
  const facts = factsOf(described).join('; ')
  return facts === '' ? described.description : `${described.description} (${facts})`
}
