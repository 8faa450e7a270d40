import type { NodeName } from '../contract.ts'
import type { ProcessStat } from '../runners/processes/stat.ts'
import type { NodeHandle } from '../runners/runner.ts'
import type { FaultInForce, ProcessFault, Proof } from './fault.ts'
import { countsOf, type NodeProcesses, proofWithin, signalNodes } from './signals.ts'

/** A process is stopped when it gets its turn, and one that is just starting another one only after that. */
const WITHIN_MS = 2_000

/** Stops the nodes and everything that they started where they are. What dies of it, or is started by others, is not stopped. */
export async function pause(
  { nodes }: ProcessFault & { type: 'pause' },
  handles: ReadonlyMap<NodeName, NodeHandle>,
  processes: NodeProcesses
): Promise<FaultInForce> {
  let healed = false
  const prove = () => proofWithin(WITHIN_MS, nodes, processes, healed ? proofOfGoing : proofOfStopped)
  signalNodes(nodes, handles, processes, 'SIGSTOP')
  // A process that was being started while the others were stopped is seen now.
  const { result } = await prove()
  if (result === 'mismatch') signalNodes(nodes, handles, processes, 'SIGSTOP')
  return {
    prove,
    async undo() {
      if (healed) return
      healed = true
      signalNodes(nodes, handles, processes, 'SIGCONT')
    }
  }
}

type Found = ReadonlyMap<NodeName, readonly ProcessStat[]>

function proofOfStopped(found: Found): Proof {
  const gone = [...found].filter(([, stats]) => stats.length === 0).map(([node]) => node)
  if (gone.length > 0) return { result: 'mismatch', seen: `no process of ${gone.join(', ')} is there to be stopped` }
  const going = nodesWith(found, ({ state }) => state !== 'T')
  return going.length === 0
    ? { result: 'confirmed', seen: `all processes are stopped, state T: ${countsOf(found)}` }
    : { result: 'mismatch', seen: `not all processes of ${going.join(', ')} are stopped` }
}

export function proofOfGoing(found: Found): Proof {
  const stopped = nodesWith(found, ({ state }) => state === 'T')
  return stopped.length === 0
    ? { result: 'confirmed', seen: `no process is stopped: ${countsOf(found)}` }
    : { result: 'mismatch', seen: `processes of ${stopped.join(', ')} are still stopped` }
}

function nodesWith(found: Found, isIt: (stat: ProcessStat) => boolean): NodeName[] {
  return [...found].filter(([, stats]) => stats.some(isIt)).map(([node]) => node)
}
