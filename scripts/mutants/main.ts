/**
 * `npm run mutants -- core|judge`: how much of what the code does the tests hold to. Changes the sources in a copy of the
 * repository, one small change at a time, and runs the tests until one fails. A change that all of them miss has survived.
 *
 * Exit codes: 0 when every mutant was tried, however many survived; 1 when a test fails without any mutant; 2 for wrong usage.
 */
import { glob, readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { CAMPAIGNS } from './campaigns.ts'
import { copyOf, removeCopy } from './copy.ts'
import { instrumented } from './mutant.ts'
import { optionsOf, UsageError } from './options.ts'
import { progressLine, type Results, table, writeResults } from './report.ts'
import { sampleOf } from './sample.ts'
import { Trial, type Tried } from './try.ts'
import { Workers } from './worker/workers.ts'

const ROOT = resolve(import.meta.dirname, '../..')
try {
  const { name, seed, count, isNearOnly } = optionsOf(process.argv.slice(2))
  console.log(table(await run(name, seed, count, isNearOnly)))
} catch (error) {
  console.error((error as Error).message)
  process.exitCode = error instanceof UsageError ? 2 : 1
}

async function run(name: string, seed: number, count: number, isNearOnly: boolean): Promise<Results> {
  const campaign = CAMPAIGNS[name]!
  const sources = new Map<string, string>()
  for (const file of await filesIn(campaign.sources, '*.ts'))
    sources.set(file, await readFile(join(ROOT, file), 'utf8'))
  const { mutants, outOf, refused } = await sampleOf(ROOT, sources, seed, count)
  const results = { campaign: name, seed, outOf, refused, tried: [] as Tried[] }
  const { sources: changed, idOf } = await instrumented(sources, mutants)
  const copy = await copyOf(ROOT, changed)
  const workers = new Workers(copy)
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop(workers, copy))
  try {
    const trial = new Trial(workers, campaign, isNearOnly)
    const tests = (await filesIn(campaign.tests, '*.test.ts')).filter(test => !campaign.without.includes(test))
    await trial.prepare([...tests, ...campaign.others])
    for (const mutant of mutants) {
      const tried = await trial.try(mutant, idOf(mutant))
      results.tried.push(tried)
      console.log(`${results.tried.length}/${mutants.length} ${progressLine(tried)}`)
      await writeResults(ROOT, results)
    }
  } finally {
    workers.end()
    await removeCopy(copy)
  }
  return results
}

async function stop(workers: Workers, copy: string): Promise<void> {
  workers.end()
  await removeCopy(copy)
  process.exit(130)
}

async function filesIn(folder: string, pattern: string): Promise<string[]> {
  const files: string[] = []
  for await (const file of glob(`${folder}/**/${pattern}`, { cwd: ROOT })) files.push(file)
  return files.sort()
}
