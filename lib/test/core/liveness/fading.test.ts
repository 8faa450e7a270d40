import { test } from 'tap'
import { Network, type TestNode } from '../network.ts'

test('two parts of a network that are not connected, but list each other, find together before an entry expires', async t => {
  const network = new Network()
  const nodes = ['a', 'b', 'c', 'x', 'y', 'z'].map(peer =>
    network.start(peer, { bootstrap: 'abc'.includes(peer) ? ['a'] : ['x'], targetConnections: 1 })
  )
  network.run(1_000)
  for (const node of nodes.slice(0, 3)) tell(node, nodes.slice(3))
  for (const node of nodes.slice(3)) tell(node, nodes.slice(0, 3))
  network.run(1_000)
  t.ok(network.allList('a', 'b', 'c', 'x', 'y', 'z'))
  network.run(120_000)
  t.ok(network.allList('a', 'b', 'c', 'x', 'y', 'z'))
  for (const { events } of nodes) t.notOk(events.some(event => event.startsWith('expired')))
})

/** The node is brought the newest records of others, of which nobody is connected to it. */
function tell(node: TestNode, others: readonly TestNode[]): void {
  const [from] = node.discovery.overlay.partners
  const records = others.map(({ discovery }) => ({ record: discovery.own!, ageMs: 0 }))
  node.hear(from!, { type: 'push', records })
}
