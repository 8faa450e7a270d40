import { test } from 'tap'
import { resolveConfig } from '../../src/core/config.ts'
import { Discovery } from '../../src/core/discovery.ts'
import type { SignedAnnouncement } from '../../src/core/record/announcement.ts'
import { Network, signed, type TestNode, testHost } from './network.ts'
import { announcement, farewell, record, TTL_MS } from './records.ts'

const MINUTE_MS = 60_000

for (const count of [2, 3, 10, 30]) {
  test(`${count} nodes that know one bootstrap peer all list each other within a second`, async t => {
    const { network, peers } = networkOf(count)
    network.until(() => network.allList(...peers), 1_000)
    network.run(5 * MINUTE_MS)
    t.ok(network.allList(...peers), 'and still do after five minutes')
  })
}

test('a late joiner lists everybody, and everybody lists it, within a second', async t => {
  const { network, peers } = networkOf(10)
  network.run(MINUTE_MS)
  network.start('late', { bootstrap: ['n3'] })
  network.until(() => network.allList(...peers, 'late'), 1_000)
  t.pass()
})

test('joining is told once for each peer, and heartbeats are silent', async t => {
  const { network, nodes } = networkOf(4)
  network.run(5 * MINUTE_MS)
  t.same(bookEvents(nodes[0]!).sort(), ['joined n1', 'joined n2', 'joined n3'])
})

test('a restart with the same key replaces the old entry everywhere, and is an update', async t => {
  const { network, nodes, peers } = networkOf(5)
  network.until(() => network.allList(...peers), 1_000)
  network.crash('n2')
  const again = network.start('n2', { bootstrap: ['n0'], name: 'again' })
  const others = nodes.filter(({ peer }) => peer !== 'n2')
  network.until(() => others.every(node => nameOf(node, 'n2') === 'again'), 1_000)
  for (const node of others) {
    t.equal(node.book.size, 4)
    t.equal(node.book.get('n2')?.record.announcement.epoch, again.discovery.version.epoch)
    t.notOk(node.events.includes('expired n2'))
    t.ok(node.events.includes('updated n2'))
  }
})

test('a node that restarts with its clock set back is listed anew all the same', async t => {
  const { network, nodes, peers } = networkOf(4)
  network.run(MINUTE_MS)
  const former = nodes[2]!.discovery.version
  network.crash('n2')
  const again = network.start('n2', { bootstrap: ['n0'], name: 'again', epoch: 1_000 })
  const others = nodes.filter(({ peer }) => peer !== 'n2')
  network.until(() => network.allList(...peers) && others.every(node => nameOf(node, 'n2') === 'again'), 2_000)
  t.ok(again.discovery.version.epoch > former.epoch)
})

test('a node whose clock was set back comes back even after its former run has expired', async t => {
  const { network, peers } = networkOf(4)
  network.run(MINUTE_MS)
  network.crash('n2')
  network.run(MINUTE_MS)
  t.ok(network.allList('n0', 'n1', 'n3'))
  network.start('n2', { bootstrap: ['n0'], epoch: 1_000 })
  network.until(() => network.allList(...peers), 2_000)
})

test('two nodes of one name both stay in every book', async t => {
  const { network, nodes, peers } = networkOf(4, { name: 'twin' })
  network.run(MINUTE_MS)
  t.ok(network.allList(...peers))
  for (const node of nodes)
    t.equal([...node.book.values()].filter(entry => entry.record.announcement.name === 'twin').length, 3)
})

