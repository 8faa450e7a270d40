/** Simulations in processes of their own, which an interrupt ends. */
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { MAX_YOUNG_MIB } from '../src/cli/simulate.ts'
import type { SimulationOptions } from '../src/simulation/simulation.ts'
import { MeasureError } from './measure-error.ts'
import type { Simulated } from './simulate.ts'

const programPath = fileURLToPath(new URL('simulate.ts', import.meta.url))

/** A simulation that takes longer says enough by that. */
const MAX_WALL_MS = 1_800_000

/** Enough for 10,000 nodes, and what they are allowed to take. */
const HEAP_FLAGS = ['--max-old-space-size=6144', `--max-semi-space-size=${MAX_YOUNG_MIB}`]

/** As many at a time as there are cores; results in the order of `options`. Nothing runs any more when it returns. */
export async function simulateAll(
  options: readonly SimulationOptions[],
  interrupt: AbortSignal,
  mayFail = false
): Promise<Simulated[]> {
  const simulated: Simulated[] = []
  const waiting = [...options.entries()]
  const simulateRest = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      simulated[next[0]] = await simulate(next[1], interrupt, mayFail)
    }
  }
  const ended = await Promise.allSettled(Array.from({ length: availableParallelism() }, simulateRest))
  for (const result of ended) if (result.status === 'rejected') throw result.reason
  return simulated
}

/**
 * @param mayFail - that the books did not agree in the end, or that live nodes were dropped, is what is measured
 * @throws {MeasureError} when the simulation could not be run, or failed
 */
export async function simulate(
  options: SimulationOptions,
  interrupt: AbortSignal,
  mayFail = false
): Promise<Simulated> {
  const args = [...HEAP_FLAGS, '--conditions=@gossip/source', programPath, JSON.stringify(options)]
  const ended = await execa(process.execPath, args, {
    cancelSignal: interrupt,
    timeout: MAX_WALL_MS,
    maxBuffer: 2 ** 28,
    reject: false
  })
  interrupt.throwIfAborted()
  const what = `the simulation ${JSON.stringify(options)}`
  if (ended.timedOut) throw new MeasureError(`${what} took longer than ${MAX_WALL_MS / 1_000} s`)
  if (ended.exitCode !== 0) throw new MeasureError(`${what} broke: ${ended.stderr.trim().split('\n').at(-1)}`)
  const simulated = JSON.parse(ended.stdout) as Simulated
  const { verdict, command } = simulated.result
  if (verdict.outcome !== 'pass' && !mayFail) throw new MeasureError(`${verdict.outcome}; to repeat: ${command}`)
  return simulated
}
