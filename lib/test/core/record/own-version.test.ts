/** The numbers under one key: whoever else uses it, and where they end. */
import fc from 'fast-check'
import { test } from 'tap'
import { announcementFault } from '../../../src/core/record/content.ts'
import { OwnVersion } from '../../../src/core/record/own-version.ts'
import { Network, signed, type TestNode } from '../network.ts'

const MAX = Number.MAX_SAFE_INTEGER
const MINUTE_MS = 60_000

test('whatever comes under the own key, every number that follows is greater, and one that a decoder takes', async () => {
  const number = fc.oneof(fc.integer({ min: 1, max: 5 }), fc.integer({ min: MAX - 3, max: MAX }))
  const step = fc.record({ epoch: number, seq: number, waitMs: fc.nat(1_000), restart: fc.boolean() })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 20 }), steps => {
      const version = new OwnVersion(3, 0)
      let last = version.last
      let nowMs = 0
      for (const { epoch, seq, waitMs, restart } of steps) {
        nowMs += waitMs
        if (restart) version.restart(epoch, nowMs)
        else if (epoch > last.epoch || (epoch === last.epoch && seq >= last.seq)) {
          version.outdo({ epoch, seq }, nowMs)
          last = { epoch, seq }
        }
        const next = version.next(nowMs)
        if (next === undefined) continue
        if (!(next.epoch > last.epoch || (next.epoch === last.epoch && next.seq > last.seq))) return false
        if (!Number.isSafeInteger(next.epoch) || !Number.isSafeInteger(next.seq)) return false
        last = next
      }
      return true
    })
  )
})

test('a record of the own key with the greatest epoch is told to the operator, and the node goes on listening', async t => {
  const { network, nodes, peers } = networkOf(3)
  const [node, , thief] = nodes
  const own = node!.discovery.own!.announcement
  node!.hearGossip('n1', signed({ ...own, epoch: MAX, name: 'thief' }))
  const before = node!.announced.length
  network.run(5 * MINUTE_MS)
  t.equal(node!.announced.length, before)
  const warnings = node!.events.filter(event => event.startsWith('warned'))
  t.ok(warnings.length >= 1 && warnings.length <= 6, `${warnings.length} in five minutes`)
  t.same([...new Set(warnings)], ['warned cannot-announce'])
  thief!.take({ type: 'content-changed', content: { name: 'new' } })
  network.run(1_000)
  t.equal(node!.book.get('n2')?.record.announcement.name, 'new')
  t.same(peers.length, 3)
})

for (const epoch of [0, Number.NaN, -1, 1.5, MAX + 1, Number.POSITIVE_INFINITY]) {
  test(`a clock that says ${epoch} is told to the operator, and nothing is announced by it`, async t => {
    const network = new Network()
    const node = network.start('a', { epoch })
    network.run(1_000)
    t.same(node.announced, [])
    t.same(node.events, ['warned cannot-announce'])
    node.take({ type: 'leave' })
    t.same(node.announced, [])
    t.doesNotThrow(() => node.discovery.restart(1_700_000_000_000, network.nowMs))
    node.take({ type: 'tick' })
    network.run(1_000)
    t.equal(announcementFault(node.announced[0]!), undefined)
  })
}

test('the last seq of a run is followed by another run', async t => {
  const version = new OwnVersion(5, 0)
  version.outdo({ epoch: 5, seq: MAX }, 0)
  t.same(version.next(0), { epoch: 6, seq: 1 })
})

test('two live nodes under one key are told to their operators, once a minute, and do not flap at full rate', async t => {
  const { network, nodes } = networkOf(6)
  const twin = startTwin(network, nodes[2]!)
  network.run(MINUTE_MS)
  const inTheFirst = announcementsOf([nodes[2]!, twin])
  network.run(4 * MINUTE_MS)
  const inTheRest = announcementsOf([nodes[2]!, twin]) - inTheFirst
  t.ok(inTheRest < 100, `${inTheRest} announcements in four minutes; 48 are heartbeats`)
  for (const node of [nodes[2]!, twin]) {
    const warnings = node.events.filter(event => event === 'warned key-in-use')
    t.ok(warnings.length >= 1 && warnings.length <= 5, `${warnings.length} warnings in five minutes`)
  }
})

test('a restart under the same key warns nobody, also with a clock that was set back', async t => {
  const { network, nodes, peers } = networkOf(4)
  for (const epoch of [undefined, 1_000]) {
    network.crash('n2')
    network.run(200)
    const again = network.start('n2', { bootstrap: ['n0'], ...(epoch !== undefined && { epoch }) })
    network.run(MINUTE_MS)
    t.ok(network.allList(...peers))
    for (const { events } of [...nodes, again]) t.notOk(events.some(event => event.startsWith('warned')))
  }
})

test('a warning says what was seen and what to do', async t => {
  const version = new OwnVersion(0, 0)
  version.next(0)
  const warning = version.takeWarning(0)
  t.match(warning, { code: 'cannot-announce', message: /clock.*Set the clock/s })
  t.equal(version.takeWarning(0), undefined)
})

function networkOf(count: number): { network: Network; nodes: TestNode[]; peers: string[] } {
  const network = new Network()
  const peers = Array.from({ length: count }, (_, i) => `n${i}`)
  const nodes = peers.map((peer, i) => network.start(peer, { bootstrap: i === 0 ? [] : ['n0'] }))
  network.run(MINUTE_MS)
  return { network, nodes, peers }
}

/** Another live node under the key of this one: what either announces reaches the other by way of their partners. */
function startTwin(network: Network, node: TestNode): TestNode {
  const elsewhere = new Network()
  const twin = elsewhere.start(node.peer, { epoch: node.discovery.version.epoch + 5 })
  const relay = () => {
    elsewhere.run(50)
    if (twin.discovery.own !== undefined) node.hearGossip('n0', twin.discovery.own)
    twin.hearGossip('n0', node.discovery.own!)
    network.after(50, relay)
  }
  network.after(50, relay)
  return twin
}

function announcementsOf(nodes: readonly TestNode[]): number {
  return nodes.reduce((sum, { announced }) => sum + announced.length, 0)
}
