/** Real nodes whose only way to each other is a relay that takes no part in their network, and that ends each circuit. */
import type { Connection, Libp2p } from '@libp2p/interface'
import { multiaddr } from '@multiformats/multiaddr'
import { type Test, test } from 'tap'
import { SYNC_PROTOCOL } from '../../../src/index.ts'
import { bookOf, startFeeder } from '../../attacks/toolkit/feeder.ts'
import { allList, eventsOf, type TestNode, until } from '../nodes.ts'
import { circuitsOf, circuitTo, directAddrsOf, type Relay, startBehind, startRelay } from './relayed.ts'

const KIB = 1024

for (const size of [300, 600, 2_000]) {
  test(`behind a relay with default limits, a newcomer has a book of ${size} and is listed`, async t => {
    const { relay, member } = await startMember(t, size)
    const beganMs = performance.now()
    const { newcomer, ended } = await startNewcomer(t, relay, member)
    await until(() => sizeOf(newcomer) === size + 1)
    await until(() => member.services.discovery.addressBook.has(newcomer.peerId))
    t.comment(`full and listed after ${Math.round(performance.now() - beganMs)} ms`)
    t.ok(ended.length <= size / 300, `${ended.length + 1} circuits`)
    t.notOk(ended.some(isUsedUp), 'the relay cut none of them')
    await until(() => circuitsOf(newcomer).length === 1)
  })
}

test('a newcomer that announces nothing has the whole book as well', async t => {
  const { relay, member } = await startMember(t, 600)
  const { newcomer, ended } = await startNewcomer(t, relay, member, { listenOnly: true })
  await until(() => sizeOf(newcomer) === 601)
  t.notOk(ended.some(isUsedUp))
})

test('over circuits of 32 KiB it takes more of them, and none is cut', async t => {
  const { relay, member } = await startMember(t, 300, 32 * KIB)
  const { newcomer, ended } = await startNewcomer(t, relay, member)
  await until(() => sizeOf(newcomer) === 301)
  t.ok(ended.length >= 3)
  t.notOk(ended.some(isUsedUp))
})

test('a member that dials a newcomer hands it the book over circuits that the member replaces', async t => {
  const { relay, member } = await startMember(t, 600)
  const newcomer = await startBehind(t, relay, { name: 'newcomer' })
  const ended = endedCircuitsOf(newcomer)
  member.services.discovery.addPeer(circuitTo(newcomer, relay))
  await until(() => sizeOf(newcomer) === 601)
  t.ok(ended.length > 0)
  t.ok(ended.every(({ direction }) => direction === 'inbound'))
  t.notOk(ended.some(isUsedUp))
})

test('circuits whose time is over are dialled again by one side, nobody is lost, and connections do not creep', async t => {
  const relay = await startRelay(t, { ms: 1_500 })
  const alice = await startBehind(t, relay, { name: 'alice' })
  const bob = await startBehind(t, relay, { name: 'bob', bootstrapPeers: [circuitTo(alice, relay)] })
  const charlie = await startBehind(t, relay, { name: 'charlie', bootstrapPeers: [circuitTo(alice, relay)] })
  const nodes = [alice, bob, charlie]
  await until(() => allList(...nodes))
  const lost: string[] = []
  for (const { services } of nodes) {
    services.discovery.addressBook.addEventListener('expired', ({ detail }) => lost.push(detail.name))
  }
  const ended = nodes.map(endedCircuitsOf)
  await until(() => {
    t.ok(nodes.every(node => circuitsOf(node).length <= 4))
    return ended.every(({ length }) => length >= 4)
  })
  await until(() => nodes.every(node => circuitsOf(node).length > 0))
  t.same(lost, [])
})

for (const [who, dialDirectly] of [
  ['the node itself', undefined],
  ['the application', async (newcomer, member) => await newcomer.dial(directAddrsOf(member))]
] as [string, ((newcomer: TestNode, member: TestNode) => Promise<unknown>) | undefined][]) {
  test(`once ${who} has dialled a partner directly, the circuit between them ends, and nobody is lost`, async t => {
    const relay = await startRelay(t)
    const member = await startBehind(t, relay, { name: 'member' }, { isDialable: true })
    const newcomer = await startBehind(t, relay, { name: 'newcomer', bootstrapPeers: [circuitTo(member, relay)] })
    await until(() => allList(member, newcomer))
    const events = [eventsOf(member), eventsOf(newcomer)]
    await dialDirectly?.(newcomer, member)
    await until(() => circuitsOf(newcomer).length === 0 && circuitsOf(member).length === 0)
    t.equal(newcomer.getConnections(member.peerId).length, 1)
    t.notOk(events.flat().some(event => /left|expired/.test(event)))
  })
}

