/** The folder of a sweep: its plan, its runs as they come, and in the end its result. A sweep that was stopped goes on from there. */
import { type BegunSweep, begunSchema, SWEEP_VERSION, type Sweep, sweepDocument } from '../../sweep/document.ts'
import { type MeasuredRun, measuredRunOf, measuredRunText } from '../../sweep/measured.ts'
import { parseUsage } from '../usage/usage.ts'
import type { SweepUsage } from '../usage/usages.ts'
import {
  type FolderKind,
  type MeasuringFolder,
  makeMeasuringFolder,
  notThePlan,
  requireSameOptions,
  resumeMeasuringFolder
} from './measuring-folder.ts'

export type SweepFolder = MeasuringFolder<MeasuredRun, Sweep>

const KIND: FolderKind<BegunSweep, MeasuredRun, Sweep> = {
  name: 'sweep',
  version: SWEEP_VERSION,
  begunSchema,
  lineOf: measuredRunText,
  runOf: measuredRunOf,
  documentOf: sweepDocument,
  reportsOf: sweep => ({ 'sweep.html': async () => await pageOf(sweep) })
}

/** @throws {UsageError} when the folder that was named cannot be written */
export async function makeSweepFolder(out: string | undefined, begun: BegunSweep): Promise<SweepFolder> {
  return await makeMeasuringFolder(KIND, out, begun)
}

export interface ResumedSweep {
  readonly folder: SweepFolder
  readonly begun: BegunSweep
  /** As it was begun; what is shown and compared in the end is that of this time. */
  readonly usage: SweepUsage
}

/** Options that say nothing of what is measured. */
const FREE_OPTIONS = ['json', 'out', 'resume', 'baseline', 'saveBaseline', 'maxTime']

/**
 * What was begun in a folder, with the runs that were made.
 *
 * @param version - of this testbed
 * @throws {UsageError} when there is no sweep, or another one is asked for now
 */
export async function resumedSweep(path: string, now: SweepUsage, version: string): Promise<ResumedSweep> {
  const { begun, folder } = await resumeMeasuringFolder(KIND, path, version)
  const usage = parseUsage(['sweep', ...begun.argv], version)
  if (usage.kind !== 'sweep') throw notThePlan(path, KIND.name)
  requireSameOptions(path, usage.all, now.given, FREE_OPTIONS)
  const { json, baseline = usage.baseline, saveBaseline = usage.saveBaseline } = now
  return { begun, usage: { ...usage, json, baseline, saveBaseline }, folder }
}

async function pageOf(sweep: Sweep): Promise<string> {
  const [{ renderSweepPage }, { pageAssets }] = await Promise.all([
    import('../../sweep/shown/page.ts'),
    import('../../reports/html/assets.ts')
  ])
  return renderSweepPage(sweep, await pageAssets('sweep'))
}
