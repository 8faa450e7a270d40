/** Issues of the schema as sentences: what is wrong, and what would be right. */
import type { z } from 'zod'
import { printable } from '../../printable.ts'
import { SENTENCE } from './contradictions.ts'
import { didYouMean } from './did-you-mean.ts'
import type { Path, Problem } from './problem.ts'
import { scenarioSchema } from './schema.ts'
import { STEP_NAMES, type StepName, stepSchemas } from './step-schemas.ts'

type Issue = z.core.$ZodIssue

/** @param content - what was checked, as YAML has read it */
export function explain(issues: readonly Issue[], content: unknown): Problem[] {
  return issues.flatMap(issue => problemsOf(issue, content, []))
}

function problemsOf(issue: Issue, content: unknown, above: Path): Problem[] {
  const path = [...above, ...(issue.path as Path)]
  const value = valueAt(content, path)
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map(key => ({ path: [...path, key], of: 'key', message: unknownKey(key, path, content) }))
  }
  if (issue.code === 'invalid_union' && isStep(path)) return stepProblems(issue, content, path)
  // One of several forms: a list is held to the form that is a list.
  const ofList = issue.code === 'invalid_union' && Array.isArray(value) && issue.errors.find(isAboutParts)
  if (ofList) return ofList.flatMap(inner => problemsOf(inner, content, path))
  if (issue.code === 'custom' && issue.params === SENTENCE) return [{ path, message: issue.message }]
  const name = nameOf(path)
  if (value === undefined && path.length > 0) return [{ path, message: `${name} is missing: ${issue.message}` }]
  const message = issue.message.startsWith('Invalid input') ? wantedContainer(issue) : issue.message
  return [{ path, message: `${name} must be ${message}, not ${shown(value)}` }]
}

/** A step is one of many: judged by the key that says what it does. */
function stepProblems(issue: z.core.$ZodIssueInvalidUnion, content: unknown, path: Path): Problem[] {
  const step = valueAt(content, path)
  if (!isMap(step)) return [{ path, message: `a step is a key and its value, such as kill: 1, not ${shown(step)}` }]
  const names = STEP_NAMES.filter(name => Object.hasOwn(step, name))
  const [first, second] = names
  if (first === undefined) {
    const near = Object.keys(step).find(key => didYouMean(key, STEP_NAMES) !== '')
    const message = `a step does one of ${STEP_NAMES.join(', ')}`
    if (near === undefined) return [{ path, message }]
    return [{ path: [...path, near], of: 'key', message: `unknown key ${shown(near)}${didYouMean(near, STEP_NAMES)}` }]
  }
  if (second !== undefined) {
    return [
      { path: [...path, second], of: 'key', message: `a step does one thing: ${first} or ${second}, in two steps` }
    ]
  }
  const own = issue.errors[STEP_NAMES.indexOf(first)] ?? []
  return own.flatMap(inner => problemsOf(inner, content, path))
}

function unknownKey(key: string, path: Path, content: unknown): string {
  const known = keysAt(path, content)
  return `unknown key ${shown(key)}${didYouMean(key, known)}; there are ${known.join(', ')}`
}

/** The keys that may stand at a path. */
function keysAt(path: Path, content: unknown): string[] {
  const [top, second] = path
  const { shape } = scenarioSchema
  if (top === 'steps') {
    const step = valueAt(content, path)
    const name = STEP_NAMES.find(name => isMap(step) && Object.hasOwn(step, name)) as StepName
    return Object.keys(stepSchemas[name].shape)
  }
  if (top === 'behind') return Object.keys(shape.behind.unwrap().shape)
  if (top === 'links') return Object.keys(shape.links.unwrap().shape)
  if (top === 'bounds') return Object.keys(shape.bounds.unwrap().shape)
  if (top === 'programs' && second !== undefined) return Object.keys(shape.programs.unwrap().valueType.shape)
  return Object.keys(shape)
}

/** What a key that holds others must hold. */
function wantedContainer(issue: Issue): string {
  const expected = issue.code === 'invalid_type' ? issue.expected : undefined
  return expected === 'array' ? 'a list' : 'keys and their values'
}

function isStep(path: Path): boolean {
  return path.length === 2 && path[0] === 'steps'
}

function valueAt(content: unknown, path: Path): unknown {
  let value = content
  for (const key of path) {
    const holds = typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    value = holds ? (value as Record<string | number, unknown>)[key] : undefined
  }
  return value
}

function nameOf(path: Path): string {
  const [last, before] = path.toReversed()
  if (last === undefined) return 'a scenario'
  return typeof last === 'string' ? printable(last, 40) : `each of ${before ?? 'these'}`
}

function isAboutParts(issues: readonly Issue[]): boolean {
  return issues.some(({ path }) => path.length > 0)
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function shown(value: unknown): string {
  if (value === undefined || value === null) return 'nothing'
  if (Array.isArray(value)) return 'a list'
  if (isMap(value)) return 'keys and their values'
  return printable(JSON.stringify(value), 60)
}
