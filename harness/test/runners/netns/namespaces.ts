/** Namespaces for tests, if this host has them. */
import tap from 'tap'
import { FILE_PATIENCE_MS } from '../../../../scripts/tests/until.ts'
import { createNetnsRunner, type NetnsRunnerOptions } from '../../../src/runners/netns/netns.ts'
import type { Runner } from '../../../src/runners/runner.ts'
import { nodePath } from '../../toolkit/nodes.ts'

/** Why no namespaces can be made here, for `skip` of tests; false if they can. */
export async function noNamespaces(): Promise<string | false> {
  tap.setTimeout(FILE_PATIENCE_MS)
  try {
    await (await runnerOf('honest.mjs')).close()
    return false
  } catch (error) {
    return (error as Error).message
  }
}

/** Runs a program of test/nodes/. */
export async function runnerOf(program: string, options: Partial<NetnsRunnerOptions> = {}): Promise<Runner> {
  const command = [process.execPath, nodePath(program)] as const
  return await createNetnsRunner({ command, env: { NODE_OPTIONS: '' }, ...options })
}
