/** `npm run bench`: measures, prints a table, and leaves results.json in a folder of the run. */
import { readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { UsageError } from '../src/cli/usage/values.ts'
import { exitCodeOf } from '../src/judge/judgement.ts'
import { fillBlocks } from './docs.ts'
import { figures } from './figures.ts'
import { measure } from './measure.ts'
import { parseBenchUsage } from './usage.ts'

const WRONG_USAGE = 2

const docsPath = fileURLToPath(new URL('../../docs/PERFORMANCE.md', import.meta.url))

process.exitCode = await main(process.argv.slice(2))

async function main(argv: readonly string[]): Promise<number> {
  try {
    return await run(argv)
  } catch (error) {
    const { message, stack } = error as Error
    process.stderr.write(`bench: ${process.env.DEBUG === undefined ? message : stack}\n`)
    return error instanceof UsageError ? WRONG_USAGE : exitCodeOf.unknown
  }
}

async function run(argv: readonly string[]): Promise<number> {
  const names = figures.map(({ name }) => name)
  const usage = parseBenchUsage(argv, names)
  switch (usage.kind) {
    case 'measure':
      return await measure(usage)
    case 'write-docs': {
      const results = JSON.parse(await readFile(usage.resultsPath, 'utf8'))
      await writeFile(docsPath, fillBlocks(await readFile(docsPath, 'utf8'), results))
      return 0
    }
    case 'print':
      process.stdout.write(usage.text)
      return 0
  }
}
