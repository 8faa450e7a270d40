/** Where nodes keep what they are known by, so that one that starts again is the same node, or is another one. */
import { join } from 'node:path'
import type { NodeName } from '../../contract.ts'
import { makeScratch } from '../../runners/scratch.ts'

export interface Keys {
  /**
   * The flags that tell a node where.
   *
   * @param keepsState - the node can keep more than its key: what it knows of the network
   */
  argsOf(node: NodeName, keepsState: boolean): readonly string[]
  /** The next process of the node finds nothing there: it is a stranger. */
  renew(node: NodeName): void
  remove(): void
}

/**
 * @param given - a folder that the nodes can write to, and that outlives them; one of this host if undefined
 * @throws {Error} if no folder can be made
 */
export function createKeys(given?: string): Keys {
  const scratch = given === undefined ? makeScratch() : undefined
  const folder = given ?? scratch!.path
  const renewals = new Map<NodeName, number>()
  const times = (node: NodeName) => renewals.get(node) ?? 0
  return {
    argsOf: (node, keepsState) => {
      const path = join(folder, `${node}-${times(node)}`)
      return ['--key', path, ...(keepsState ? ['--state', `${path}-state`] : [])]
    },
    renew: node => void renewals.set(node, times(node) + 1),
    remove: () => scratch?.remove()
  }
}
