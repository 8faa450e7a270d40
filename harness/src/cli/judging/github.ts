/** What this process tells GitHub, when it runs in one of its jobs: annotations, and the summary of the job. */
import { randomUUID } from 'node:crypto'
import { appendFile } from 'node:fs/promises'
import type { Judged } from '../../reports/judged.ts'
import { shortPath } from '../run-reports.ts'

/** By name: the published simulator is a bundle, with modules of its own. */
const HELD_BACK = Symbol.for('gossip-testbed workflow commands')

/** Workflow commands of this process, held back until all of its other output is written. BOUNDED: ten for each run. */
function heldBack(): string[] {
  const shared = globalThis as { [HELD_BACK]?: string[] }
  shared[HELD_BACK] ??= []
  return shared[HELD_BACK]
}

/**
 * In a job of GitHub, everything that is printed meanwhile is taken for text: what a node wrote can be no workflow command,
 * since it cannot know the token that ends this. What was told of runs follows. Elsewhere it only does the work.
 *
 * @param stream - where texts are printed; not stdout if that is data for a program
 */
export async function withoutWorkflowCommands<T>(
  stream: { write(text: string): unknown },
  work: () => Promise<T>
): Promise<T> {
  if (!isJob()) return await work()
  const token = randomUUID()
  stream.write(`::stop-commands::${token}\n`)
  try {
    return await work()
  } finally {
    stream.write([`::${token}::`, ...heldBack().splice(0), ''].join('\n'))
  }
}

/** Annotates the job with the outcome of a run, and adds it to the summary of the job. Does nothing outside of a job. */
export async function tellGithub(judged: Judged, folder: string): Promise<void> {
  if (isJob()) {
    const { annotationsOf } = await import('../../reports/github/annotations.ts')
    heldBack().push(...annotationsOf(judged))
  }
  await addToSummary(judged, folder, process.env.GITHUB_STEP_SUMMARY)
}

function isJob(): boolean {
  return process.env.GITHUB_ACTIONS === 'true'
}

/** A summary that cannot be written is told of; the outcome does not depend on it. */
async function addToSummary(judged: Judged, folder: string, path: string | undefined): Promise<void> {
  if (path === undefined || path === '') return
  const { renderMarkdown } = await import('../../reports/github/markdown.ts')
  try {
    await appendFile(path, renderMarkdown(judged, shortPath(folder)))
  } catch (error) {
    process.stderr.write(`the summary of the job is missing: ${(error as Error).message}\n`)
  }
}