test('an expired node does not come back by a replay of anything that it ever said', async t => {
  const { network, nodes } = networkOf(3)
  const said: SignedAnnouncement[] = []
  for (let i = 0; i < 6; i++) {
    network.run(10_000)
    said.push(nodes[2]!.discovery.own!)
  }
  network.crash('n2')
  network.until(() => network.allList('n0', 'n1'), 2 * TTL_MS)
  for (const record of said) {
    nodes[0]!.take({ type: 'gossip', from: 'n1', record })
    nodes[1]!.take({ type: 'message', from: 'n0', message: { type: 'records', records: [{ record, ageMs: 0 }] } })
  }
  network.run(MINUTE_MS)
  t.ok(network.allList('n0', 'n1'))
  t.equal(nodes[0]!.events.filter(event => event === 'joined n2').length, 1)
  t.ok(nodes[0]!.events.includes('ignored n2 stale'))
})

test('a farewell empties every book at once', async t => {
  const { network, nodes, peers } = networkOf(10)
  network.until(() => network.allList(...peers), 1_000)
  network.stop('n4')
  const others = nodes.filter(({ peer }) => peer !== 'n4')
  const tookMs = network.until(() => others.every(node => node.book.get('n4') === undefined), 1_000)
  t.ok(tookMs < 100, `took ${tookMs} ms`)
  network.run(MINUTE_MS)
  for (const node of others) {
    t.same(node.events.filter(event => /n4/.test(event) && !/stale/.test(event)).at(-1), 'left n4')
    t.notOk(node.events.includes('expired n4'))
  }
})

test('a farewell cannot be replayed against the run that follows it, nor what was said before it', async t => {
  const { network, nodes, peers } = networkOf(3)
  network.run(MINUTE_MS)
  const before = nodes[2]!.discovery.own!
  network.stop('n2')
  network.run(1_000)
  const last = farewellOf(nodes[2]!)
  nodes[0]!.take({ type: 'gossip', from: 'n1', record: before })
  t.equal(nodes[0]!.book.get('n2'), undefined)
  network.start('n2', { bootstrap: ['n0'] })
  network.until(() => network.allList(...peers), 1_000)
  for (const node of nodes.slice(0, 2)) node.take({ type: 'gossip', from: 'n1', record: last })
  network.run(100)
  t.ok(network.allList(...peers))
})

test('a node that has left announces nothing more, and has no deadline', async t => {
  const node = new Network().start('a')
  node.take({ type: 'leave' })
  const announced = node.announced.length
  t.equal(node.announced.at(-1)?.leaving, true)
  node.take({ type: 'content-changed', content: { name: 'late' } })
  node.take({ type: 'leave' })
  node.take({ type: 'tick' })
  t.equal(node.announced.length, announced)
  t.equal(node.discovery.nextDeadlineMs(0), Number.POSITIVE_INFINITY)
})

test('a node that leaves while its first announcement is being signed says farewell even so', async t => {
  const discovery = newDiscovery()
  const [first] = announcementsOf(discovery.handle({ type: 'tick' }, 0))
  const [last] = announcementsOf(discovery.handle({ type: 'leave' }, 0))
  t.equal(last?.leaving, true)
  t.ok(last!.seq > first!.seq)
})

test('a node that starts again after its farewell is listed again, even when its clock stands still', async t => {
  const { network, nodes, peers } = networkOf(3)
  network.run(1_000)
  const node = nodes[2]!
  node.take({ type: 'leave' })
  network.until(() => nodes[0]!.book.get('n2') === undefined, 100)
  t.ok(node.discovery.hasLeft)
  node.discovery.restart(node.discovery.version.epoch, network.nowMs)
  node.take({ type: 'tick' })
  network.until(() => network.allList(...peers), 100)
})

test('a node that never announced itself leaves without a word', async t => {
  const discovery = newDiscovery({ listenOnly: true })
  discovery.handle({ type: 'tick' }, 0)
  t.same(announcementsOf(discovery.handle({ type: 'leave' }, 0)), [])
})

