/** Runs one simulation, given as JSON, and prints what came of it as JSON. A process of its own shows what it takes. */
import { runSimulation, type SimulationOptions } from '../src/simulation/simulation.ts'
import type { SimulationResult } from '../src/simulation/summary.ts'

export interface Simulated {
  readonly result: Omit<SimulationResult, 'history'>
  readonly wallMs: number
  readonly maxRssBytes: number
}

const options = JSON.parse(process.argv[2]!) as SimulationOptions
const fromMs = performance.now()
const { history: _, ...result } = runSimulation(options)
const wallMs = performance.now() - fromMs
const maxRssBytes = process.resourceUsage().maxRSS * 1_024
process.stdout.write(JSON.stringify({ result, wallMs, maxRssBytes } satisfies Simulated))
