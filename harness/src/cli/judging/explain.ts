/** `test-network explain <run> [observer] [subject]`: the story of a run, of one node or of one pair, in plain words. */

import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { NodeName } from '../../contract.ts'
import { exitCodeOf } from '../../judge/judgement.ts'
import { nameList } from '../../judge/wording.ts'
import { printable } from '../../printable.ts'
import type { Judged } from '../../reports/judged.ts'
import { renderNodeStory, renderPairStory, renderRunStory } from '../../reports/terminal/explanation.ts'
import { createLayout } from '../../reports/terminal/layout.ts'
import { type LogLines, logLinesBeside } from '../../reports/words/log-lines.ts'
import { logName } from '../../reports/words/next-steps.ts'
import { findingsAbout } from '../../reports/words/story/stories.ts'
import { judgedRun } from '../judge.ts'
import { folderOfRun } from '../open/find-run.ts'
import { outputLook, shortPath } from '../run-reports.ts'
import { UsageError } from '../usage/values.ts'

/** Lines of a log that are shown. */
const MAX_LOG_LINES = 20

/** A log that is larger is read from its end only by other programs. */
const MAX_LOG_BYTES = 16 * 2 ** 20

export interface ExplainUsage {
  /** Its folder. */
  readonly run: string
  readonly observer: string | undefined
  readonly subject: string | undefined
}

/**
 * Tells the story from the evidence of the history alone, and writes nothing. 0 whatever the outcome of the run was.
 *
 * @throws {UsageError} when there is no such run or node
 */
export async function explainRun({ run, observer, subject }: ExplainUsage): Promise<number> {
  const folder = folderOfRun(run)
  const { result } = await judgedRun(folder, { whole: true })
  for (const name of [observer, subject]) if (name !== undefined) requireNode(result, name)
  if (observer !== undefined && observer === subject) {
    throw new UsageError(`${observer} and ${subject} are one node: name two, or one alone for its own story`)
  }
  process.stdout.write(await storyText(result, folder, observer, subject))
  return exitCodeOf.pass
}

async function storyText(
  result: Judged,
  folder: string,
  observer: NodeName | undefined,
  subject: NodeName | undefined
): Promise<string> {
  const { width, colour } = outputLook()
  const layout = createLayout(width, colour)
  if (observer === undefined) return renderRunStory(result, layout, shortPath(folder))
  if (subject !== undefined) return renderPairStory(result, [observer, subject], layout)
  return renderNodeStory(result, observer, layout, await logOf(result, folder, observer))
}

function requireNode({ network: { nodes } }: Judged, name: string): void {
  if (nodes.has(name)) return
  throw new UsageError(`${printable(name, 64)} is no node of this run, which has ${nameList([...nodes.keys()])}`)
}

/** Beside the first finding about the node, else at the end of the run. */
async function logOf({ network, judgement }: Judged, folder: string, node: NodeName): Promise<LogLines | undefined> {
  const log = await readLog(join(folder, logName(node)))
  if (log === undefined || network.started === undefined) return undefined
  const [finding] = findingsAbout(judgement.findings, node)
  const atMs = finding?.atMs ?? network.nowMs
  return logLinesBeside(log, Date.parse(network.started.startedAt) + atMs, MAX_LOG_LINES)
}

async function readLog(path: string): Promise<string | undefined> {
  try {
    const file = await stat(path)
    return file.isFile() && file.size <= MAX_LOG_BYTES ? await readFile(path, 'utf8') : undefined
  } catch {
    return undefined
  }
}
