import type { SimulationOptions } from './simulation.ts'

/** The command line that repeats a simulation, event by event. */
export function commandOf({ nodes, deadlineMs, seed, scenario = 'calm', onlyFaults }: SimulationOptions): string {
  const name = typeof scenario === 'string' ? scenario : scenario.name
  const faults =
    onlyFaults === undefined ? '' : ` --only-faults ${onlyFaults.length === 0 ? 'none' : onlyFaults.join()}`
  return `test-network --runner simulation ${nodes} ${deadlineMs / 1_000} --seed ${seed}${faults} ${name}`
}
