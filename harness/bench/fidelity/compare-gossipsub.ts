/** Compares the simulator's model of gossipsub with @libp2p/gossipsub: `node --conditions=@gossip/source harness/bench/fidelity/compare-gossipsub.ts`. */
import { chanceFor, sample } from '../../src/simulation/chance.ts'
import { modelSpread } from './gossipsub-model.ts'
import { originalSpread } from './gossipsub-original.ts'
import type { Graph, Spread } from './spread.ts'

const NODES = 30
const SEEDS = [1, 2, 3]

/** As many as the library dials, by default. */
const DIALS_PER_NODE = 3

const figures: [string, (spread: Spread) => number][] = [
  ['copies a node and announcement', ({ copies }) => copies],
  ['reached', ({ reached }) => reached],
  ['delay p50, ms', ({ delaysMs }) => delaysMs.p50],
  ['delay p95, ms', ({ delaysMs }) => delaysMs.p95],
  ['delay max, ms', ({ delaysMs }) => delaysMs.max],
  ['bytes a node and second', ({ bytesPerSecond }) => bytesPerSecond]
]

for (const seed of SEEDS) {
  const graph = randomGraph(seed)
  const original = await originalSpread(graph)
  const model = modelSpread(graph, seed)
  process.stdout.write(`graph ${seed}, ${graph.dials.length} connections\n`)
  for (const [figure, of] of figures) process.stdout.write(`${rowOf(figure, of(original), of(model))}\n`)
}
process.exit()

function rowOf(figure: string, original: number, model: number): string {
  const error = `${(100 * (model / original - 1)).toFixed(0)} %`
  return `  ${figure.padEnd(32)} original ${original.toFixed(2).padStart(9)}  model ${model.toFixed(2).padStart(9)}  ${error}`
}

function randomGraph(seed: number): Graph {
  const random = chanceFor(seed, 'graph')
  const dials: [number, number][] = []
  for (let node = 0; node < NODES; node++) {
    const others = Array.from({ length: NODES }, (_, other) => other).filter(other => !isLinked(dials, node, other))
    for (const other of sample(others, DIALS_PER_NODE, random)) dials.push([node, other])
  }
  return { nodes: NODES, dials }
}

function isLinked(dials: readonly (readonly [number, number])[], a: number, b: number): boolean {
  return a === b || dials.some(([from, to]) => (from === a && to === b) || (from === b && to === a))
}
