import { until } from '../../../scripts/tests/until.ts'
import type { NodeObservation } from '../../src/runners/runner.ts'

/** Keeps what a runner observes, and waits for it. */
export function createRecorder() {
  const observations: NodeObservation[] = []
  return {
    observations,
    observe: (observation: NodeObservation) => void observations.push(observation),
    /**
     * Resolves to the first observation, seen or yet to come, that fits.
     *
     * @throws {Error} with all observations, when none comes in time
     */
    async until(isIt: (observation: NodeObservation) => boolean): Promise<NodeObservation> {
      await until(
        () => observations.some(isIt),
        () => observations
      )
      return observations.find(isIt)!
    }
  }
}

export function isLine(type: string, node?: string) {
  return (seen: NodeObservation) =>
    seen.type === 'line' && seen.line.type === type && (node === undefined || seen.node === node)
}

export function isType(type: NodeObservation['type'], node?: string) {
  return (seen: NodeObservation) => seen.type === type && (node === undefined || seen.node === node)
}
