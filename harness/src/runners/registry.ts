/** The runners that --runner can name. */
import { nodeProgram } from '../node-bundle.ts'
import type { LogPathOf, Runner } from './runner.ts'

/** A program and its leading arguments; the flags of the contract follow. */
export type ProgramCommand = readonly [program: string, ...args: string[]]

export interface RunnerOptions {
  /** Our own node program if undefined. */
  nodeCommand: ProgramCommand | undefined
  logPathOf: LogPathOf
  /** Tells the user what takes longer than usual. */
  say: (line: string) => void
}

/** Rejects with what to do about it when the runner cannot work here. */
type MakeRunner = (options: RunnerOptions) => Promise<Runner>

export type RunnerName = keyof typeof runners

export const runners = {
  process: async ({ nodeCommand, logPathOf, say }) => {
    const { createProcessRunner } = await import('./process.ts')
    if (nodeCommand !== undefined) return createProcessRunner({ command: nodeCommand, logPathOf })
    const { path, compileCacheFolder } = await nodeProgram(() => say('bundling the node program'))
    const env = { NODE_COMPILE_CACHE: compileCacheFolder }
    return createProcessRunner({ command: [process.execPath, path], env, logPathOf })
  }
} satisfies Record<string, MakeRunner>
