/** What makes links worse: the kernel's netem where it has one, else a switch of ours. */
import type { Links } from '../../../faults/fault.ts'
import type { Hub } from '../hub.ts'
import { createNetemShaper } from './netem.ts'
import { createWires } from './wires.ts'

export interface Shaper {
  /**
   * From now on each node's packets suffer this on their way out; nodes with undefined are as the host has them.
   *
   * @param changes - by the place of a node, which must be furnished
   * @throws if the system refuses
   */
  apply(changes: ReadonlyMap<number, Links | undefined>): Promise<void>
  /** Undefined if nothing shapes the packets of that node. @throws if that cannot be looked at */
  countsOf(slot: number): Promise<ShapedCounts | undefined>
  close(): Promise<void>
}

/** What became of the packets that one node sent, since they are shaped. */
export interface ShapedCounts {
  passed: number
  dropped: number
  /** The following only where they are measured: netem tells none of them. */
  duplicated?: number
  reordered?: number
  /** Of all packets that passed, together. */
  delayMs?: number
}

/** What this kernel can do, found out before the run starts. */
export type ShapingMeans = 'netem' | 'switch' | 'none'

export async function findShapingMeans(hub: Hub): Promise<ShapingMeans> {
  const works = (tool: 'ip' | 'tc', ...args: string[]) =>
    hub.run(tool, args).then(
      () => true,
      () => false
    )
  if (await works('tc', 'qdisc', 'add', 'dev', 'lo', 'root', 'netem', 'delay', '1ms')) {
    await hub.run('tc', ['qdisc', 'del', 'dev', 'lo', 'root'])
    return 'netem'
  }
  if (await works('ip', 'link', 'add', 'name', 'probe', 'type', 'vxlan', 'id', '1', 'dstport', '4789')) {
    await hub.run('ip', ['link', 'del', 'dev', 'probe'])
    return 'switch'
  }
  return 'none'
}

/** @param seed - of the switch's chance; netem has a chance of its own */
export function createShaper(hub: Hub, means: Exclude<ShapingMeans, 'none'>, seed: number): Shaper {
  return means === 'netem' ? createNetemShaper(hub) : createWires(hub, seed)
}
