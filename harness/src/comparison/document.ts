/** comparison.json: how systems compared, with every run. */
import { z } from 'zod'
import { RULE_IDS } from '../judge/rules.ts'
import { printable } from '../printable.ts'
import { COMPARED_NAMES } from '../reports/words/figures/compared.ts'
import type { MeasuringHost } from '../sweep/host.ts'
import { comparedRunSchema, figureValue, systemName } from './measured.ts'
import { COMPARED_SCENARIO_NAMES } from './names.ts'

/** Major version of comparison.json. Minor versions add fields, and have no number; a newer major is refused. */
export const COMPARISON_VERSION = 1

/** How the one system is called that comes with the testbed. */
export const OURS = 'ours'

/** Above all that can be asked for: a file from elsewhere must not fill the memory. */
const MAX_RUNS = 100_000
const MAX_LIST = 1_000

const sentence = z.string().max(1_000)

const systemSchema = z.object({
  name: systemName.describe('`ours`, or the name of an adapter'),
  title: sentence,
  about: sentence,
  version: sentence,
  settings: z.array(sentence).max(MAX_LIST).describe('what was chosen, and where the system itself recommends it'),
  claims: z.array(sentence).max(MAX_LIST),
  limits: z.array(sentence).max(MAX_LIST).describe('what the system cannot do, or its adapter leaves out')
})

export type ComparedSystem = z.infer<typeof systemSchema>

const absentSchema = z.object({ name: systemName, title: sentence, reason: sentence })

export type AbsentSystem = z.infer<typeof absentSchema>

const planSchema = z.object({
  systems: z.array(systemSchema).min(1).max(MAX_LIST),
  absent: z.array(absentSchema).max(MAX_LIST).describe('systems that could not be built or are not installed, and why'),
  scenarios: z
    .array(z.object({ name: z.enum(COMPARED_SCENARIO_NAMES), digest: z.string().max(100) }))
    .min(1)
    .max(MAX_LIST)
    .describe('`digest` is of the content of the scenario: it changes when its file does'),
  nodes: z.array(z.int().min(2)).min(1).max(MAX_LIST),
  repeat: z.int().min(1),
  seed: z.int().min(0),
  runner: z.enum(['process', 'netns'])
})

export type ComparisonPlan = z.infer<typeof planSchema>

const hostSchema = z.object({
  cpu: z.string().max(200),
  cores: z.int().min(1),
  memoryGiB: z.number().min(0),
  system: z.string().max(200),
  node: z.string().max(50)
}) satisfies z.ZodType<MeasuringHost>

const begun = {
  v: z.literal(COMPARISON_VERSION),
  kind: z.literal('comparison'),
  startedAt: z.string().max(50).describe('ISO 8601'),
  version: z.string().max(50).describe('of the testbed'),
  host: hostSchema,
  argv: z.array(z.string().max(10_000)).max(MAX_LIST).describe('what followed `compare` on the command line'),
  plan: planSchema
}

/** What plan.json holds: what was begun, where, and by which version of the testbed. */
export const begunComparisonSchema = z.object(begun)

export type BegunComparison = z.infer<typeof begunComparisonSchema>

const figureSchema = z.object({
  median: figureValue,
  low: figureValue.describe('between `low` and `high` lies the true median, with the probability `confidence`'),
  high: figureValue,
  confidence: z.number().min(0).max(1),
  values: z.int().min(1),
  never: z
    .int()
    .min(0)
    .describe('of the values: not within the time that was given. They count as greater than all others')
})

export type RowFigure = z.infer<typeof figureSchema>

const rowSchema = z.object({
  system: systemName,
  nodes: z.int().min(2),
  measured: z.int().min(0).describe('runs, of all scenarios together'),
  unmeasured: z.int().min(0),
  givenUp: z.int().min(0),
  figures: z.partialRecord(z.enum(COMPARED_NAMES), figureSchema),
  rules: z
    .array(z.object({ rule: z.enum(RULE_IDS as [string, ...string[]]), runs: z.int().min(1) }))
    .describe('rules of docs/CONTRACT.md that runs broke, and how many of them'),
  reasons: z.array(sentence).describe('why runs could not be measured, or were not made, each once')
})

export type ComparisonRow = z.infer<typeof rowSchema>

const lossSchema = z.object({
  nodes: z.int().min(2),
  figure: z.enum(COMPARED_NAMES),
  system: systemName.describe('the one that is better than ours'),
  ours: figureValue,
  theirs: figureValue,
  isSure: z.boolean().describe('the two intervals have nothing in common')
})

export type Loss = z.infer<typeof lossSchema>

export const comparisonSchema = z.object({
  ...begun,
  complete: z.boolean().describe('every run of the plan was tried'),
  limitMs: z.number().describe('what has not come within so long is a result: null'),
  units: z.record(z.string().max(100), z.string().max(50)).describe('of each figure; less is better for all of them'),
  rows: z.array(rowSchema).max(MAX_RUNS),
  losses: z
    .array(lossSchema)
    .max(MAX_RUNS)
    .describe('where another system is better than ours, as the table shows both'),
  runs: z.array(comparedRunSchema).max(MAX_RUNS)
})

export type Comparison = z.infer<typeof comparisonSchema>

/** JSON knows no Infinity: null stands for it. */
export function comparisonDocument(comparison: Comparison): string {
  return `${JSON.stringify(comparison, null, 2)}\n`
}

/** What makes a file no comparison, in a sentence. */
export class ComparisonFileError extends Error {
  override name = 'ComparisonFileError'
}

/**
 * @param file - as the message should name it
 * @throws {ComparisonFileError}
 */
export function readComparison(text: string, file: string): Comparison {
  const content = parsed(text, file)
  const { v, kind } = (typeof content === 'object' && content !== null ? content : {}) as Record<string, unknown>
  if (kind !== 'comparison') {
    throw new ComparisonFileError(`${file} is no comparison: name a comparison.json, as test-network compare leaves it`)
  }
  if (v !== COMPARISON_VERSION) {
    const theirs = printable(JSON.stringify(v) ?? 'none', 20)
    throw new ComparisonFileError(
      `${file} has version ${theirs} of the format, and this testbed reads ${COMPARISON_VERSION}: measure it again`
    )
  }
  const { success, data, error } = comparisonSchema.safeParse(content)
  if (success) return data
  const [issue] = error.issues
  const place = printable(issue!.path.join('.'), 80)
  throw new ComparisonFileError(`${file} is damaged, at ${place}: ${printable(issue!.message, 200)}`)
}

function parsed(text: string, file: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new ComparisonFileError(`${file} is no JSON: name a comparison.json, as test-network compare leaves it`)
  }
}
