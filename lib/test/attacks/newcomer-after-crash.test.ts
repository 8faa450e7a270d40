/** Who joins right after a crash is handed the dead one along with the book, and with what is suspected in it. */
import { addrOf, type TestNode, until } from '../libp2p/nodes.ts'
import { startApart } from './toolkit/apart.ts'
import { attack } from './toolkit/attack.ts'
import { measured, passing, scaled } from './toolkit/duration.ts'
import { lists, startHonest, startNetwork } from './toolkit/honest.ts'

const SIZES = scaled([5], [10, 25])
const TURNS = scaled(2, 10)
const JOINS_AFTER_MS = 250

/** The promise. */
const GONE_WITHIN_MS = 3_000

for (const size of SIZES) {
  attack(
    `a newcomer to ${size} nodes that is handed a node which has just crashed lets it go with the others`,
    async t => {
      const nodes = await startNetwork(t, size)
      for (let turn = 0; turn < TURNS; turn++) {
        const crashing = await startApart(t, { name: 'crashing', bootstrapPeers: [addrOf(nodes[0]!)] })
        await until(() => nodes.every(node => lists(node, crashing)))
        await passing(500)
        crashing.signal('SIGKILL')
        const killedAtMs = performance.now()
        // By then the suspicion has gone round, and the dead one is in every book still.
        await passing(JOINS_AFTER_MS)
        const newcomer = await startHonest(t, { name: 'newcomer', bootstrapPeers: [addrOf(nodes[1]!)] })
        const isHanded = joined(newcomer, crashing)
        await until(() => newcomer.services.discovery.addressBook.size >= size)
        await until(() => [...nodes, newcomer].every(node => !lists(node, crashing)))
        const goneMs = performance.now() - killedAtMs
        measured(t, `${isHanded() ? 'handed the dead one' : 'not handed it'}; gone from every book after, ms`, goneMs)
        t.ok(goneMs <= GONE_WITHIN_MS)
        await newcomer.stop()
      }
    }
  )
}

function joined(node: TestNode, { peer }: { peer: string }): () => boolean {
  let isJoined = lists(node, { peer })
  node.services.discovery.addressBook.addEventListener('joined', ({ detail }) => {
    isJoined ||= detail.peerId.toString() === peer
  })
  return () => isJoined
}
