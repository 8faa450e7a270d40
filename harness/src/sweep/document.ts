/** sweep.json: a sweep that is over or was stopped, with every run; a baseline is such a file that was kept. */
import { z } from 'zod'
import { printable } from '../printable.ts'
import { RUNNER_NAMES } from '../runners/names.ts'
import { SWEPT_FIGURES, SWEPT_NAMES } from './figures.ts'
import type { MeasuringHost } from './host.ts'
import { type MeasuredRun, measuredRunSchema } from './measured.ts'
import { cellSummaries, growths } from './summary.ts'

/** Grows when documents of before cannot be compared with those of after. */
export const SWEEP_VERSION = 1

/** Above all that a grid can be asked for: a file from elsewhere must not fill the memory. */
const MAX_DOCUMENT_RUNS = 100_000
const MAX_LIST = 1_000

/** What decides what is measured: a sweep that goes on must have the same plan, and so must a baseline but for `repeat` and `seed`. */
const planSchema = z.strictObject({
  scenario: z.string().max(1_000),
  nodes: z.array(z.int().min(2)).min(1).max(MAX_LIST),
  lossPercent: z.array(z.number().min(0).max(100)).min(1).max(MAX_LIST).optional(),
  repeat: z.int().min(1),
  seed: z.int().min(0),
  runner: z.enum([...RUNNER_NAMES, 'simulation']),
  /** Options of the command line that change what a run does, as they are written there. */
  options: z.record(z.string().max(100), z.string().max(10_000)),
  /** Of the content of the scenario: it changes when its file does. */
  digest: z.string().max(100)
})

export type SweepPlan = z.infer<typeof planSchema>

const hostSchema = z.strictObject({
  cpu: z.string().max(200),
  cores: z.int().min(1),
  memoryGiB: z.number().min(0),
  system: z.string().max(200),
  node: z.string().max(50)
}) satisfies z.ZodType<MeasuringHost>

/** What plan.json holds: what was begun, where, and by which version of the testbed. */
export const begunSchema = z.strictObject({
  v: z.literal(SWEEP_VERSION),
  kind: z.literal('sweep'),
  /** ISO 8601. */
  startedAt: z.string().max(50),
  /** Of the testbed. */
  version: z.string().max(50),
  host: hostSchema,
  /** What followed `sweep` on the command line that began it. */
  argv: z.array(z.string().max(10_000)).max(MAX_LIST),
  plan: planSchema
})

export type BegunSweep = z.infer<typeof begunSchema>

export interface Sweep extends BegunSweep {
  /** Every run of the plan was tried. */
  readonly complete: boolean
  readonly runs: readonly MeasuredRun[]
}

/** Only what a comparison reads; the summaries that stand beside it are made of it. */
const sweepSchema = z.object({
  ...begunSchema.shape,
  complete: z.boolean(),
  units: z.record(z.string().max(100), z.string().max(50)),
  runs: z.array(measuredRunSchema).max(MAX_DOCUMENT_RUNS)
})

/** What makes a file no sweep that can be compared, in a sentence. */
export class SweepFileError extends Error {
  override name = 'SweepFileError'
}

/** The document as text, with the summaries that people and programs read. JSON knows no Infinity: null stands for it. */
export function sweepDocument(sweep: Sweep): string {
  const { plan, runs } = sweep
  const units = Object.fromEntries(SWEPT_NAMES.map(name => [name, SWEPT_FIGURES[name].unit]))
  const document = { ...sweep, units, cells: cellSummaries(plan, runs), growth: growths(plan, runs) }
  return `${JSON.stringify(document, null, 2)}\n`
}

/**
 * @param file - as the message should name it
 * @throws {SweepFileError}
 */
export function readSweep(text: string, file: string): Sweep {
  const content = parsed(text, file)
  const { v, kind } = (typeof content === 'object' && content !== null ? content : {}) as Record<string, unknown>
  if (kind !== 'sweep')
    throw new SweepFileError(`${file} is no result of a sweep: name a sweep.json, or what --save-baseline wrote`)
  if (v !== SWEEP_VERSION) {
    throw new SweepFileError(
      `${file} has version ${printable(JSON.stringify(v) ?? 'none', 20)} of the format, and this testbed reads ${SWEEP_VERSION}: measure it again`
    )
  }
  const { success, data, error } = sweepSchema.safeParse(content)
  if (!success) {
    const [issue] = error.issues
    const place = printable(issue!.path.join('.'), 80)
    throw new SweepFileError(
      `${file} was changed by hand or is damaged, at ${place}: ${printable(issue!.message, 200)}`
    )
  }
  requireUnits(data.units, file)
  const { units: _, ...sweep } = data
  return sweep
}

function requireUnits(units: Readonly<Record<string, string>>, file: string): void {
  for (const name of SWEPT_NAMES) {
    const { unit } = SWEPT_FIGURES[name]
    const theirs = units[name] ?? 'none'
    if (theirs !== unit)
      throw new SweepFileError(
        `${file} has ${name} in ${printable(theirs, 40)}, and here it is in ${unit}: measure it again`
      )
  }
}

function parsed(text: string, file: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new SweepFileError(`${file} is no JSON: name a sweep.json, or what --save-baseline wrote`)
  }
}
