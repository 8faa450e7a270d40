/**
 * `npm run tidy`: what makes the house untidy, beyond the exceptions of today. `--write` takes out of the list of exceptions
 * what is no longer needed; it adds nothing. `--reset` makes the list anew: only for a change that moves many files.
 */

import { crossedBorders } from './tidy/borders.ts'
import { importCircles } from './tidy/circles.ts'
import { exceptionsFor, faultsOf, readExceptions, tightened, writeExceptions } from './tidy/exceptions.ts'
import type { Finding } from './tidy/finding.ts'
import { sharedNames } from './tidy/names.ts'
import { fullRooms, smallFiles } from './tidy/rooms.ts'
import { longFiles, longFunctions } from './tidy/sizes.ts'
import { sleepingTests } from './tidy/sleeps.ts'
import { readSources, type Source } from './tidy/sources.ts'

const RULES = [
  longFiles,
  longFunctions,
  fullRooms,
  smallFiles,
  sharedNames,
  importCircles,
  crossedBorders,
  sleepingTests
]

const ROOT = new URL('..', import.meta.url).pathname

if (import.meta.main) {
  const findings = findingsIn(await readSources(ROOT))
  if (process.argv.includes('--reset')) await writeExceptions(exceptionsFor(findings))
  if (process.argv.includes('--write')) await writeExceptions(tightened(findings, await readExceptions()))
  const faults = faultsOf(findings, await readExceptions())
  for (const fault of faults) console.error(fault)
  console.log(faults.length === 0 ? 'tidy' : `${faults.length} to do`)
  process.exitCode = faults.length === 0 ? 0 : 1
}

/** What `npm run tidy` finds. */
export async function tidyFaults(): Promise<string[]> {
  return faultsOf(findingsIn(await readSources(ROOT)), await readExceptions())
}

export function findingsIn(sources: readonly Source[]): Finding[] {
  return RULES.flatMap(rule => rule(sources))
}
