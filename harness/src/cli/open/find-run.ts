/** Finds the folders that runs have left. */
import { existsSync, readdirSync, statSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { printable } from '../../printable.ts'
import { runsFolders } from '../artefacts.ts'
import { shortPath } from '../run-reports.ts'
import { UsageError } from '../usage/values.ts'

export const REPORT_FILE = 'report.html'
const LATEST = 'latest'

/** As `artefacts.ts` names the folder of a run. */
const DATED = /^\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d-[\w.-]+$/

/** As many as a shell can show. */
const MAX_NAMED = 50

export interface NamedRun {
  /** From the working folder, if that is shorter. */
  readonly path: string
  readonly about: string
}

/** The last run and those before it, the newest first. */
export function namedRuns(): NamedRun[] {
  const folder = runsFolders().find(hasRuns)
  if (folder === undefined) return []
  const latest = isFolder(join(folder, LATEST))
    ? [{ path: shortPath(join(folder, LATEST)), about: 'the last run' }]
    : []
  return [...latest, ...runsIn(folder).map(path => ({ path: shortPath(path), about: '' }))].slice(0, MAX_NAMED)
}

/** The folder of a run, by its path, by its name among the runs, or by its report: absolute, whether it is there or not. */
export function folderOfRun(run: string): string {
  const places = [resolve(run), ...runsFolders().map(folder => join(folder, run))]
  const found = places.find(place => existsSync(place)) ?? resolve(run)
  return basename(found) === REPORT_FILE ? dirname(found) : found
}

/**
 * The report of a run: its absolute path.
 *
 * @param run - as `folderOfRun` takes it; the last run if undefined
 * @throws {UsageError} when there is no such run, or it has no report
 */
export function reportOf(run: string | undefined): string {
  const folder = run === undefined ? lastRun() : folderOfRun(run)
  const report = join(folder, REPORT_FILE)
  if (existsSync(report)) return report
  const shown = printable(shortPath(folder), 200)
  if (!isFolder(folder)) throw new UsageError(`${shown} is not there: name the folder of a run, such as runs/latest`)
  const [inner] = runsIn(folder)
  if (inner !== undefined)
    throw new UsageError(`${shown} holds several runs; name one: test-network open ${shortPath(inner)}`)
  if (existsSync(join(folder, 'history.ndjson')))
    throw new UsageError(`${shown} has no ${REPORT_FILE} yet: test-network judge ${shown} writes it`)
  throw new UsageError(`${shown} is not the folder of a run: name one, such as runs/latest`)
}

function lastRun(): string {
  const folder = runsFolders().find(hasRuns)
  if (folder === undefined) {
    const [here, states] = runsFolders().map(path => shortPath(path))
    throw new UsageError(
      `there is no run, neither in ${here} nor in ${states}; name the folder of one: test-network open <run>`
    )
  }
  const latest = join(folder, LATEST)
  return isFolder(latest) ? latest : runsIn(folder)[0]!
}

function hasRuns(folder: string): boolean {
  return isFolder(join(folder, LATEST)) || runsIn(folder).length > 0
}

/** The newest first; nothing where no folder is. */
function runsIn(folder: string): string[] {
  const names = isFolder(folder) ? readdirSync(folder) : []
  return names
    .filter(name => DATED.test(name))
    .sort()
    .reverse()
    .map(name => join(folder, name))
    .filter(isFolder)
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true
}