test('what a former run with a faster clock has said is outrun', async t => {
  const { network, nodes, peers } = networkOf(3)
  network.run(MINUTE_MS)
  const future = signed({ ...nodes[2]!.discovery.own!.announcement, epoch: 2_000_000_000_000, seq: 7, name: 'former' })
  nodes[0]!.hearGossip('n1', future)
  network.publish('n0', future)
  network.until(() => nodes[2]!.discovery.version.epoch > 2_000_000_000_000, 1_000)
  network.until(() => nodes.slice(0, 2).every(node => nameOf(node, 'n2') === ''), 1_000)
  t.ok(network.allList(...peers))
})

test('nobody can make a node leave its own numbers behind without its signature', async t => {
  const { network, nodes, peers } = networkOf(3)
  network.run(MINUTE_MS)
  const before = nodes[2]!.discovery.version
  for (const epoch of [before.epoch + 1, Number.MAX_SAFE_INTEGER, before.epoch]) {
    nodes[2]!.hear('n0', {
      type: 'suspicions',
      suspicions: [{ peer: 'n2', epoch, seq: Number.MAX_SAFE_INTEGER, refused: false, leftMs: 0 }]
    })
  }
  network.run(MINUTE_MS)
  t.equal(nodes[2]!.discovery.version.epoch, before.epoch)
  t.ok(nodes[2]!.discovery.version.seq < before.seq + 20)
  t.ok(network.allList(...peers))
})

test('what nobody heard when it was published, whoever connects later hears first', async t => {
  const network = new Network()
  const alone = network.start('a')
  network.run(1_000)
  t.ok(alone.discovery.own)
  const late = network.start('b', { bootstrap: ['a'] })
  network.until(() => late.book.get('a') !== undefined, 100)
})

test('a node that only listens lists everybody and is in no book', async t => {
  const { network, peers } = networkOf(3)
  const listener = network.start('listener', { bootstrap: ['n0'], listenOnly: true })
  network.run(MINUTE_MS)
  t.equal(listener.book.size, 3)
  t.same(listener.announced, [])
  listener.take({ type: 'content-changed', content: { name: 'curious' } })
  network.run(MINUTE_MS)
  t.same(listener.announced, [])
  listener.take({ type: 'pace-changed', announceIntervalMs: 5_000 })
  network.until(() => network.allList(...peers, 'listener'), 1_000)
  listener.take({ type: 'pace-changed', announceIntervalMs: undefined })
  network.until(() => network.allList(...peers), 2 * TTL_MS)
})

test('a change is announced at once and updates every book', async t => {
  const { network, nodes } = networkOf(5)
  network.run(MINUTE_MS)
  nodes[1]!.take({ type: 'content-changed', content: { name: 'renamed', metadata: new Map([['role', 'x']]) } })
  const others = nodes.filter(({ peer }) => peer !== 'n1')
  const tookMs = network.until(() => others.every(node => nameOf(node, 'n1') === 'renamed'), 1_000)
  t.ok(tookMs < 100)
  for (const node of others) t.ok(node.events.includes('updated n1'))
})

test('a change that breaks a bound throws, and nothing of it is announced', async t => {
  const discovery = newDiscovery()
  const content = discovery.content
  t.throws(() => discovery.handle({ type: 'content-changed', content: { name: 'x'.repeat(65) } }, 0), RangeError)
  t.equal(discovery.content, content)
})

test('the pace slows down as the network grows, and the ttl with it', async t => {
  const config = { maxAnnouncementsPerSecond: 2, announceIntervalMs: 10_000, entryTtlMs: 30_000 }
  const discovery = newDiscovery(config)
  for (let i = 0; i < 99; i++)
    discovery.handle({ type: 'gossip', from: 'n1', record: record({ peer: `p${i}`, ttlMs: 3_600_000 }) }, 0)
  const times: number[] = []
  let last: { ttlMs: number } | undefined
  for (let nowMs = 0; times.length < 20; nowMs = discovery.nextDeadlineMs(nowMs)) {
    for (const next of announcementsOf(discovery.handle({ type: 'tick' }, nowMs))) {
      times.push(nowMs)
      last = next
    }
  }
  const meanMs = (times.at(-1)! - times[0]!) / (times.length - 1)
  t.ok(meanMs > 45_000 && meanMs < 55_000, `100 nodes at 2 a second: each every 50 s, not ${meanMs} ms`)
  t.equal(last?.ttlMs, 150_000)
})

