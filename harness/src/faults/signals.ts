/** Signals to nodes and to everything that they started, and what is seen of it. */
import { setTimeout as delay } from 'node:timers/promises'
import type { NodeName } from '../contract.ts'
import { signalProcess } from '../runners/processes/owned.ts'
import type { ProcessStat } from '../runners/processes/stat.ts'
import type { NodeHandle } from '../runners/runner.ts'
import type { Proof } from './fault.ts'

/** What runs on this host for the nodes of a run. */
export interface NodeProcesses {
  /** Every living process of these nodes, by node; undefined where the system lists no processes. */
  lookAt(nodes: Iterable<NodeName>): ReadonlyMap<NodeName, readonly ProcessStat[]> | undefined
}

const LOOK_EVERY_MS = 10

export const NO_PROCESS_LIST: Proof = {
  result: 'inconclusive',
  seen: 'this system does not list its processes, so nobody can look at them'
}

/** To the process groups of the nodes, and to each of their processes that left its group. */
export function signalNodes(
  nodes: readonly NodeName[],
  handles: ReadonlyMap<NodeName, NodeHandle>,
  processes: NodeProcesses,
  signal: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'
): void {
  const found = processes.lookAt(nodes)
  for (const node of nodes) {
    handles.get(node)?.signal(signal)
    for (const { pid } of found?.get(node) ?? []) signalProcess(pid, signal)
  }
}

/**
 * What the condition says of the processes of the nodes as soon as it is confirmed, or else when the time is over. A signal is
 * carried out when its process gets its turn.
 */
export async function proofWithin(
  withinMs: number,
  nodes: readonly NodeName[],
  processes: NodeProcesses,
  proofOf: (found: ReadonlyMap<NodeName, readonly ProcessStat[]>) => Proof
): Promise<Proof> {
  const endMs = performance.now() + withinMs
  for (;;) {
    const found = processes.lookAt(nodes)
    if (found === undefined) return NO_PROCESS_LIST
    const proof = proofOf(found)
    const isNobodyThere = [...found.values()].every(({ length }) => length === 0)
    if (proof.result === 'confirmed' || isNobodyThere || performance.now() > endMs) return proof
    await delay(LOOK_EVERY_MS)
  }
}

/** Each node with the number of its processes: `n1 (2), n2 (1)`. */
export function countsOf(found: ReadonlyMap<NodeName, readonly ProcessStat[]>): string {
  return [...found].map(([node, { length }]) => `${node} (${length})`).join(', ')
}
