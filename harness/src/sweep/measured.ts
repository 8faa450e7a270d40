/** One run of a sweep, as runs.ndjson and sweep.json hold it. */
import { z } from 'zod'
import { type Figures, SWEPT_NAMES } from './figures.ts'

/** What a sweep takes of a run. */
export interface MeasuredRun {
  readonly nodes: number
  readonly lossPercent?: number | undefined
  readonly round: number
  readonly seed: number
  /** `unknown`: nothing was measured; the run is made again, a few times. A run that failed is a result. */
  readonly outcome: 'pass' | 'fail' | 'unknown'
  /** Of the outcome, in one line. */
  readonly reason: string
  /** By name; Infinity for what the run owed, and did not come to. */
  readonly figures: Figures
  /** Of the run, within that of the sweep, if it was kept. */
  readonly folder?: string | undefined
}

/** Characters of a reason. */
export const MAX_MEASURED_REASON = 300

/** JSON knows no Infinity: null stands for it. */
const figureValue = z.union([z.number().nonnegative(), z.null()]).transform(value => value ?? Number.POSITIVE_INFINITY)

export const measuredRunSchema = z.strictObject({
  nodes: z.int().min(2),
  lossPercent: z.number().min(0).max(100).optional(),
  round: z.int().min(1),
  seed: z.int().min(0),
  outcome: z.enum(['pass', 'fail', 'unknown']),
  reason: z.string().max(MAX_MEASURED_REASON + 1),
  figures: z.partialRecord(z.enum(SWEPT_NAMES), figureValue),
  folder: z.string().max(1_000).optional()
})

/** A line of runs.ndjson, without its line break. */
export function measuredRunText(run: MeasuredRun): string {
  return JSON.stringify(run)
}

/** A line of runs.ndjson; undefined if it is none, as the last one of a harness that was killed while it wrote. */
export function measuredRunOf(line: string): MeasuredRun | undefined {
  try {
    const { success, data } = measuredRunSchema.safeParse(JSON.parse(line))
    return success ? data : undefined
  } catch {
    return undefined
  }
}
