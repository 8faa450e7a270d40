/** What was asked for is done, and told by an exit code; a user never meets a stack trace. */
import { readFileSync } from 'node:fs'
import { exitCodeOf } from '../judge/verdict.ts'
import { requireTestcontainers } from '../runners/container/require-testcontainers.ts'
import { parseUsage, type Usage } from './usage.ts'

const WRONG_USAGE = 2

/** The exit code. */
export async function main(argv: readonly string[]): Promise<number> {
  // A reader that went away (`| head`) must not keep the nodes from being stopped.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})
  // A fault of the harness itself says nothing about the network.
  process.on('uncaughtException', error => {
    complain(error)
    process.exit(exitCodeOf.unknown)
  })
  try {
    return await run(parseUsage(argv, version()), argv)
  } catch (error) {
    complain(error as Error)
    // By its name: the published simulator is a bundle with classes of its own.
    return (error as Error).name === 'UsageError' ? WRONG_USAGE : exitCodeOf.unknown
  }
}

async function run(usage: Usage, argv: readonly string[]): Promise<number> {
  switch (usage.kind) {
    case 'print':
      process.stdout.write(usage.text)
      return 0
    case 'run':
      return await (await import('./run.ts')).testNetwork(usage, argv)
    case 'simulate':
      return await (await import('./simulate.ts')).simulate(usage)
    case 'clean': {
      requireTestcontainers()
      const { clean, cleanRun } = await import('./clean.ts')
      await (usage.runId === undefined ? clean() : cleanRun(usage.runId))
      return 0
    }
    case 'conformance':
      return await (await import('../conformance/conformance.ts')).conformance(usage.program, usage.withinMs)
  }
}

function complain(error: Error): void {
  process.stderr.write(`test-network: ${error.message}\n`)
  if (process.env.DEBUG !== undefined) process.stderr.write(`${error.stack}\n`)
}

function version(): string {
  return JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')).version
}
