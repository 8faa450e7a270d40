/** Which nodes are put onto which machines, so that what a plan cuts apart can be cut between machines. */
import type { NodeName } from '../../contract.ts'

/** Nodes that are spread over these machines alone; over any if undefined. */
export interface NodeGroup {
  readonly nodes: readonly NodeName[]
  readonly machines?: readonly string[]
}

/** Groups of nodes that cannot reach each other; nodes that none names are one more group. */
export type Partition = readonly (readonly NodeName[])[]

/**
 * One group for each part that the partitions make of the network, the largest first. The largest gets all machines that are
 * left when each other one has its own. All nodes are one group where there are no partitions, or too few machines.
 *
 * @param machines - that take pods
 */
export function placeNodes(
  nodes: readonly NodeName[],
  partitions: readonly Partition[],
  machines: readonly string[]
): NodeGroup[] {
  const parts = partsOf(nodes, partitions).sort((a, b) => b.length - a.length)
  if (parts.length < 2 || parts.length > machines.length) return [{ nodes }]
  const shared = machines.length - parts.length + 1
  return parts.map((part, index) => ({
    nodes: part,
    machines: index === 0 ? machines.slice(0, shared) : machines.slice(shared + index - 1, shared + index)
  }))
}

/**
 * The machines without whose links no packet passes between the groups of the partition. Undefined if no machines are so: a
 * machine that is cut off reaches no other one, so at most one group may be on several, and none may share its machine.
 *
 * @param machineOf - where each node runs
 */
export function machinesToCut(
  nodes: readonly NodeName[],
  partition: Partition,
  machineOf: (node: NodeName) => string | undefined
): string[] | undefined {
  const groups = partsOf(nodes, [partition])
  const machines = groups.map(group => [...new Set(group.map(node => machineOf(node) ?? ''))])
  const all = machines.flat()
  if (all.includes('') || new Set(all).size < all.length) return undefined
  const [rest = [], ...others] = machines.sort((a, b) => b.length - a.length)
  if (rest.length === 0 || others.some(({ length }) => length > 1)) return undefined
  return others.flat()
}

/** Nodes that no partition parts, in the order of the nodes. */
function partsOf(nodes: readonly NodeName[], partitions: readonly Partition[]): NodeName[][] {
  const groupOf = partitions.map(groups => new Map(groups.flatMap((group, index) => group.map(node => [node, index]))))
  const parts = new Map<string, NodeName[]>()
  for (const node of nodes) {
    const key = groupOf.map(group => group.get(node) ?? '').join(' ')
    const part = parts.get(key) ?? []
    part.push(node)
    parts.set(key, part)
  }
  return [...parts.values()]
}
