import type { NodeName } from '../contract.ts'
import type { NodeHandle } from '../runners/runner.ts'
import type { FaultInForce, ProcessFault, Proof } from './fault.ts'
import { type NodeProcesses, proofWithin, signalNodes } from './signals.ts'

/** The system carries SIGKILL out when the process gets its turn; one that waits for a disk takes longest. */
const WITHIN_MS = 2_000

/** Ends the nodes and everything that they started, at once. To start them again is the business of the supervisor. */
export function kill(
  { nodes }: ProcessFault & { type: 'kill' },
  handles: ReadonlyMap<NodeName, NodeHandle>,
  processes: NodeProcesses
): FaultInForce {
  const before = processes.lookAt(nodes)
  const goneBefore = nodes.filter(node => before?.get(node)?.length === 0)
  const killed = new Set([...(before ?? [])].flatMap(([, stats]) => stats.map(({ pid }) => pid)))
  signalNodes(nodes, handles, processes, 'SIGKILL')
  return {
    async prove(): Promise<Proof> {
      if (goneBefore.length > 0) {
        return {
          result: 'mismatch',
          seen: `no process of ${goneBefore.join(', ')} was running when it was to be killed`
        }
      }
      return await proofWithin(WITHIN_MS, nodes, processes, found => {
        // Another process of that name may have been started since.
        const left = [...found].flatMap(([node, stats]) => stats.filter(({ pid }) => killed.has(pid)).map(() => node))
        return left.length === 0
          ? {
              result: 'confirmed',
              seen: `what ran of ${nodes.join(', ')} has ended: ${killed.size} ${killed.size === 1 ? 'process' : 'processes'}`
            }
          : { result: 'mismatch', seen: `processes of ${[...new Set(left)].join(', ')} live on after SIGKILL` }
      })
    },
    undo: async () => {}
  }
}
