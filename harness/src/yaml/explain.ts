/** Issues of a schema as sentences: what is wrong, and what would be right. */
import type { z } from 'zod'
import { printable } from '../printable.ts'
import { didYouMean } from './did-you-mean.ts'
import type { Path, Problem } from './problem.ts'

type Issue = z.core.$ZodIssue

/** A whole sentence as the message of an issue, where the messages of others only say what the value must be. */
export const SENTENCE = { isSentence: true }

export interface Explaining {
  /** The whole file, such as `a scenario`. */
  readonly name: string
  /** What was checked, as YAML has read it. */
  readonly content: unknown
  /** The keys that may stand at a path. */
  keysAt(path: Path): readonly string[]
  /** What needs words of its own, if it does; `explain` are the usual ones, for an issue inside. */
  special?(issue: Issue, path: Path, explain: (inner: Issue) => Problem[]): Problem[] | undefined
}

export function explain(issues: readonly Issue[], explaining: Explaining): Problem[] {
  return issues.flatMap(issue => problemsOf(issue, explaining, []))
}

function problemsOf(issue: Issue, explaining: Explaining, above: Path): Problem[] {
  const path = [...above, ...(issue.path as Path)]
  const value = valueAt(explaining.content, path)
  const explainInner = (inner: Issue) => problemsOf(inner, explaining, path)
  if (issue.code === 'unrecognized_keys') {
    const known = explaining.keysAt(path)
    return issue.keys.map(key => ({ path: [...path, key], of: 'key', message: unknownKey(key, known) }))
  }
  const special = explaining.special?.(issue, path, explainInner)
  if (special !== undefined) return special
  // One of several forms: a list is held to the form that is a list, keys to the form that has keys.
  const isContainer = typeof value === 'object' && value !== null
  const ofParts = issue.code === 'invalid_union' && isContainer && issue.errors.find(isAboutParts)
  if (ofParts) return ofParts.flatMap(explainInner)
  if (issue.code === 'custom' && issue.params === SENTENCE) return [{ path, message: issue.message }]
  const name = nameOf(path, explaining)
  if (value === undefined && path.length > 0) return [{ path, message: `${name} is missing: ${issue.message}` }]
  const message = issue.message.startsWith('Invalid input') ? wantedContainer(issue) : issue.message
  return [{ path, message: `${name} must be ${message}, not ${valueText(value)}` }]
}

function unknownKey(key: string, known: readonly string[]): string {
  return `unknown key ${valueText(key)}${didYouMean(key, known)}; there are ${known.join(', ')}`
}

/** What a key that holds others must hold. */
function wantedContainer(issue: Issue): string {
  const expected = issue.code === 'invalid_type' ? issue.expected : undefined
  return expected === 'array' ? 'a list' : 'keys and their values'
}

export function valueAt(content: unknown, path: Path): unknown {
  let value = content
  for (const key of path) {
    const holds = typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    value = holds ? (value as Record<string | number, unknown>)[key] : undefined
  }
  return value
}

function nameOf(path: Path, { name }: Explaining): string {
  const [last, before] = path.toReversed()
  if (last === undefined) return name
  return typeof last === 'string' ? printable(last, 40) : `each of ${before ?? 'these'}`
}

function isAboutParts(issues: readonly Issue[]): boolean {
  return issues.some(({ path, code }) => path.length > 0 || code === 'unrecognized_keys')
}

export function isKeys(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A value that a user wrote, short and fit for a terminal. */
export function valueText(value: unknown): string {
  if (value === undefined || value === null) return 'nothing'
  if (Array.isArray(value)) return 'a list'
  if (isKeys(value)) return 'keys and their values'
  return printable(JSON.stringify(value), 60)
}
