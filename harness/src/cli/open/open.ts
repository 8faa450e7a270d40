/** `test-network open [run]`: the report of a run, in the browser. */
import { pathToFileURL } from 'node:url'
import { exitCodeOf } from '../../judge/judgement.ts'
import { shortPath } from '../run-reports.ts'
import { reportOf } from './find-run.ts'
import { openInBrowser } from './opener.ts'

/**
 * Prints where the report is, and opens it unless only the path is wanted. The exit code.
 *
 * @param run - as `reportOf` takes it
 * @throws {UsageError} as `reportOf`
 */
export async function openReport({ run, pathOnly }: { run: string | undefined; pathOnly: boolean }): Promise<number> {
  const report = reportOf(run)
  process.stdout.write(`${shortPath(report)}\n`)
  const refused = pathOnly ? undefined : await openInBrowser(report)
  if (refused === undefined) return 0
  process.stderr.write(`test-network: not opened: ${refused}; open ${pathToFileURL(report).href} in a browser\n`)
  return exitCodeOf.unknown
}
