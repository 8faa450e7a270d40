/** More nodes around one than it wants as partners, each of which uses its connection to it otherwise as well. */
import type { Connection } from '@libp2p/interface'
import type { Test } from 'tap'
import { addrOf, allList, startNode, type TestNode, until } from '../../libp2p/nodes.ts'
import type { Watched } from './endurance.ts'

/** With the hub: four more than it has places for with default options. */
export const NODES = 10

/** Partners that a node keeps with default options. */
const PLACES = 6

/** Begins to use a connection from a node to the hub; resolves when it is used. */
export type Use = (node: TestNode, connection: Connection) => Promise<unknown>

/** @param use - of each connection to the hub, from the moment it is there */
export async function hubOf(t: Test, hub: TestNode, use: Use): Promise<Watched> {
  const nodes: TestNode[] = []
  const faults: string[] = []
  while (nodes.length < NODES) {
    const node = await startNode(t, { name: `${nodes.length}` })
    closesOf(node, hub, faults)
    let isUsed = false
    node.addEventListener('connection:open', ({ detail }) => {
      if (!detail.remotePeer.equals(hub.peerId)) return
      void use(node, detail).then(() => {
        isUsed = true
      })
    })
    node.services.discovery.addPeer(addrOf(hub))
    await until(() => isUsed)
    nodes.push(node)
  }
  await untilSomeAreLetGo(hub, nodes)
  return { faults }
}

/** All know each other, and the hub has kept no more partners than it has places for. */
export async function untilSomeAreLetGo(hub: TestNode, nodes: readonly TestNode[]): Promise<void> {
  await until(() => allList(hub, ...nodes))
  await until(() => hub.services.discovery.stats.partners <= PLACES)
}

/** Adds each end of a connection from the node to the hub to `faults`, from this call on. */
export function closesOf(node: TestNode, hub: TestNode, faults: string[]): void {
  node.addEventListener('connection:close', ({ detail }) => {
    if (detail.remotePeer.equals(hub.peerId))
      faults.push(`a node's connection to the hub closed after ${ageOf(detail)} s`)
  })
}

function ageOf({ timeline }: Connection): number {
  return Math.round((Date.now() - timeline.open) / 1_000)
}
