/** Where nodes keep what they are known by, so that one that starts again is the same node, or is another one. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { NodeName } from '../../contract.ts'

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

/** @throws {Error} if no folder can be made */
export function createKeys(): Keys {
  const folder = mkdtempSync(join(tmpdir(), 'test-network-keys-'))
  const renewals = new Map<NodeName, number>()
  const times = (node: NodeName) => renewals.get(node) ?? 0
  return {
    argsOf: (node, keepsState) => {
      const path = join(folder, `${node}-${times(node)}`)
      return ['--key', path, ...(keepsState ? ['--state', `${path}-state`] : [])]
    },
    renew: node => void renewals.set(node, times(node) + 1),
    remove: () => rmSync(folder, { recursive: true, force: true })
  }
}