test('a heartbeat sets off nothing before something is due, and whatever is due at its time', async t => {
  const discovery = newDiscovery()
  const heartbeat = (seq: number, nowMs: number) =>
    discovery.handle({ type: 'gossip', from: 'n1', record: record({ peer: 'b', seq, ttlMs: 3_600_000 }) }, nowMs)
  heartbeat(1, 0)
  let announced = 0
  for (let seq = 2; announced < 3; seq += 2) {
    const { dueMs } = discovery
    t.same(heartbeat(seq, dueMs - 1), [])
    t.equal(discovery.dueMs, dueMs)
    announced += announcementsOf(heartbeat(seq + 1, dueMs)).length
    t.ok(discovery.dueMs > dueMs)
  }
})

test('a record is news when it may change the book, and known when it cannot', async t => {
  const discovery = newDiscovery()
  const listed = announcement({ peer: 'b', seq: 5 })
  discovery.handle({ type: 'gossip', from: 'n1', record: signed(listed) }, 0)
  t.equal(discovery.interestIn({ ...listed, seq: 4 }, 0), 'known')
  t.equal(discovery.interestIn(listed, 0), 'known')
  t.equal(discovery.interestIn({ ...listed, name: 'another under one number' }, 0), 'news')
  t.equal(discovery.interestIn({ ...listed, seq: 6 }, 0), 'news')
  t.equal(discovery.interestIn({ ...listed, seq: 6 }, listed.ttlMs), 'news', 'whatever its forwarder says of its age')
  t.equal(discovery.interestIn(announcement({ peer: 'unknown' }), 0), 'news')
  t.equal(discovery.interestIn(announcement({ peer: 'unknown' }), listed.ttlMs), 'outlived')
  t.equal(discovery.interestIn({ ...listed, peer: 'a', epoch: 0 }, 0), 'known', 'nor what the node has said itself')
})

test('a farewell under one number with a heartbeat leaves all nodes with the same book', async t => {
  const { network, nodes } = networkOf(4)
  network.run(1_000)
  const [one, other] = [record({ peer: 'x', name: 'liar' }), farewell({ peer: 'x' })]
  nodes[0]!.hearGossip('n1', one)
  nodes[3]!.hearGossip('n1', other)
  network.run(MINUTE_MS / 4)
  const seen = nodes.map(node => node.book.get('x') !== undefined)
  t.equal(new Set(seen).size, 1, network.books())
})

function networkOf(
  count: number,
  init: { name?: string } = {}
): { network: Network; nodes: TestNode[]; peers: string[] } {
  const network = new Network()
  const peers = Array.from({ length: count }, (_, i) => `n${i}`)
  const nodes = peers.map((peer, i) => network.start(peer, { ...init, bootstrap: i === 0 ? [] : ['n0'] }))
  return { network, nodes, peers }
}

function newDiscovery(init: Parameters<typeof resolveConfig>[0] = {}): Discovery {
  return new Discovery(resolveConfig(init), { peer: 'a', epoch: 1 }, testHost(1), 0)
}

function announcementsOf(outputs: ReturnType<Discovery['handle']>) {
  return outputs.flatMap(output => (output.type === 'announce' ? [output.announcement] : []))
}

function bookEvents(node: TestNode): string[] {
  return node.events.filter(event => !event.startsWith('ignored'))
}

function nameOf(node: TestNode, peer: string): string | undefined {
  return node.book.get(peer)?.record.announcement.name
}

function farewellOf(node: TestNode): SignedAnnouncement {
  return signed(node.announced.at(-1)!)
}
