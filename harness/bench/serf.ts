/**
 * serf by HashiCorp, the measure of what a membership protocol costs: its adapter, which runs the current library in the node's
 * own process.
 */
import { buildAdapter } from '../src/adapters/build.ts'
import { loadAdapter } from '../src/adapters/shipped.ts'
import { createProcessRunner } from '../src/runners/process.ts'
import type { Program } from './fleet.ts'

/**
 * @param cacheFolder - where it is built, if it is not there yet
 * @returns the program and its version, or why there is none
 */
export async function serfProgram(
  cacheFolder: string,
  say: (line: string) => void,
  interrupt: AbortSignal
): Promise<{ program: Program; version: string } | { missing: string }> {
  const { command, version, missing } = await buildAdapter(await loadAdapter('serf'), { cacheFolder, say, interrupt })
  if (command === undefined) return { missing }
  return { program: { name: 'serf', runner: createProcessRunner({ command }) }, version }
}
