/** Hostile and foreign senders on the topics of `@libp2p/pubsub-peer-discovery`, with real nodes in between. */
import { publicKeyToProtobuf } from '@libp2p/crypto/keys'
import { createTopicScoreParams } from '@libp2p/gossipsub/score'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { TOPIC } from '@libp2p/pubsub-peer-discovery'
import { multiaddr } from '@multiformats/multiaddr'
import { type Test, test } from 'tap'
import { encodePeer } from '../../../src/libp2p/interop/peer-message.ts'
import { keyOf } from '../../crafted.ts'
import { type TestNode, until } from '../../libp2p/nodes.ts'
import { dial, foundBy, startOurs, startTheirs, subscribed, type TheirNode } from './networks.ts'

/** As strict as an application may be: any message that is rejected costs its forwarder. */
const SCORED = {
  scoreParams: {
    topics: {
      [TOPIC]: createTopicScoreParams({ invalidMessageDeliveriesWeight: -100, invalidMessageDeliveriesDecay: 0.9 })
    }
  }
}

/** A listener of theirs, a sender of theirs that says nothing by itself, and ours in between. */
interface Line {
  readonly sender: TheirNode
  readonly ours: TestNode
  readonly listener: TheirNode
  /** Whatever reaches the listener, as bytes in hexadecimal. */
  readonly received: Set<string>
}

const utf8 = new TextEncoder()

const passedOn: [what: string, bytes: Uint8Array][] = [
  ['JSON', utf8.encode('{"peerId":"12D3KooW","addrs":["/ip4/192.0.2.1/tcp/1"]}')],
  ['a chat message', utf8.encode('hello, this topic is used for everything')],
  ['a wrapped message of universal connectivity', Uint8Array.from([0x1a, 0x05, 0x0a, 0x03, 1, 2, 3])],
  ['4 KiB of noise', new Uint8Array(4_096).map((_, i) => (i * 31) & 0xff)]
]

for (const [what, bytes] of passedOn) {
  test(`${what} on their topic passes through ours`, async t => {
    const { sender, ours, received } = await line(t)
    await sender.services.pubsub.publish(TOPIC, bytes)
    await until(() => received.has(hex(bytes)))
    t.ok(scoreOf(ours, sender) >= 0)
  })
}

test('what is too large, or speaks for another, stops at ours, and its sender is not punished', async t => {
  const { sender, ours, received } = await line(t)
  const key = publicKeyToProtobuf((await keyOf(77)).publicKey)
  const forged = encodePeer({ key, addrs: [multiaddr('/ip4/127.0.0.1/tcp/4001').bytes] })
  const found = foundBy(ours.services.discovery)
  const stopped = [new Uint8Array(4_097).fill(0xff), forged]
  for (const bytes of stopped) await sender.services.pubsub.publish(TOPIC, bytes)
  const last = utf8.encode('the last word')
  await sender.services.pubsub.publish(TOPIC, last)
  await until(() => received.has(hex(last)))
  for (const bytes of stopped) t.notOk(received.has(hex(bytes)))
  t.notOk(found.has(peerIdFromPrivateKey(await keyOf(77)).toString()))
  t.ok(scoreOf(ours, sender) >= 0)
})

test('a peer with as many addresses as 4 KiB hold passes, and a few of them are taken', async t => {
  const { sender, ours, received } = await line(t)
  const found = foundBy(ours.services.discovery)
  const key = publicKeyToProtobuf(sender.peerId.publicKey!)
  const addrs = Array.from({ length: 1_000 }, (_, i) => multiaddr(`/ip4/127.0.0.1/tcp/${i + 1}`).bytes)
  const bytes = encodePeer({ key, addrs })
  await sender.services.pubsub.publish(TOPIC, bytes)
  await until(() => received.has(hex(bytes)))
  const taken = found.get(sender.peerId.toString())
  t.equal(taken?.length, 16)
})

async function line(t: Test): Promise<Line> {
  const ours = await startOurs(t, { name: 'ours', pubsub: SCORED })
  const sender = await startTheirs(t, { listenOnly: true })
  const listener = await startTheirs(t, { listenOnly: true })
  const received = new Set<string>()
  listener.services.pubsub.addEventListener('message', ({ detail }) => received.add(hex(detail.data)))
  for (const node of [sender, listener]) {
    await dial(node, ours)
    await subscribed(node, ours, TOPIC)
    await subscribed(ours, node, TOPIC)
  }
  return { sender, ours, listener, received }
}

/** What gossipsub thinks of a peer, which its interface does not tell. */
function scoreOf(node: TestNode, peer: TheirNode): number {
  return (node.services.pubsub as unknown as { getScore(peer: string): number }).getScore(peer.peerId.toString())
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}
