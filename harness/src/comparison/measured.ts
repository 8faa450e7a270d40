/** A run of a comparison, as it is kept. */
import { z } from 'zod'
import { RULE_IDS } from '../judge/rules.ts'
import { COMPARED_NAMES } from '../reports/words/figures/compared.ts'
import { COMPARED_SCENARIO_NAMES } from './names.ts'

/** Characters of a reason. */
export const MAX_COMPARED_REASON = 300

export const systemName = z.string().regex(/^[a-z0-9][a-z0-9-]{0,39}$/)

/** JSON knows no Infinity: null stands for it. */
export const figureValue = z
  .union([z.number().nonnegative(), z.null()])
  .transform(value => value ?? Number.POSITIVE_INFINITY)

export const comparedRunSchema = z.object({
  system: systemName.describe('`ours`, or the name of an adapter'),
  scenario: z.enum(COMPARED_SCENARIO_NAMES),
  nodes: z.int().min(2),
  round: z.int().min(1),
  seed: z.int().min(0).describe('of its plan: the same for all systems of a round'),
  outcome: z
    .enum(['measured', 'unmeasured', 'given-up'])
    .describe(
      'unmeasured: nothing could be seen, and the run is made again, a few times. given-up: not made, since earlier runs of the same kind came to nothing'
    ),
  reason: z
    .string()
    .max(MAX_COMPARED_REASON + 1)
    .describe('the verdict in one line, or why there is none'),
  missed: z.string().max(20).optional().describe('the first step that was not over in time'),
  shortened: z.boolean().optional().describe('it ended before a step that earlier runs had waited for in vain'),
  figures: z.partialRecord(z.enum(COMPARED_NAMES), figureValue).describe('null: not within the time that was given'),
  rules: z.array(z.enum(RULE_IDS as [string, ...string[]])).describe('rules of docs/CONTRACT.md that the run broke'),
  folder: z.string().max(1_000).optional().describe('of the run, beside this file, if it was kept')
})

export type ComparedRun = z.infer<typeof comparedRunSchema>

/** A line of runs.ndjson, without its line break. */
export function comparedRunText(run: ComparedRun): string {
  return JSON.stringify(run)
}

/** A line of runs.ndjson; undefined if it is none, as the last one of a harness that was killed while it wrote. */
export function comparedRunOf(line: string): ComparedRun | undefined {
  try {
    const { success, data } = comparedRunSchema.safeParse(JSON.parse(line))
    return success ? data : undefined
  } catch {
    return undefined
  }
}
