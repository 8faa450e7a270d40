import { test } from 'tap'
import { Fading } from '../../../src/core/liveness/fading.ts'
import type { SignedAnnouncement } from '../../../src/core/record/announcement.ts'
import { Network, type TestNode } from '../network.ts'
import { farewell, record } from '../records.ts'
import { Solo } from '../solo.ts'

const TTL_MS = 3_000
const SPARED_MS = 10_000

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

test('a partner whose heartbeats are lost is asked for its record itself', async t => {
  const network = new Network()
  const [a, b] = ['a', 'b'].map(peer => network.start(peer, { bootstrap: ['a'] }))
  network.until(() => network.allList('a', 'b'), 1_000)
  b!.hearGossip = () => {}
  const { seq } = a!.discovery.version
  network.run(29_000)
  t.ok(b!.book.get('a')!.record.announcement.seq > seq)
})

test('of those that fade partners are asked themselves, all others of one partner; one that is not suspected is dialled', async t => {
  const dialled: (readonly string[])[] = []
  const fading = new Fading({
    book: { nextFadingMs: 0, fading: () => ['partner', 'stranger', 'suspect'] },
    overlay: {
      pick: () => 'friend',
      has: (peer: string) => peer === 'partner',
      reachFading: (peers: readonly string[]) => {
        dialled.push(peers)
        return []
      }
    },
    suspicions: { hasEvidence: (peer: string) => peer === 'suspect' }
  } as unknown as ConstructorParameters<typeof Fading>[0])
  t.strictSame(fading.ask(0), [
    { type: 'send', to: 'partner', message: { type: 'want', peers: ['partner'] } },
    { type: 'send', to: 'friend', message: { type: 'want', peers: ['stranger', 'suspect'] } }
  ])
  t.strictSame(dialled, [['partner', 'stranger']])
})

test('an entry whose ttl is over is spared while its peer answers, but not for ever: who says nothing new is silent on purpose', async t => {
  const node = new Solo()
  node.take({ type: 'partner-opened', peer: 'p', initiator: false, addr: '/p' })
  hear(node, record({ peer: 'p', ttlMs: TTL_MS }))
  passAnswering(node, 'p', TTL_MS + SPARED_MS - 1_000)
  t.ok(node.core.book.has('p'))
  t.ok(wantsOf(node, 'p').length >= 2, 'it was asked for its record')
  passAnswering(node, 'p', 2_000)
  t.notOk(node.core.book.has('p'))
  t.ok(node.core.overlay.isConnected('p'), 'and stays a partner')
})

test('a record that is older than its ttl, of a peer that is not listed, ends in no entry and in no exchange for ever', async t => {
  const network = new Network()
  const silent = network.stranger('x')
  const [a, b] = ['a', 'b'].map(peer => network.start(peer, { bootstrap: ['a'], syncIntervalMs: 1_000 }))
  silent.hear = (from, message) => {
    silent.heard.push({ from, message })
    if (message.type === 'ping') silent.say(from, { type: 'pong' })
  }
  silent.connect('a')
  network.run(20_000)
  b!.admits = ({ announcement }) => announcement.peer !== 'x'
  silent.say('a', { type: 'records', records: [{ record: record({ peer: 'x', ttlMs: TTL_MS }), ageMs: 0 }] })
  network.run(TTL_MS + 100)
  t.ok(a!.book.has('x'))
  const { events } = b!
  b!.admits = () => true
  network.run(SPARED_MS)
  t.notOk(a!.book.has('x') || b!.book.has('x'))
  const exchanged = events.length
  network.run(60_000)
  t.same(events.slice(exchanged), [])
})

test('a node that only listens takes leave for its former run, if it has one and does not begin to announce', async t => {
  const network = new Network()
  const nodes = ['a', 'b', 'c'].map(peer => network.start(peer, { bootstrap: ['a'] }))
  network.until(() => network.allList('a', 'b', 'c'), 1_000)
  network.crash('c')
  const listener = network.start('c', { bootstrap: ['a'], listenOnly: true })
  network.run(1_000)
  for (const { book } of nodes.slice(0, 2)) t.notOk(book.has('c'))
  t.same(
    listener.announced.map(({ leaving }) => leaving),
    [true],
    'once'
  )
  network.crash('c')
  const silent = network.start('c', { bootstrap: ['a'], listenOnly: true })
  network.run(60_000)
  t.same(silent.announced, [], 'nobody lists it')
})

test('a node that begins to announce at once has a new run, and its former one is not taken back', async t => {
  const network = new Network()
  const nodes = ['a', 'b'].map(peer => network.start(peer, { bootstrap: ['a'] }))
  network.until(() => network.allList('a', 'b'), 1_000)
  network.crash('b')
  const again = network.start('b', { bootstrap: ['a'], listenOnly: true })
  network.run(400)
  again.take({ type: 'pace-changed', announceIntervalMs: 10_000 })
  network.run(2_000)
  t.notOk(nodes[0]!.events.includes('left b'))
  t.ok(again.announced.every(({ leaving }) => !leaving))
})

test('another node that announces under the key of a listener is not contradicted again and again', async t => {
  const node = new Solo()
  node.take({ type: 'partner-opened', peer: 'p', initiator: false, addr: '/p' })
  for (let epoch = 1; epoch < 20; epoch++) {
    hear(node, record({ peer: 'self', epoch, ttlMs: TTL_MS }))
    node.pass(1_000)
  }
  t.ok(node.out.filter(({ type }) => type === 'announce').length <= 1)
})

test('a node that has left keeps its book right and hands on what comes, for as long as it is asked', async t => {
  const node = new Solo()
  for (const peer of ['p', 'q']) node.take({ type: 'partner-opened', peer, initiator: false, addr: `/${peer}` })
  node.take({ type: 'leave' })
  for (let seq = 1; seq <= 30; seq++) hear(node, record({ peer: 'b', seq, name: `${seq}`, ttlMs: TTL_MS }))
  node.pass(1_000)
  t.equal(node.core.book.get('b')?.record.announcement.seq, 30, 'also what had to wait')
  t.ok(node.recordsTo('q') > 0)
  hear(node, farewell({ peer: 'b', seq: 31 }))
  hear(node, record({ peer: 'c', ttlMs: TTL_MS }))
  node.pass(TTL_MS + 1_000)
  t.equal(node.core.book.size, 0)
  t.notOk(node.out.some(({ type }) => type === 'announce' || type === 'dial'))
})

/** Lets time pass in which the partner answers every probe, and nothing else. */
function passAnswering(node: Solo, partner: string, durationMs: number): void {
  for (let passedMs = 0; passedMs < durationMs; passedMs += 100) {
    const before = node.out.length
    node.pass(100)
    const isProbed = node.out.slice(before).some(out => out.type === 'send' && out.message.type === 'ping')
    if (isProbed) node.take({ type: 'message', from: partner, message: { type: 'pong' } })
  }
}

function wantsOf(node: Solo, peer: string): unknown[] {
  return node.sent(peer).filter(({ message }) => message.type === 'want' && message.peers.includes(peer))
}

function hear(node: Solo, said: SignedAnnouncement): void {
  node.take({ type: 'message', from: 'p', message: { type: 'records', records: [{ record: said, ageMs: 0 }] } })
}

/** The node is brought the newest records of others, of which nobody is connected to it. */
function tell(node: TestNode, others: readonly TestNode[]): void {
  const [from] = node.discovery.overlay.partners
  const records = others.map(({ discovery }) => ({ record: discovery.own!, ageMs: 0 }))
  node.hear(from!, { type: 'push', records })
}
