/** Starts nodes at the pace of the host: those that others are told of come first, one after another. */
import type { FleetNode } from './fleet.ts'
import type { StartPace } from './start-pace.ts'

export interface StartingOptions {
  pace: Pick<StartPace, 'next'>
  /** A start lasts until the node is ready. */
  concurrentStarts: number
  /** Nothing is started any more as soon as it says no. */
  mayStart: () => boolean
}

type StartNode = (node: FleetNode) => Promise<void>

/**
 * Settles when each of the nodes has been started, or as soon as nothing is to be started any more.
 *
 * @throws what `start` throws
 */
export async function startNodes(
  nodes: readonly FleetNode[],
  start: StartNode,
  options: StartingOptions
): Promise<void> {
  const toldOf = new Set(nodes.flatMap(({ bootstrap }) => bootstrap))
  const [first, others] = [true, false].map(isTold => nodes.filter(({ name }) => toldOf.has(name) === isTold))
  await startSome(first!, start, { ...options, concurrentStarts: 1 })
  await startSome(others!, start, options)
}

async function startSome(nodes: readonly FleetNode[], start: StartNode, options: StartingOptions): Promise<void> {
  const { pace, concurrentStarts, mayStart } = options
  const waiting = [...nodes]
  const startInTurn = async () => {
    while (waiting.length > 0 && mayStart()) {
      await pace.next()
      const node = mayStart() ? waiting.shift() : undefined
      if (node !== undefined) await start(node)
    }
  }
  await Promise.all(Array.from({ length: concurrentStarts }, startInTurn))
}
