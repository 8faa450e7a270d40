/** What makes links worse: the kernel's netem where it has one, else a switch of ours. */
import type { Links } from '../../../faults/fault.ts'

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
