/** Simulations in processes of their own, which an interrupt ends, and the plans that they carry out. */
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { MAX_YOUNG_MIB } from '../src/cli/simulate.ts'
import type { Plan, PlannedStep } from '../src/scenario/plan.ts'
import { planScenario } from '../src/scenario/planning/plan-scenario.ts'
import { loadScenario } from '../src/scenario/shipped.ts'
import { chanceFor } from '../src/simulation/chance.ts'
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
  const args = [...HEAP_FLAGS, '--conditions=@gossip/source', programPath]
  const ended = await execa(process.execPath, args, {
    input: JSON.stringify(options),
    cancelSignal: interrupt,
    timeout: MAX_WALL_MS,
    maxBuffer: 2 ** 28,
    reject: false
  })
  interrupt.throwIfAborted()
  const { scenario, nodes, seed } = options.plan
  const what = `the simulation of ${scenario} with ${nodes.length} nodes and seed ${seed}`
  if (ended.timedOut) throw new MeasureError(`${what} took longer than ${MAX_WALL_MS / 1_000} s`)
  if (ended.exitCode !== 0) throw new MeasureError(`${what} broke: ${ended.stderr.trim().split('\n').at(-1)}`)
  const simulated = JSON.parse(ended.stdout) as Simulated
  const { judgement, command } = simulated.result
  if (judgement.outcome !== 'pass' && !mayFail) throw new MeasureError(`${judgement.outcome}; to repeat: ${command}`)
  return simulated
}

export interface PlanSize {
  readonly nodes: number
  readonly seed: number
  readonly deadlineMs: number
  /** Default 1 s. */
  readonly settleMs?: number
}

/** Each node is paused once in this time, on average, for so long. */
const PAUSE_EVERY_MS = 100_000
const PAUSE_MS = 1_000

/** The cold start is over by then. */
const FIRST_PAUSE_MS = 20_000

export async function shippedPlan(scenario: string, { settleMs = 1_000, ...size }: PlanSize): Promise<Plan> {
  return planScenario(await loadScenario(scenario), { ...size, settleMs })
}

/** A cold start, and then nothing until half of the time is over. */
export async function restingPlan(size: PlanSize): Promise<Plan> {
  const rest: PlannedStep = {
    id: 's1',
    begins: { type: 'at', atMs: size.deadlineMs / 2, from: 'start' },
    action: { type: 'wait', until: 'full' },
    withinMs: size.deadlineMs
  }
  return { ...(await shippedPlan('calm', size)), steps: [rest] }
}

/** The links of `lossy` for nine tenths of the time, and pauses of random nodes. */
export async function longLossyPlan(size: PlanSize): Promise<Plan> {
  const { nodes, seed, deadlineMs } = size
  const chance = chanceFor(seed, 'pauses of the plan')
  const rangeMs = 0.9 * deadlineMs - FIRST_PAUSE_MS - PAUSE_MS
  const steps = Array.from({ length: Math.round((rangeMs / PAUSE_EVERY_MS) * nodes) }, (_, index): PlannedStep => {
    const node = `n${1 + Math.floor(chance() * nodes)}`
    return {
      id: `s${index + 1}`,
      begins: { type: 'at', atMs: FIRST_PAUSE_MS + Math.round(chance() * rangeMs), from: 'start' },
      action: { type: 'fault', fault: { type: 'pause', nodes: [node] }, forMs: PAUSE_MS },
      withinMs: 30_000
    }
  })
  const lossy = planScenario(await loadScenario('lossy'), { nodes, seed, settleMs: size.settleMs ?? 1_000 })
  return { ...lossy, deadlineMs, steps }
}
