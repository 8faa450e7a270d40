import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import type { Result } from '../../../src/reports/result/schema.ts'
import type { SoloFigure } from '../../figure.ts'
import { MeasureError } from '../../measure-error.ts'

const cliPath = fileURLToPath(new URL('../../../src/cli/bin.ts', import.meta.url))

const DEADLINE_SECONDS = 120

/** `test-network N` as a user runs it, from the command to full books; what npm needs to start it is left out. */
export const command: SoloFigure = {
  name: 'command',
  metrics: [{ id: 'command', what: 'command -> every book full', unit: 's', limit: () => ({ median: 8 }) }],
  sizes: { full: [50], quick: [5] },
  realNodes: true,
  async measure({ sizes, interrupt }, take) {
    for (const nodes of sizes) take('command', await secondsToFullBooks(nodes, interrupt), nodes)
  }
}

async function secondsToFullBooks(nodes: number, interrupt: AbortSignal): Promise<number> {
  const out = await mkdtemp(join(tmpdir(), 'bench-'))
  try {
    const fromMs = Date.now()
    const args = [cliPath, String(nodes), String(DEADLINE_SECONDS), '--json', '--out', out]
    const ended = await execa(process.execPath, ['--conditions=@gossip/source', ...args], {
      // A process group of its own: Ctrl-C in the terminal must reach it once, from here.
      detached: true,
      cancelSignal: interrupt,
      gracefulCancel: false,
      forceKillAfterDelay: 10_000,
      reject: false
    })
    interrupt.throwIfAborted()
    if (ended.exitCode !== 0) throw new MeasureError(`test-network ${nodes}: exit code ${ended.exitCode}`)
    const { run, phases } = JSON.parse(ended.stdout) as Result
    const fullMs = phases.find(({ name }) => name === 'full')?.toMs
    if (run.startedAt === undefined || fullMs === undefined)
      throw new MeasureError(`test-network ${nodes}: no full books`)
    return (Date.parse(run.startedAt) - fromMs + fullMs) / 1_000
  } finally {
    await rm(out, { recursive: true, force: true })
  }
}
