/** Which addresses that strangers wrote a node dials, and in which group a connection is. */
import assert from 'node:assert/strict'
import { multiaddr } from '@multiformats/multiaddr'
import fc from 'fast-check'
import { test } from 'tap'
import { groupOf } from '../../../src/libp2p/addrs/addr-group.ts'
import { allowedScopes, Dialable } from '../../../src/libp2p/addrs/dialable.ts'
import { scopeOf } from '../../../src/libp2p/addrs/ip-scope.ts'

const RELAY = '12D3KooWQYhTNQdmr3ArTeUHRYzFg94BKyTkoWBDWez9kSCVe2Xo'
const PEER = '12D3KooWJ3KBPcTs9rHTbKZ8i9dTRrXpBTbJE1TY6jvyzcAJvmJM'

/** Nobody may be sent there by a stranger, wherever the node is. */
const NEVER = [
  '/ip4/0.0.0.0/tcp/4001',
  '/ip4/0.1.2.3/tcp/4001',
  '/ip4/169.254.169.254/tcp/80',
  '/ip4/224.0.0.1/tcp/4001',
  '/ip4/239.255.255.250/udp/1900/quic-v1',
  '/ip4/240.0.0.1/tcp/4001',
  '/ip4/255.255.255.255/udp/4001/quic-v1',
  '/ip4/198.51.100.7/tcp/0',
  '/ip4/198.51.100.7/udp/0/quic-v1',
  '/ip4/198.51.100.7',
  '/ip4/198.51.100.7/ipcidr/8/tcp/4001',
  '/ip6/::/tcp/4001',
  '/ip6/fe80::1/tcp/4001',
  '/ip6/fec0::1/tcp/4001',
  '/ip6/ff02::1/tcp/4001',
  '/ip6/100::1/tcp/4001',
  '/ip6zone/eth0/ip6/fe80::1/tcp/4001',
  '/unix/%2Fvar%2Frun%2Fdocker.sock',
  '/ip6/::ffff:169.254.169.254/tcp/80',
  '/ip6/::ffff:0:169.254.169.254/tcp/80',
  '/ip6/::169.254.169.254/tcp/80',
  '/ip6/64:ff9b::a9fe:a9fe/tcp/80',
  '/ip6/64:ff9b:1::a9fe:a9fe/tcp/80',
  '/ip6/2002:a9fe:a9fe::1/tcp/80',
  '/ip6/2001:0:4136:e378:8000:63bf:5601:5601/tcp/80',
  '/ip6/2001:db8::5efe:a9fe:a9fe/tcp/80',
  `/ip4/169.254.169.254/tcp/80/p2p/${RELAY}/p2p-circuit/p2p/${PEER}`,
  `/ip4/198.51.100.7/tcp/4001/p2p/${RELAY}/p2p-circuit/ip4/169.254.169.254/tcp/80/p2p/${PEER}`,
  '/ip4/198.51.100.7/tcp/4001/p2p-circuit',
  `/p2p/${RELAY}/p2p-circuit/p2p/${PEER}`,
  '/p2p-circuit',
  '/ip4/198.51.100.7/tcp/70000',
  'no address',
  ''
]

const PUBLIC = [
  '/ip4/198.51.100.7/tcp/4001',
  '/ip4/100.128.0.1/tcp/4001',
  '/ip4/172.32.0.1/tcp/4001',
  '/ip6/2001:db8::1/tcp/4001',
  '/ip6/64:ff9b::c633:6407/tcp/4001',
  '/dns4/example.com/tcp/4001',
  '/dnsaddr/example.com',
  `/ip4/198.51.100.7/tcp/4001/p2p/${RELAY}/p2p-circuit/p2p/${PEER}`,
  `/ip4/198.51.100.7/udp/4001/quic-v1/p2p/${RELAY}/p2p-circuit/webrtc/p2p/${PEER}`
]

const LOOPBACK = [
  '/ip4/127.0.0.1/tcp/22',
  '/ip4/127.9.9.9/tcp/22',
  '/ip6/::1/tcp/22',
  '/ip6/::ffff:127.0.0.1/tcp/22',
  '/ip6/64:ff9b::7f00:1/tcp/22',
  '/ip6/2002:7f00:1::/tcp/22'
]

