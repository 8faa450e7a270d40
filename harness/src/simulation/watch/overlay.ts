import type { NodeProcess } from '../host/node-process.ts'

/** The graph of connections between running nodes. */
export interface OverlayShape {
  /** How many nodes have so many neighbours, by number of neighbours. */
  readonly degrees: Record<number, number>
  readonly meanDegree: number
  readonly maxDegree: number
  /** 1 when every node can reach every other over connections. */
  readonly components: number
}

export function overlayShape(processes: readonly NodeProcess[]): OverlayShape {
  const neighbours = new Map(processes.map(process => [process.index, [...process.neighbours]]))
  const degrees: Record<number, number> = {}
  let connections = 0
  let maxDegree = 0
  for (const { length: degree } of neighbours.values()) {
    degrees[degree] = (degrees[degree] ?? 0) + 1
    connections += degree
    maxDegree = Math.max(maxDegree, degree)
  }
  return { degrees, meanDegree: connections / Math.max(1, neighbours.size), maxDegree, components: count(neighbours) }
}

function count(neighbours: ReadonlyMap<number, readonly number[]>): number {
  const unseen = new Set(neighbours.keys())
  let components = 0
  for (const start of neighbours.keys()) {
    if (!unseen.delete(start)) continue
    components++
    const open = [start]
    for (let node = open.pop(); node !== undefined; node = open.pop()) {
      for (const other of neighbours.get(node) ?? []) if (unseen.delete(other)) open.push(other)
    }
  }
  return components
}
