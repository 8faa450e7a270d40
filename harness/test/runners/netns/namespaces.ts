/** Namespaces for tests, if this host has them. */
import tap from 'tap'
import { FILE_PATIENCE_MS } from '../../../../scripts/tests/until.ts'
import { createNetnsRunner, type NetnsRunnerOptions } from '../../../src/runners/netns/netns.ts'
import type { Runner } from '../../../src/runners/runner.ts'
import { nodePath } from '../../toolkit/nodes.ts'

/** Describes the tests of a file, or skips them all where no namespaces can be made. */
export async function withNamespaces(describe: () => void): Promise<void> {
  tap.setTimeout(FILE_PATIENCE_MS)
  try {
    await (await runnerOf('honest.mjs')).close()
  } catch (error) {
    return tap.plan(0, (error as Error).message)
  }
  describe()
}

/** Runs a program of test/nodes/. */
export async function runnerOf(program: string, options: Partial<NetnsRunnerOptions> = {}): Promise<Runner> {
  const command = [process.execPath, nodePath(program)] as const
  return await createNetnsRunner({ command, env: { NODE_OPTIONS: '' }, ...options })
}
