/** A run that was judged, in the format that was asked for. */
import type { Judged } from '../../reports/judged.ts'
import type { SimulationSection } from '../../reports/result/simulation-schema.ts'
import { renderPage, renderText, shortPath } from '../run-reports.ts'
import type { FormatName } from './format-names.ts'

export interface RenderedRun {
  readonly result: Judged
  /** Absolute. */
  readonly folder: string
  readonly exitCode: number
  readonly simulation: SimulationSection | undefined
}

/** Ends with a newline. */
export async function renderAs(format: FormatName, run: RenderedRun): Promise<string> {
  return await RENDERERS[format](run)
}

const RENDERERS: Readonly<Record<FormatName, (run: RenderedRun) => Promise<string>>> = {
  html: async ({ result, folder }) => await renderPage(result, folder),
  json: async ({ result, folder, exitCode, simulation }) => {
    const { renderJson } = await import('../../reports/result/json.ts')
    return `${renderJson(result, { path: folder, exitCode, simulation })}\n`
  },
  junit: async ({ result }) => (await import('../../reports/cases/junit.ts')).renderJunit(result),
  markdown: async ({ result, folder }) => {
    return (await import('../../reports/github/markdown.ts')).renderMarkdown(result, shortPath(folder))
  },
  openmetrics: async ({ result }) => (await import('../../reports/openmetrics.ts')).renderOpenMetrics(result),
  tap: async ({ result }) => (await import('../../reports/cases/tap.ts')).renderTap(result),
  text: async ({ result, folder }) => await renderText(result, folder)
}
