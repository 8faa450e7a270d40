import { commandOf } from './command.ts'
import { runSimulation, Simulation, type SimulationOptions } from './simulation.ts'
import type { SimulationResult } from './summary.ts'

/** A failing simulation, made as small as it could be. */
export interface Shrunk {
  readonly options: SimulationOptions
  readonly result: SimulationResult
  /** Replays it. */
  readonly command: string
  /** Simulations that were tried. */
  readonly tried: number
}

const MAX_TRIED = 200

/** Whoever waits for the smallest would rather have a small one. Time of the host, not of the simulation. */
const MAX_WALL_MS = 120_000

/**
 * Reduces nodes and faults for as long as the simulation still fails. What fails need not fail in the same way.
 *
 * @returns undefined when the options do not fail
 */
export function shrink(
  options: SimulationOptions,
  fails: (result: SimulationResult) => boolean = ({ verdict }) => verdict.outcome === 'fail'
): Shrunk | undefined {
  const result = runSimulation(options)
  if (!fails(result)) return undefined
  const shrinking = new Shrinking(options, result, fails)
  shrinking.shrinkNodes()
  shrinking.shrinkFaults()
  shrinking.shrinkNodes()
  return { ...shrinking.smallest, command: commandOf(shrinking.smallest.options), tried: shrinking.tried }
}

class Shrinking {
  smallest: { options: SimulationOptions; result: SimulationResult }
  tried = 1
  readonly #untilMs = performance.now() + MAX_WALL_MS
  readonly #fails: (result: SimulationResult) => boolean

  constructor(options: SimulationOptions, result: SimulationResult, fails: (result: SimulationResult) => boolean) {
    this.smallest = { options, result }
    this.#fails = fails
  }

  /** Takes off half of the nodes, then ever smaller shares of them. */
  shrinkNodes(): void {
    let share = Math.floor(this.smallest.options.nodes / 2)
    while (share >= 1) {
      const nodes = this.smallest.options.nodes - share
      if (nodes < 2 || !this.#tries({ nodes })) share = Math.floor(share / 2)
    }
  }

  /** Takes out half of the faults, then ever smaller runs of them. */
  shrinkFaults(): void {
    let faults = this.#faults()
    for (let length = Math.ceil(faults.length / 2); length >= 1; length = length === 1 ? 0 : Math.ceil(length / 2)) {
      for (let from = 0; from < faults.length; ) {
        const fewer = faults.toSpliced(from, length)
        if (this.#tries({ onlyFaults: fewer })) faults = fewer
        else from += length
      }
    }
  }

  #faults(): number[] {
    const { onlyFaults, ...rest } = this.smallest.options
    return [...(onlyFaults ?? new Simulation(rest).plan.faults.keys())]
  }

  #tries(smaller: Partial<SimulationOptions>): boolean {
    if (this.tried >= MAX_TRIED || performance.now() >= this.#untilMs) return false
    this.tried++
    const options = { ...this.smallest.options, ...smaller }
    const result = runSimulation(options)
    if (!this.#fails(result)) return false
    this.smallest = { options, result }
    return true
  }
}
