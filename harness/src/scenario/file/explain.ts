/** Issues of the schema of a scenario as sentences. */
import type { z } from 'zod'
import { didYouMean } from '../../yaml/did-you-mean.ts'
import { explain, isKeys, valueAt, valueText } from '../../yaml/explain.ts'
import type { Path, Problem } from '../../yaml/problem.ts'
import { scenarioSchema } from './schema.ts'
import { STEP_NAMES, type StepName, stepSchemas } from './step-schemas.ts'

type Issue = z.core.$ZodIssue

/** @param content - what was checked, as YAML has read it */
export function explainScenario(issues: readonly Issue[], content: unknown): Problem[] {
  return explain(issues, {
    name: 'a scenario',
    content,
    keysAt: path => keysAt(path, content),
    special: (issue, path, explainInner) =>
      issue.code === 'invalid_union' && isStep(path) ? stepProblems(issue, content, path, explainInner) : undefined
  })
}

/** A step is one of many: judged by the key that says what it does. */
function stepProblems(
  issue: z.core.$ZodIssueInvalidUnion,
  content: unknown,
  path: Path,
  explainInner: (inner: Issue) => Problem[]
): Problem[] {
  const step = valueAt(content, path)
  if (!isKeys(step))
    return [{ path, message: `a step is a key and its value, such as kill: 1, not ${valueText(step)}` }]
  const names = STEP_NAMES.filter(name => Object.hasOwn(step, name))
  const [first, second] = names
  if (first === undefined) {
    const near = Object.keys(step).find(key => didYouMean(key, STEP_NAMES) !== '')
    const message = `a step does one of ${STEP_NAMES.join(', ')}`
    if (near === undefined) return [{ path, message }]
    return [
      { path: [...path, near], of: 'key', message: `unknown key ${valueText(near)}${didYouMean(near, STEP_NAMES)}` }
    ]
  }
  if (second !== undefined) {
    return [
      { path: [...path, second], of: 'key', message: `a step does one thing: ${first} or ${second}, in two steps` }
    ]
  }
  const own = issue.errors[STEP_NAMES.indexOf(first)] ?? []
  return own.flatMap(explainInner)
}

/** The keys that may stand at a path. */
function keysAt(path: Path, content: unknown): string[] {
  const [top, second] = path
  const { shape } = scenarioSchema
  if (top === 'steps') {
    const step = valueAt(content, path)
    const name = STEP_NAMES.find(name => isKeys(step) && Object.hasOwn(step, name)) as StepName
    return Object.keys(stepSchemas[name].shape)
  }
  if (top === 'behind') return Object.keys(shape.behind.unwrap().shape)
  if (top === 'links') return Object.keys(shape.links.unwrap().shape)
  if (top === 'bounds') return Object.keys(shape.bounds.unwrap().shape)
  if (top === 'programs' && second !== undefined) return Object.keys(shape.programs.unwrap().valueType.shape)
  return Object.keys(shape)
}

function isStep(path: Path): boolean {
  return path.length === 2 && path[0] === 'steps'
}
