/** Runs one simulation, given as JSON on stdin, and prints what came of it as JSON. A process of its own shows what it takes. */
import { readFileSync } from 'node:fs'
import type { SimulationOptions } from '../src/simulation/simulation.ts'
import { runSimulation, type SimulationResult } from '../src/simulation/summary.ts'

export interface Simulated {
  readonly result: Omit<SimulationResult, 'history' | 'judged'>
  readonly wallMs: number
  readonly maxRssBytes: number
}

const options = JSON.parse(readFileSync(process.stdin.fd, 'utf8')) as SimulationOptions
const fromMs = performance.now()
const { history: _, judged: __, ...result } = runSimulation(options)
const wallMs = performance.now() - fromMs
const maxRssBytes = process.resourceUsage().maxRSS * 1_024
process.stdout.write(JSON.stringify({ result, wallMs, maxRssBytes } satisfies Simulated))
