/** One run among many: nothing is shown of it, and whether its folder stays is decided afterwards. */
import { rm } from 'node:fs/promises'
import { basename } from 'node:path'
import type { Judged } from '../../reports/judged.ts'
import type { Plan } from '../../scenario/plan.ts'
import type { Interrupts } from '../interrupts.ts'
import { carryOut, type RunOptions } from '../run.ts'

/** A run that is over. */
export interface Made {
  readonly judged: Judged
  /** The name of the folder, which stays. */
  keep(): Promise<string>
  discard(): Promise<void>
}

/**
 * @param options.out - the folder for its folder
 * @param command - what followed the name of the program, to make it again
 * @throws as `carryOut`
 */
export async function makeRun(
  plan: Plan,
  options: Omit<RunOptions, 'uiPort'>,
  command: readonly string[],
  interrupts: Interrupts
): Promise<Made> {
  const { result, path } = await carryOut(plan, { ...options, json: true, uiPort: undefined }, command, interrupts)
  return {
    judged: result,
    keep: async () => basename(path),
    discard: async () => await rm(path, { recursive: true, force: true })
  }
}
