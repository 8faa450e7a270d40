/** Nodes behind a NAT: the connection to the relay carries the reservation that their only address rests on. All options are default. */
import type { Test } from 'tap'
import type { TestNode } from '../../libp2p/nodes.ts'
import { startRelay, startRelayed } from '../../libp2p/relays.ts'
import type { Watched } from './endurance.ts'
import { closesOf, untilSomeAreLetGo } from './hub.ts'

/** The relay is a member, and the bootstrap peer of so many nodes. */
export async function behindRelay(t: Test, size: number): Promise<Watched> {
  const relay = await startRelay(t)
  const nodes: TestNode[] = []
  while (nodes.length < size) nodes.push(await startRelayed(t, relay))
  const faults: string[] = []
  for (const node of nodes) closesOf(node, relay, faults)
  await untilSomeAreLetGo(relay, nodes)
  const look = () => {
    const without = nodes.filter(node => node.getMultiaddrs().length === 0).length
    if (without > 0) faults.push(`${without} of ${size} have no address`)
  }
  return { faults, look }
}
