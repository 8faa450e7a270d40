/**
 * Options as a whole: which there are, what each may be, and everything that is wrong with what was given. A table of rules and
 * nothing more, since a schema library would weigh more than all else that a browser loads of this package.
 */
import { isPlainText, isWellFormed } from './record/text.ts'

/** What is wrong with a value. */
export interface Complaint {
  /** The part of the value that it is about, as it is written after the option: `.role`, `[2]`. Default: all of it. */
  readonly at?: string
  /** What it must be: the rest of a sentence that begins with the option. */
  readonly must: string
  /** What it is. Default: the value. */
  readonly got?: string
}

/**
 * What the value of an option may be. Called for values that are given: `undefined` stands for the default.
 *
 * @param given - all options, for those that depend on each other; nothing is known of the others
 * @returns everything that is wrong with the value
 */
export type OptionRule = (value: unknown, given: Readonly<Record<string, unknown>>) => readonly Complaint[]

/** A rule for each option. */
export type OptionRules<Options> = { readonly [Option in keyof Options]-?: OptionRule }

/** Texts are shown up to this length. */
const MAX_SHOWN = 40

/** So many changes of a letter make another option of it, rather than a slip of the pen. */
const MAX_SLIPS = 3

/** Everything that is wrong with the options, in sentences that name the option, what it must be, and what it is. */
export function optionFaults<Options>(given: unknown, rules: OptionRules<Options>, what = 'the options'): string[] {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    return [`${what} must be an object, got ${shown(given)}`]
  }
  const known = new Map<string, OptionRule>(Object.entries(rules))
  const values = given as Record<string, unknown>
  // Whoever reads an option reads an inherited one as well.
  const options = new Set([...Object.keys(given), ...known.keys()])
  return [...options].flatMap(option => {
    const rule = known.get(option)
    if (rule === undefined) return [unknownOption(option, [...known.keys()])]
    const value = values[option]
    return value === undefined ? [] : sentences(option, value, rule(value, values))
  })
}

/** The complaints about a value in sentences. */
export function sentences(option: string, value: unknown, complaints: readonly Complaint[]): string[] {
  return complaints.map(({ at = '', must, got = shown(value) }) => `${option}${at} must ${must}, got ${got}`)
}

/** A number within bounds, both of them allowed. */
export function between(min: number, max: number, why = ''): OptionRule {
  const must = `be between ${min} and ${max}${why === '' ? '' : ` (${why})`}`
  return value => {
    if (typeof value !== 'number') return [{ must: must.replace('be', 'be a number') }]
    return value >= min && value <= max ? [] : [{ must }]
  }
}

/** {@link between}, and whole. */
export function wholeBetween(min: number, max: number): OptionRule {
  const bounded = between(min, max)
  return (value, given) => {
    if (typeof value !== 'number' || Number.isInteger(value)) return bounded(value, given)
    return [{ must: 'be a whole number' }]
  }
}

/** True or false. */
export const flag: OptionRule = value => (typeof value === 'boolean' ? [] : [{ must: 'be true or false' }])

/** A text that everybody can encode and print; it may be empty. */
export const plainText: OptionRule = value => {
  if (typeof value !== 'string') return [{ must: 'be a text' }]
  if (!isWellFormed(value)) return [{ must: NO_HALF_PAIR }]
  return isPlainText(value) ? [] : [{ must: NO_CONTROL_CHARACTER }]
}

/** What texts must be, see {@link plainText}. */
export const NO_HALF_PAIR = 'be valid Unicode, without half of a surrogate pair'
export const NO_CONTROL_CHARACTER = 'not contain control characters'

/** A value as it stands in a message: short, and without a character that has an effect on what is around it. */
export function shown(value: unknown): string {
  if (typeof value === 'string') return quoted(value)
  if (typeof value === 'function') return 'a function'
  if (typeof value !== 'object' || value === null) return String(value)
  if (Array.isArray(value)) return 'an array'
  const name = Object.getPrototypeOf(value)?.constructor?.name
  return typeof name === 'string' && name !== 'Object' ? `a value of type ${name}` : 'an object'
}

function quoted(text: string): string {
  const characters = [...text.slice(0, 2 * MAX_SHOWN + 2)]
  const escaped = characters.slice(0, MAX_SHOWN).map(character => {
    const isHarmless = isPlainText(character) && isWellFormed(character)
    return isHarmless ? character : `\\u{${character.codePointAt(0)!.toString(16)}}`
  })
  return `"${escaped.join('')}${characters.length > MAX_SHOWN ? '...' : ''}"`
}

function unknownOption(option: string, known: readonly string[]): string {
  const lower = option.toLowerCase()
  const slips = known.map(name => ({ name, count: slipsBetween(lower, name.toLowerCase()) }))
  const [nearest] = slips.sort((one, other) => one.count - other.count)
  const isNear = nearest !== undefined && nearest.count <= Math.min(MAX_SLIPS, Math.ceil(option.length / 3))
  const hint = isNear ? `did you mean ${nearest.name}?` : `there are ${known.join(', ')}`
  return `there is no option ${quoted(option)}: ${hint}`
}

/** Letters that have to be put in, left out or changed to make one text of the other (Levenshtein's distance). */
function slipsBetween(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, i) => i)
  for (const [i, letter] of [...one].entries()) {
    const next = [i + 1]
    for (let j = 1; j <= other.length; j++) {
      const change = row[j - 1]! + (letter === other[j - 1] ? 0 : 1)
      next.push(Math.min(change, row[j]! + 1, next[j - 1]! + 1))
    }
    row = next
  }
  return row[other.length]!
}
