/** Parts of a scenario that name other parts, or rest on them. */
import { splitCommand } from '../../split-command.ts'
import { didYouMean } from '../../yaml/did-you-mean.ts'
import type { Path, Problem } from '../../yaml/problem.ts'
import { isProgramName, SELECTOR_WORDS, type Selector } from '../selector.ts'
import type { ScenarioFile } from './schema.ts'
import type { ScenarioStep } from './step-schemas.ts'

/** What the schema cannot say of one value alone. */
export function checkReferences(file: ScenarioFile): Problem[] {
  return [...programProblems(file), ...behindProblems(file), ...orderProblems(file), ...selectorProblems(file)]
}

function programProblems({ programs = {} }: ScenarioFile): Problem[] {
  return Object.entries(programs).flatMap(([name, program]) => {
    const path = ['programs', name]
    if (!isProgramName(name)) {
      const message = `a program is called by up to 32 of a-z, 0-9 and -, beginning with a letter, and not as a node (n1), nor ${SELECTOR_WORDS.join(', ')}`
      return [{ path, of: 'key' as const, message }]
    }
    const sources = (['command', 'image', 'ours'] as const).filter(key => program[key] !== undefined)
    if (sources.length > 1) return [{ path, message: `a program has one of ${sources.join(', ')}, not several` }]
    return commandProblems(program.command, [...path, 'command'])
  })
}

function commandProblems(command: string | undefined, path: Path): Problem[] {
  if (command === undefined) return []
  if (command.includes('$')) {
    return [{ path, message: "a scenario reads no environment; write: sh -c '...' node, or use --node-command" }]
  }
  const { fault } = splitCommand(command, {})
  return fault === undefined ? [] : [{ path, message: `command ${fault}` }]
}

function behindProblems({ behind = {}, programs = {} }: ScenarioFile): Problem[] {
  return Object.entries(behind).flatMap(([kind, selector]) => {
    const path = ['behind', kind]
    if (selector === undefined) return []
    if (selector.type !== 'all' && selector.type !== 'bootstrap' && selector.type !== 'joined') {
      const message = unknownProgram(selector, Object.keys(programs))
      return message === undefined ? [] : [{ path, message }]
    }
    const message = `${selector.type} cannot be behind a router: others must be able to dial bootstrap nodes; nodes behind it are named (n4..n6), counted (2, 10%), or those of a program`
    return [{ path, message }]
  })
}

/** Steps are read downward: what is drawn at one depends on what has happened at those before it. */
function orderProblems({ steps = [] }: ScenarioFile): Problem[] {
  const problems: Problem[] = []
  const lastAtMs = { full: 0, start: 0 }
  for (const [index, { at, from = 'full' }] of steps.entries()) {
    if (at === undefined) continue
    if (at < lastAtMs[from]) {
      const message = `steps stand in the order of their times, and one before this begins at ${lastAtMs[from]}ms`
      problems.push({ path: ['steps', index, 'at'], message })
    } else lastAtMs[from] = at
  }
  return problems
}

function selectorProblems({ steps = [], programs = {} }: ScenarioFile): Problem[] {
  const names = Object.keys(programs)
  let hasJoined = false
  return steps.flatMap((step, index) => {
    const problems = selectorsOf(step).flatMap(({ selector, path }) => {
      const message = selectorProblem(selector, { names, hasJoined, isJoin: 'join' in step })
      return message === undefined ? [] : [{ path: ['steps', index, ...path], message }]
    })
    if ('join' in step || ('churn' in step && (step.of?.includes('join') ?? true))) hasJoined = true
    return problems
  })
}

function selectorProblem(
  selector: Selector,
  { names, hasJoined, isJoin }: { names: string[]; hasJoined: boolean; isJoin: boolean }
): string | undefined {
  const unknown = unknownProgram(selector, names)
  if (unknown !== undefined) return unknown
  if (isJoin && ['all', 'bootstrap', 'joined'].includes(selector.type)) {
    return `${selector.type} cannot join: nodes that join are named (n12), counted (2, 10%), or those of a program`
  }
  if (selector.type === 'joined' && !hasJoined) return 'no node has joined before this step; add a `join` before it'
  return undefined
}

function unknownProgram(selector: Selector, names: readonly string[]): string | undefined {
  if (selector.type !== 'program' || names.includes(selector.name)) return undefined
  const known = ['n3', 'n1..n4', 'a number', 'a share', ...SELECTOR_WORDS, ...names]
  return `no nodes are called ${selector.name}${didYouMean(selector.name, [...SELECTOR_WORDS, ...names])}; there are ${known.join(', ')}`
}

/** The selectors of a step, and where in it they stand. */
function selectorsOf(step: ScenarioStep): { selector: Selector; path: (string | number)[] }[] {
  return Object.entries(step).flatMap(([key, value]) => {
    if (isSelector(value)) return [{ selector: value, path: [key] }]
    if (!Array.isArray(value)) return []
    return value.filter(isSelector).map((selector, index) => ({ selector, path: [key, index] }))
  })
}

/** No other value of a step is an object. */
function isSelector(value: unknown): value is Selector {
  return typeof value === 'object' && value !== null && 'type' in value
}
