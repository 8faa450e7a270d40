/** Where nodes keep what they are known by, so that one that starts again is the same node, or is another one. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { NodeName } from '../../contract.ts'

export interface Keys {
  /** The flags that tell a node where. */
  argsOf(node: NodeName): readonly string[]
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
    argsOf: node => ['--key', join(folder, `${node}-${times(node)}`)],
    renew: node => void renewals.set(node, times(node) + 1),
    remove: () => rmSync(folder, { recursive: true, force: true })
  }
}
