/**
 * What libp2p asks of a discovery module (its own compliance suite, @libp2p/interface-compliance-tests, runs under mocha
 * with aegir, so its facts are stated here), and what applications ask of a service.
 */
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { generateKeyPair } from '@libp2p/crypto/keys'
import { gossipsub } from '@libp2p/gossipsub'
import { identify } from '@libp2p/identify'
import { peerDiscoverySymbol, serviceDependencies } from '@libp2p/interface'
import { createLibp2p } from 'libp2p'
import { test } from 'tap'
import { PATIENCE_MS, settled } from '../../../scripts/tests/until.ts'
import { type GossipDiscoveryInit, gossipDiscovery } from '../../src/index.ts'
import { addrOf, allList, startNode, transport, until } from './nodes.ts'

test('the service is a peer discovery that depends on a pubsub', async t => {
  const { discovery } = (await startNode(t)).services
  t.equal(discovery[peerDiscoverySymbol], discovery)
  t.same(discovery[serviceDependencies], ['@libp2p/pubsub'])
  t.equal(discovery.isStarted(), true)
})

test('start and stop can be called whenever, any number of times', async t => {
  const alice = await startNode(t, { name: 'alice' })
  const { discovery } = alice.services
  await discovery.start()
  await discovery.stop()
  t.equal(discovery.isStarted(), false)
  await discovery.stop()
  await discovery.start()
  t.equal(discovery.isStarted(), true)
  const bob = await startNode(t, { name: 'bob', bootstrapPeers: [addrOf(alice)] })
  await until(() => allList(alice, bob))
})

test('a service that was never started can be stopped, and tells of nobody', async t => {
  const alice = await startNode(t, { name: 'alice' })
  const idle = await createLibp2p({
    ...transport(),
    start: false,
    services: {
      identify: identify(),
      pubsub: gossipsub(),
      discovery: gossipDiscovery({ bootstrapPeers: [addrOf(alice)] })
    }
  })
  idle.services.discovery.addEventListener('peer', () => t.fail('a peer before the start'))
  const bob = await startNode(t, { name: 'bob', bootstrapPeers: [addrOf(alice)] })
  await until(() => allList(alice, bob))
  t.equal(idle.services.discovery.isStarted(), false)
  t.equal(idle.services.discovery.addressBook.size, 0)
  await idle.services.discovery.stop()
})

test('after the stop no peer is told of', async t => {
  const alice = await startNode(t, { name: 'alice' })
  const bob = await startNode(t, { name: 'bob', bootstrapPeers: [addrOf(alice)] })
  await until(() => allList(alice, bob))
  const { discovery } = bob.services
  await discovery.stop()
  discovery.addEventListener('peer', () => t.fail('a peer after the stop'))
  const charlie = await startNode(t, { name: 'charlie', bootstrapPeers: [addrOf(alice)] })
  await until(() => alice.services.discovery.addressBook.has(charlie.peerId))
  t.notOk(discovery.addressBook.has(charlie.peerId))
})

test('once nodes are stopped nothing is left running: the process ends by itself', async t => {
  const script = fileURLToPath(new URL('start-and-stop.ts', import.meta.url))
  const args = ['--conditions=@gossip/source', script]
  const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: PATIENCE_MS })
  t.equal(stdout, 'found each other\nstopped\n')
})

test('a node can be stopped while it dials an address where nobody answers', async t => {
  const { addresses } = transport()
  const silent = addresses!.listen![0]!.replace('tcp/0', 'tcp/9')
  const alice = await startNode(t, { name: 'alice', bootstrapPeers: [silent] })
  await settled(alice.stop(), () => 'the node does not stop')
})

const wrong: [what: string, init: GossipDiscoveryInit, message: RegExp][] = [
  ['a ttl too short', { entryTtlMs: 5 }, /^entryTtlMs must be between .* got 5$/],
  ['no connections', { targetConnections: 0 }, /^targetConnections must be between 1 and 256, got 0$/],
  ['a long name', { name: 'x'.repeat(65) }, /^name must be at most 64 bytes of UTF-8, got 65 bytes, "x{40}\.\.\."$/],
  ['a name of another type', { name: 5 as never }, /^name must be a text, got 5$/],
  [
    'a name with control characters',
    { name: '\u001b[31m' },
    /^name must not contain control characters, got "\\u\{1b\}\[31m"$/
  ],
  [
    'large metadata',
    { metadata: { key: 'x'.repeat(512) } },
    /^metadata must be at most 512 bytes in all, got 515 bytes$/
  ],
  [
    'metadata of another type',
    { metadata: { load: 5 as never } },
    /^metadata.load must be a text or bytes \(Uint8Array\), got 5$/
  ],
  ['an empty topic', { topic: '' }, /^topic must not be empty, got ""$/],
  [
    'a bootstrap peer that is no address',
    { bootstrapPeers: ['alice'] },
    /^bootstrapPeers\[0\] must be a multiaddr such as \/ip4\/.*, got "alice"$/
  ],
  [
    'a bootstrap peer of another type',
    { bootstrapPeers: [5 as never] },
    /^bootstrapPeers\[0\] must be a multiaddr such as .*, got 5$/
  ]
]

for (const [what, init, message] of wrong) {
  test(`${what} is refused at once, in one clear sentence`, async t => {
    t.throws(() => gossipDiscovery(init), { name: 'InvalidConfigError', message })
  })
}

test('a node without pubsub is refused, and told what it needs', async t => {
  const node = createLibp2p({ ...transport(), services: { discovery: gossipDiscovery() as never } })
  await t.rejects(node, /@libp2p\/pubsub/)
})

test('what is wrong at run time is refused, and changes nothing', async t => {
  const { discovery } = (await startNode(t, { name: 'alice' })).services
  t.throws(() => discovery.addPeer('bob'), /^peers\[0\] must be a multiaddr .*, got "bob"$/)
  t.throws(() => discovery.update({ name: 'x'.repeat(65) }), /^Serialization: name must be at most 64 bytes/)
  t.throws(() => discovery.announceEvery(1), /^announceIntervalMs must be between 100 and 3600000, got 1$/)
  await discovery.stop()
  t.throws(
    () => discovery.addPeer(addrOf({ getMultiaddrs: () => ['/ip4/127.0.0.1/tcp/1'] } as never)),
    /^ChannelSend: /
  )
})

test('the log tells what happens, under its own name, and no key', async t => {
  const { raw } = await generateKeyPair('Ed25519')
  const script = fileURLToPath(new URL('start-and-stop.ts', import.meta.url))
  const args = ['--conditions=@gossip/source', script, Buffer.from(raw.subarray(0, 32)).toString('hex')]
  const env = { ...process.env, DEBUG: 'libp2p:gossip-discovery*' }
  const { stderr } = await promisify(execFile)(process.execPath, args, { env, timeout: PATIENCE_MS })
  t.match(stderr, /libp2p:gossip-discovery 12…\w{4} joined 12D3KooW\w+/)
  t.match(stderr, /libp2p:gossip-discovery 12…\w{4} left 12D3KooW\w+/)
  const secrets = [raw, raw.subarray(0, 32)].flatMap(key =>
    (['hex', 'base64', 'base64url'] as const).map(encoding => Buffer.from(key).toString(encoding))
  )
  for (const secret of secrets) t.notOk(stderr.includes(secret))
})
