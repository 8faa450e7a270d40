/**
 * `npm run mutants -- core|judge`: how much of what the code does the tests hold to. Changes the sources in a copy of the
 * repository, one small change at a time, and runs the tests until one fails. A change that all of them miss has survived.
 *
 * Exit codes: 0 when every mutant was tried, however many survived; 1 when a test fails without any mutant; 2 for wrong usage.
 */
import { glob, readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { CAMPAIGNS } from './campaigns.ts'
import { copyOf, removeCopy } from './copy.ts'
import { instrumented } from './mutant.ts'
import { progressLine, type Results, table, writeResults } from './report.ts'
import { sampleOf } from './sample.ts'
import { Trial, type Tried } from './try.ts'
import { Workers } from './workers.ts'

const ROOT = resolve(import.meta.dirname, '../..')
const USAGE = `usage: npm run mutants -- ${Object.keys(CAMPAIGNS).join('|')} [--seed <number>] [--count <number>] [--near]
  --seed   which mutants, 11 if not given
  --count  how many, 100 if not given
  --near   run only the tests of the room of each mutant: minutes in place of hours, and more survivors`

class UsageError extends Error {}

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
    await trial.prepare((await filesIn(campaign.tests, '*.test.ts')).filter(test => !campaign.without.includes(test)))
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

/** @throws {UsageError} */
function optionsOf(args: string[]): { name: string; seed: number; count: number; isNearOnly: boolean } {
  const options = { seed: { type: 'string' }, count: { type: 'string' }, near: { type: 'boolean' } } as const
  const { values, positionals } = parsed(() => parseArgs({ args, options, allowPositionals: true }))
  const [name, ...others] = positionals
  if (name === undefined || others.length > 0 || !Object.hasOwn(CAMPAIGNS, name)) throw new UsageError(USAGE)
  return {
    name,
    seed: numberOf('--seed', values.seed ?? '11', 0),
    count: numberOf('--count', values.count ?? '100', 1),
    isNearOnly: values.near === true
  }
}

function parsed<T>(parse: () => T): T {
  try {
    return parse()
  } catch (error) {
    throw new UsageError(`${(error as Error).message}\n${USAGE}`)
  }
}

function numberOf(option: string, text: string, min: number): number {
  const number = /^\d+$/.test(text) ? Number(text) : Number.NaN
  if (number >= min && Number.isSafeInteger(number)) return number
  throw new UsageError(`${option} ${JSON.stringify(text)} is no whole number from ${min}\n${USAGE}`)
}
