/** Our node program, as `test-network` runs it. */
import { nodeProgram } from '../src/node-bundle.ts'
import { createProcessRunner } from '../src/runners/process.ts'
import type { LogPathOf, Runner } from '../src/runners/runner.ts'
import type { Program } from './fleet.ts'

export async function createOwnRunner(logPathOf: LogPathOf, say: (line: string) => void): Promise<Runner> {
  const { path, compileCacheFolder } = await nodeProgram(() => say('bundling the node program'))
  const env = { NODE_COMPILE_CACHE: compileCacheFolder }
  return createProcessRunner({ command: [process.execPath, path], env, logPathOf })
}

export function ownProgram(runner: Runner): Program {
  return { name: 'ours', runner, flags: { name: '--name', join: '--bootstrap' } }
}
