/** Real networks in which nothing happens but heartbeats and the renewal of links. All other options are default. */
import type { Test } from 'tap'
import { type Gone, goneFrom } from '../../attacks/toolkit/honest.ts'
import { addrOf, allList, startNode, type TestNode, until } from '../../libp2p/nodes.ts'
import { endures } from './endurance.ts'

/** Of the networks that live side by side. */
const SIZES = [8, 14]

/** A test that nothing goes out of the books of networks whose nodes want so many partners. */
export function staysWhole(targetConnections: number): void {
  endures(`8 and 14 nodes that want ${targetConnections} each keep all of each other in their books`, async t => {
    const gone: Gone[][] = []
    for (const size of SIZES) gone.push(goneFrom(...(await startQuiet(t, size, targetConnections))))
    return {
      get faults() {
        return gone.flat().map(({ how, book, peer }) => `${peer} ${how} in the book of ${book}`)
      }
    }
  })
}

/** One node after the other, around one bootstrap peer. */
async function startQuiet(t: Test, size: number, targetConnections: number): Promise<TestNode[]> {
  const nodes: TestNode[] = []
  while (nodes.length < size) {
    const bootstrapPeers = nodes.slice(0, 1).map(addrOf)
    nodes.push(await startNode(t, { name: `${nodes.length}`, targetConnections, bootstrapPeers }))
    await until(() => allList(...nodes))
  }
  return nodes
}
