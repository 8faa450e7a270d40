/** The folder of a comparison: its plan, its runs as they come, and in the end its result. One that was stopped goes on from there. */
import {
  type BegunComparison,
  begunComparisonSchema,
  COMPARISON_VERSION,
  type Comparison,
  comparisonDocument
} from '../../comparison/document.ts'
import { type ComparedRun, comparedRunOf, comparedRunText } from '../../comparison/measured.ts'
import { comparisonMarkdown } from '../../comparison/shown/text.ts'
import {
  type FolderKind,
  type MeasuringFolder,
  makeMeasuringFolder,
  notThePlan,
  requireSameOptions,
  resumeMeasuringFolder
} from '../comparing/measuring-folder.ts'
import { parseUsage } from '../usage/usage.ts'
import type { CompareUsage } from '../usage/usages.ts'

export type ComparisonFolder = MeasuringFolder<ComparedRun, Comparison>

const KIND: FolderKind<BegunComparison, ComparedRun, Comparison> = {
  name: 'comparison',
  version: COMPARISON_VERSION,
  begunSchema: begunComparisonSchema,
  lineOf: comparedRunText,
  runOf: comparedRunOf,
  documentOf: comparisonDocument,
  reportsOf: comparison => ({
    'comparison.md': async () => comparisonMarkdown(comparison),
    'comparison.html': async () => await comparisonPage(comparison)
  })
}

/** @throws {UsageError} when the folder that was named cannot be written */
export async function makeComparisonFolder(out: string | undefined, begun: BegunComparison): Promise<ComparisonFolder> {
  return await makeMeasuringFolder(KIND, out, begun)
}

export interface ResumedComparison {
  readonly folder: ComparisonFolder
  readonly begun: BegunComparison
  /** As it was begun; how long it may take and what is printed is that of this time. */
  readonly usage: CompareUsage
}

/** Options that say nothing of what is measured. */
const FREE_OPTIONS = ['json', 'out', 'resume', 'maxTime', 'adapters']

/**
 * What was begun in a folder, with the runs that were made.
 *
 * @param version - of this testbed
 * @throws {UsageError} when there is no comparison, or another one is asked for now
 */
export async function resumedComparison(path: string, now: CompareUsage, version: string): Promise<ResumedComparison> {
  const { begun, folder } = await resumeMeasuringFolder(KIND, path, version)
  const usage = parseUsage(['compare', ...begun.argv], version)
  if (usage.kind !== 'compare') throw notThePlan(path, KIND.name)
  requireSameOptions(path, usage.all, now.given, FREE_OPTIONS)
  return { begun, usage: { ...usage, json: now.json, maxMs: now.maxMs }, folder }
}

/** One file that needs nothing else. */
export async function comparisonPage(comparison: Comparison): Promise<string> {
  const [{ renderComparisonPage }, { pageAssets }] = await Promise.all([
    import('../../comparison/shown/page.ts'),
    import('../../reports/html/assets.ts')
  ])
  return renderComparisonPage(comparison, await pageAssets('comparison'))
}