test('nobody is sent to what means nothing between hosts, however it is spelt', async t => {
  for (const announced of [
    [],
    ['/ip4/127.0.0.1/tcp/1'],
    ['/ip4/198.51.100.1/tcp/1'],
    ['/ip4/10.0.0.1/tcp/1'],
    ['/ip4/169.254.1.1/tcp/1']
  ]) {
    const { endpointOf } = dialable(announced, ['/ip4/169.254.1.1/tcp/1', '/ip6/fe80::2/tcp/1', '/ip4/0.0.0.0/tcp/1'])
    for (const addr of NEVER) t.equal(endpointOf(addr), 'forbidden', `${addr} by a node at ${announced}`)
  }
})

test('everybody may be sent to what is public', async t => {
  const { endpointOf } = dialable([])
  for (const addr of PUBLIC) t.equal(typeof endpointOf(addr), 'object', addr)
})

test('loopback addresses are dialled only by a node that announces nothing else', async t => {
  for (const addr of LOOPBACK) {
    t.equal(dialable([]).endpointOf(addr), 'forbidden', `${addr}: it announces nothing`)
    t.equal(dialable(['/ip4/198.51.100.1/tcp/1']).endpointOf(addr), 'forbidden')
    t.equal(dialable(['/ip4/127.0.0.1/tcp/1', '/ip4/10.0.0.1/tcp/1']).endpointOf(addr), 'forbidden')
    t.equal(dialable(['/dns4/example.com/tcp/1', '/ip4/127.0.0.1/tcp/1']).endpointOf(addr), 'forbidden')
    t.equal(dialable([], ['/ip4/127.0.0.1/tcp/1']).endpointOf(addr), 'forbidden', 'every host has that interface')
    t.equal(typeof dialable(['/ip4/127.0.0.1/tcp/1'], ['/ip4/10.0.0.1/tcp/1']).endpointOf(addr), 'object', addr)
  }
})

test('private addresses are dialled only by a node that has one in the same block', async t => {
  const blocks = [
    '/ip4/10.1.2.3/tcp/1',
    '/ip4/172.16.0.1/tcp/1',
    '/ip4/192.168.1.1/tcp/1',
    '/ip4/100.64.0.1/tcp/1',
    '/ip6/fd12::1/tcp/1'
  ]
  for (const own of blocks) {
    for (const addr of blocks) {
      const expected = own === addr ? 'object' : 'string'
      t.equal(typeof dialable([own]).endpointOf(addr), expected, `announces ${own}, dials ${addr}`)
      t.equal(typeof dialable([], [own]).endpointOf(addr), expected, `has ${own}, dials ${addr}`)
      t.equal(dialable(['/ip4/198.51.100.1/tcp/1']).endpointOf(addr), 'forbidden')
    }
  }
  t.equal(dialable(['/ip4/198.51.100.1/tcp/1']).endpointOf('/ip6/::ffff:10.0.0.1/tcp/1'), 'forbidden')
})

test('an endpoint is the same in every spelling, and a circuit leads to its relay', async t => {
  const { endpointOf } = dialable([])
  t.same(endpointOf('/ip6/::ffff:198.51.100.7/tcp/4001'), endpointOf('/ip4/198.51.100.7/tcp/4001'))
  t.same(endpointOf('/ip4/198.51.100.7/tcp/4001/ws'), endpointOf('/ip4/198.51.100.7/tcp/4001'))
  t.same(endpointOf('/dns4/EXAMPLE.com/tcp/1'), endpointOf('/dns4/example.com/tcp/1'))
  t.same(endpointOf(`/ip4/198.51.100.7/tcp/4001/p2p/${RELAY}/p2p-circuit`), {
    host: '198.51.100.7',
    port: '4001',
    relay: RELAY
  })
})