test('a direct connection that ends beside a circuit is followed by another one, and nobody is lost', async t => {
  const relay = await startRelay(t)
  const member = await startBehind(t, relay, { name: 'member' }, { isDialable: true })
  const newcomer = await startBehind(t, relay, { name: 'newcomer' })
  // It is the application's, so it stays.
  await newcomer.dial(multiaddr(circuitTo(member, relay)))
  const direct = () => newcomer.getConnections(member.peerId).find(one => one.limits === undefined && isSynced(one))
  await until(() => direct() !== undefined)
  await until(() => circuitsOf(newcomer).some(isSynced))
  const events = [eventsOf(member), eventsOf(newcomer)]
  const former = direct()
  await former?.close()
  await until(() => ![undefined, former].includes(direct()))
  t.equal(circuitsOf(newcomer).length, 1)
  t.notOk(events.flat().some(event => /left|expired/.test(event)))
})

test('a circuit that the application dialled makes partners, who speak over a direct connection once there is one', async t => {
  const relay = await startRelay(t)
  const alice = await startBehind(t, relay, { name: 'alice' }, { isDialable: true })
  const bob = await startBehind(t, relay, { name: 'bob' })
  const charlie = await startBehind(t, relay, { name: 'charlie' })
  const toAlice = multiaddr(circuitTo(alice, relay))
  await Promise.all([bob.dial(toAlice), charlie.dial(toAlice)])
  const direct = await charlie.dial(directAddrsOf(alice))
  await until(() => allList(alice, bob, charlie))
  await until(() => bob.getConnections(alice.peerId).some(isSynced) && isSynced(direct))
  t.ok(circuitsOf(bob).length > 0)
})

test('a newcomer that comes by a circuit chooses partners that it can dial directly', async t => {
  const relay = await startRelay(t)
  const first = await startBehind(t, relay, { name: 'first' })
  const bootstrapPeers = [circuitTo(first, relay)]
  const others = ['b', 'c', 'd'].map(
    async name => await startBehind(t, relay, { name, bootstrapPeers }, { isDialable: true })
  )
  const dialable = await Promise.all(others)
  await until(() => allList(first, ...dialable))
  const newcomer = await startBehind(t, relay, { name: 'newcomer', bootstrapPeers })
  const directs = () =>
    newcomer
      .getConnections()
      .filter(({ limits, remotePeer }) => limits === undefined && !remotePeer.equals(relay.peerId))
  await until(() => directs().length >= 2)
  t.ok(allList(first, ...dialable, newcomer))
})

interface Member {
  relay: Relay
  member: TestNode
}

/** A member behind a relay, with a book of so many entries. */
async function startMember(t: Test, size: number, bytes?: number): Promise<Member> {
  const relay = await startRelay(t, bytes === undefined ? {} : { bytes })
  const feeder = await startFeeder(t, bookOf(size).envelopes)
  const member = await startBehind(t, relay, { name: 'member', bootstrapPeers: [feeder.addr] })
  await until(() => sizeOf(member) === size)
  return { relay, member }
}

async function startNewcomer(t: Test, relay: Relay, member: TestNode, { listenOnly = false } = {}) {
  const bootstrapPeers = [circuitTo(member, relay)]
  const newcomer = await startBehind(t, relay, { name: 'newcomer', bootstrapPeers, listenOnly })
  return { newcomer, ended: endedCircuitsOf(newcomer) }
}

/** The circuits of a node that have ended since this call. */
function endedCircuitsOf(node: Libp2p): Connection[] {
  const ended: Connection[] = []
  node.addEventListener('connection:close', ({ detail }) => detail.limits !== undefined && ended.push(detail))
  return ended
}

/** Whether a relay had no reason left to carry more: it resets the circuit with the first byte too many. */
function isUsedUp({ limits }: Connection): boolean {
  return Number(limits?.bytes) < 2 * KIB
}

function isSynced({ streams }: Connection): boolean {
  return streams.some(({ protocol }) => protocol.startsWith(SYNC_PROTOCOL))
}

function sizeOf({ services }: TestNode): number {
  return services.discovery.addressBook.size
}
