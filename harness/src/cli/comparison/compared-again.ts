/** `test-network diff` of two comparisons: whether the second one came to the same. */
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Comparison, ComparisonFileError, readComparison } from '../../comparison/document.ts'
import { repeatabilityOf } from '../../comparison/repeatability.ts'
import { repeatabilityText } from '../../comparison/shown/words.ts'
import { exitCodeOf } from '../../judge/judgement.ts'
import { shortPath } from '../run-reports.ts'
import { UsageError } from '../usage/values.ts'

const RESULT_FILE = 'comparison.json'

/** The folder was left by `compare`. */
export function isComparison(folder: string): boolean {
  return existsSync(join(folder, RESULT_FILE))
}

/**
 * Prints which medians of the second comparison lie outside of the intervals of the first. The exit code: 1 if they are too many, 3 if
 * there is nothing to compare.
 *
 * @throws {UsageError} when one of them cannot be read
 */
export async function diffComparisons(before: string, after: string, json: boolean): Promise<number> {
  const [first, second] = [await readFrom(before), await readFrom(after)]
  const repeatability = repeatabilityOf(first, second)
  process.stdout.write(json ? `${JSON.stringify(repeatability, null, 2)}\n` : repeatabilityText(first, repeatability))
  if (repeatability.compared === 0) return exitCodeOf.unknown
  return repeatability.isRepeated ? exitCodeOf.pass : exitCodeOf.fail
}

async function readFrom(folder: string): Promise<Comparison> {
  const path = join(folder, RESULT_FILE)
  const file = shortPath(path)
  const text = await readFile(path, 'utf8').catch((error: Error) => {
    throw new UsageError(`${file} cannot be read: ${error.message}`)
  })
  try {
    return readComparison(text, file)
  } catch (error) {
    throw error instanceof ComparisonFileError ? new UsageError(error.message) : error
  }
}
