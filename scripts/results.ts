/** Writes docs/results from a comparison that is stored, and that `compare` has left in a folder. Nothing is measured. */
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Comparison, comparisonDocument, readComparison } from '../harness/src/comparison/document.ts'
import { comparisonMarkdown } from '../harness/src/comparison/shown/text.ts'
import { root } from './packages/run.ts'

/** Of the repository. */
const RESULTS_FOLDER = join(root, 'docs/results')

const RESULT_FILE = 'comparison.json'

const MADE =
  'Made by `npm run docs:results` from [comparison.json](comparison.json), which holds every run. ' +
  '[Beside other systems](../guide/compare.md) says what is measured, how, and how to measure it again.'

/** docs/results/README.md. */
export function resultsPage(comparison: Comparison): string {
  const [title, ...rest] = comparisonMarkdown(comparison).split('\n')
  return [title, '', MADE, ...rest].join('\n')
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.exitCode = await main(process.argv[2], process.argv[3])

/**
 * @param into - docs/results if undefined
 * @returns the exit code
 */
async function main(folder: string | undefined, into = RESULTS_FOLDER): Promise<number> {
  if (folder === undefined) return complain('name the folder of a comparison: npm run docs:results -- runs/latest')
  const path = join(folder, RESULT_FILE)
  try {
    const comparison = readComparison(await readFile(path, 'utf8'), path)
    await mkdir(into, { recursive: true })
    await writeFile(join(into, RESULT_FILE), comparisonDocument(withoutFolders(comparison)))
    await writeFile(join(into, 'README.md'), resultsPage(comparison))
    return 0
  } catch (error) {
    return complain((error as Error).message)
  }
}

/** The folders of the runs are not kept, and the command line may name some of this machine. */
function withoutFolders(comparison: Comparison): Comparison {
  const runs = comparison.runs.map(({ folder: _, ...run }) => run)
  return { ...comparison, argv: [], runs }
}

function complain(message: string): number {
  process.stderr.write(`${message}\n`)
  return 2
}
