/** What a node announces of its addresses. */
import assert from 'node:assert/strict'
import { generateKeyPair } from '@libp2p/crypto/keys'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { type Multiaddr, multiaddr } from '@multiformats/multiaddr'
import fc from 'fast-check'
import { test } from 'tap'
import { chosenAddrs } from '../../../src/libp2p/addrs/addrs.ts'

const RELAY = '12D3KooWQYhTNQdmr3ArTeUHRYzFg94BKyTkoWBDWez9kSCVe2Xo'
const self = peerIdFromPrivateKey(await generateKeyPair('Ed25519'))

const LOOPBACK = '/ip4/127.0.0.1/tcp/4001'
const PRIVATE = '/ip4/192.168.1.2/tcp/4001'
const RELAYED = `/ip4/198.51.100.9/tcp/4001/p2p/${RELAY}/p2p-circuit`
const PUBLIC = '/ip4/198.51.100.7/tcp/4001'

test('public addresses come first, then relays, then private ones; loopback only where there is nothing else', async t => {
  t.same(announced(LOOPBACK, PRIVATE, RELAYED, PUBLIC), [PUBLIC, RELAYED, PRIVATE])
  t.same(announced(LOOPBACK), [LOOPBACK])
  t.same(announced(LOOPBACK, PRIVATE), [PRIVATE])
  t.same(announced(), [])
})

test('the own peer id is in the record, and not said again', async t => {
  t.same(announced(`${PUBLIC}/p2p/${self}`), [PUBLIC])
  t.same(announced(`${RELAYED}/p2p/${self}`), [RELAYED])
})

test('what leads nowhere is not announced', async t => {
  const useless = [
    '/ip4/0.0.0.0/tcp/4001',
    '/ip4/169.254.7.7/tcp/4001',
    '/ip6/fe80::1/tcp/4001',
    '/ip4/198.51.100.7/tcp/0',
    '/unix/%2Ftmp%2Fx'
  ]
  t.same(announced(...useless), [])
  const { left } = chosenAddrs(
    [...useless, LOOPBACK, PUBLIC].map(addr => multiaddr(addr)),
    self
  )
  t.same(new Set(left), new Set([...useless, LOOPBACK]), 'and that is told')
})

test('of more than sixteen the least useful make room, wherever they stand', async t => {
  const many = Array.from({ length: 20 }, (_, i) => `/ip4/192.168.1.${i}/tcp/4001`)
  const chosen = announced(...many, RELAYED, PUBLIC)
  t.equal(chosen.length, 16)
  t.same(chosen.slice(0, 2), [PUBLIC, RELAYED])
})

test('an address is as long as its bytes: a long text may be short', async t => {
  const long = `/ip4/198.51.100.9/udp/4001/webrtc-direct/certhash/uEiAkH5a4DPGKUuOBjYw0CgwjvcJCJMD2K_1aluKR_tpevQ/p2p/${RELAY}/p2p-circuit/webrtc/p2p/${RELAY}/p2p-circuit`
  t.ok(long.length > 256 || multiaddr(long).bytes.byteLength < long.length)
  t.same(announced(long), [long])
  t.same(announced(`/dns4/${'a'.repeat(250)}.example/tcp/4001`), [])
})

test('whatever a node listens on, at most sixteen addresses are announced, each once, and none is loopback beside others', async () => {
  const anyAddr = fc.constantFrom(
    LOOPBACK,
    PRIVATE,
    RELAYED,
    PUBLIC,
    '/ip6/::1/tcp/1',
    '/ip4/0.0.0.0/tcp/1',
    '/dns4/example.com/tcp/1'
  )
  const anyAddrs = fc.array(
    fc.oneof(
      anyAddr,
      fc.ipV4().map(ip => `/ip4/${ip}/tcp/4001`)
    ),
    { maxLength: 40 }
  )
  fc.assert(
    fc.property(anyAddrs, addrs => {
      const chosen = announced(...addrs)
      assert.ok(chosen.length <= 16)
      assert.equal(new Set(chosen).size, chosen.length)
      const loopback = chosen.filter(addr => addr.startsWith('/ip4/127.') || addr.startsWith('/ip6/::1/'))
      assert.ok(loopback.length === 0 || loopback.length === chosen.length)
      assert.ok(chosen.every(addr => addrs.includes(addr)))
    })
  )
})

function announced(...addrs: string[]): readonly string[] {
  return chosenAddrs(
    addrs.map((addr): Multiaddr => multiaddr(addr)),
    self
  ).announced
}
