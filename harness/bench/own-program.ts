/** Our node program, as `test-network` runs it. */

import { createProcessRunner } from '../src/runners/process.ts'
import { ownCommand } from '../src/runners/program/own-command.ts'
import type { LogPathOf, Runner } from '../src/runners/runner.ts'
import type { Program } from './fleet.ts'

export async function createOwnRunner(logPathOf: LogPathOf, say: (line: string) => void): Promise<Runner> {
  return createProcessRunner({ command: await ownCommand(say), logPathOf })
}

export function ownProgram(runner: Runner): Program {
  return { name: 'ours', runner }
}
