import type { NodeObservation } from '../src/runners/runner.ts'

/** Keeps what a runner observes, and waits for it. */
export function createRecorder() {
  const observations: NodeObservation[] = []
  const waiting = new Set<() => void>()
  return {
    observations,
    observe(observation: NodeObservation) {
      observations.push(observation)
      for (const look of waiting) look()
    },
    /** The first observation, seen or yet to come, that the pattern's keys and values fit. */
    until(isIt: (observation: NodeObservation) => boolean): Promise<NodeObservation> {
      return new Promise(resolve => {
        const look = () => {
          const found = observations.find(isIt)
          if (found === undefined) return
          waiting.delete(look)
          resolve(found)
        }
        waiting.add(look)
        look()
      })
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