test('a circuit over a relay that is connected leads to nobody who has to be dialled', async t => {
  const { endpointOf } = new Dialable({
    self: 'self',
    announced: () => [],
    interfaces: () => [],
    isConnected: peer => peer === RELAY
  })
  t.equal(endpointOf(`/ip4/198.51.100.7/tcp/4001/p2p/${RELAY}/p2p-circuit/p2p/${PEER}`), 'free')
  t.equal(endpointOf(`/p2p/${RELAY}/p2p-circuit/p2p/${PEER}`), 'free')
  for (const home of [
    '/ip4/127.0.0.1/tcp/8080/ws',
    '/ip4/192.168.1.2/tcp/8080/ws',
    '/dns/relay.example/tcp/443/tls/ws'
  ]) {
    const addr = `${home}/p2p/${RELAY}/p2p-circuit/webrtc`
    t.equal(endpointOf(addr), 'free', `${addr}: by a page that has no address itself`)
  }
  t.equal(endpointOf(`/ip4/169.254.169.254/tcp/80/p2p/${RELAY}/p2p-circuit`), 'forbidden')
  t.equal(typeof endpointOf(`/ip4/198.51.100.7/tcp/4001/p2p/${PEER}/p2p-circuit`), 'object')
})

test('nobody is dialled through this node itself', async t => {
  const { endpointOf } = new Dialable({
    self: RELAY,
    announced: () => ['/ip4/198.51.100.7/tcp/4001'],
    interfaces: () => [],
    isConnected: () => false
  })
  for (const home of ['/ip4/198.51.100.7/tcp/4001', '/dns/relay.example/tcp/443/tls/ws']) {
    t.equal(endpointOf(`${home}/p2p/${RELAY}/p2p-circuit/webrtc/p2p/${PEER}`), 'forbidden')
    t.equal(typeof endpointOf(`${home}/p2p/${PEER}/p2p-circuit`), 'object', 'another relay')
  }
})

test('a group is what one party easily has many of', async t => {
  for (const [addr, group] of [
    ['/ip4/198.51.100.7/tcp/4001', 'ip4 198.51'],
    ['/ip6/::ffff:198.51.100.7/tcp/4001', 'ip4 198.51'],
    ['/ip6/2001:db8:1:2::3/udp/4001/quic-v1', 'ip6 32.1.13.184'],
    ['/ip4/127.0.0.1/tcp/4001', 'ip4 127.0.0.1'],
    ['/ip4/10.1.2.3/tcp/4001', 'ip4 10.1.2.3'],
    ['/ip4/192.168.1.2/tcp/4001', 'ip4 192.168.1.2'],
    [`/ip4/198.51.100.7/tcp/4001/p2p/${RELAY}/p2p-circuit/p2p/${PEER}`, `relay ${RELAY}`],
    [`/ip4/198.51.100.7/tcp/4001/p2p/${RELAY}/p2p-circuit/p2p/${PEER}/p2p-circuit`, `relay ${RELAY}`],
    ['/dns4/a.b.Example.com/tcp/4001', 'name example.com'],
    ['', 'unknown'],
    ['rubbish', 'unknown']
  ] as const) {
    t.equal(groupOf(addr), group)
  }
})

test('whatever the address, a group and an endpoint are found without a throw, and what is dialled has an allowed scope', async () => {
  const anyIp = fc.oneof(
    fc.ipV4(),
    fc.ipV6().filter(ip => !ip.includes('%'))
  )
  const { endpointOf } = dialable(['/ip4/10.0.0.1/tcp/1'])
  fc.assert(
    fc.property(
      fc.oneof(
        anyIp.map(ip => `/${ip.includes(':') ? 'ip6' : 'ip4'}/${ip}/tcp/4001`),
        fc.string()
      ),
      addr => {
        assert.equal(typeof groupOf(addr), 'string')
        if (endpointOf(addr) === 'forbidden') return
        const { bytes } = multiaddr(addr)
        assert.ok(['public', '10.0.0.0/8'].includes(scopeOf(bytes.subarray(1, bytes[0] === 4 ? 5 : 17))))
      }
    ),
    { numRuns: 1_000 }
  )
})

test('the scopes of a node are those of its addresses and interfaces', async t => {
  const scopes = allowedScopes(
    ['/ip4/10.0.0.1/tcp/1'],
    [multiaddr('/ip4/127.0.0.1/tcp/1'), multiaddr('/ip4/192.168.0.1/tcp/1')]
  )
  t.same([...scopes].sort(), ['10.0.0.0/8', '192.168.0.0/16'])
})

function dialable(announced: readonly string[], interfaces: readonly string[] = []): Dialable {
  return new Dialable({
    self: 'self',
    announced: () => announced,
    interfaces: () => interfaces.map(addr => multiaddr(addr)),
    isConnected: () => false
  })
}
