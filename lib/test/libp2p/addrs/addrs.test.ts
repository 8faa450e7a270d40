/** What a node announces of its addresses. */
import assert from 'node:assert/strict'
import { generateKeyPair } from '@libp2p/crypto/keys'
import { peerIdFromPrivateKey, peerIdFromString } from '@libp2p/peer-id'
import { type Multiaddr, multiaddr } from '@multiformats/multiaddr'
import fc from 'fast-check'
import { test } from 'tap'
import { type AddrChoice, chosenAddrs, dialTarget } from '../../../src/libp2p/addrs/addrs.ts'

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
  t.same(
    left(...useless, LOOPBACK, PUBLIC),
    [...useless.map(addr => [addr, 'of no use to others']), [LOOPBACK, 'loopback']].sort(),
    'and that is told'
  )
})

test('of more than sixteen the least useful make room, wherever they stand, and are named', async t => {
  const many = Array.from({ length: 18 }, (_, i) => `/ip4/192.168.1.${i}/tcp/4001`)
  const chosen = announced(...many, RELAYED, PUBLIC)
  t.equal(chosen.length, 16)
  t.same(chosen.slice(0, 2), [PUBLIC, RELAYED])
  t.same(
    left(...many, RELAYED, PUBLIC),
    many.slice(14).map(addr => [addr, 'more than 16'])
  )
})

test('an address is as long as its bytes: the longest that a node behind a relay has is announced', async t => {
  const hash = 'uEiAkH5a4DPGKUuOBjYw0CgwjvcJCJMD2K_1aluKR_tpevQ'
  const ip = '/ip6/2001:db8:85a3:8d3:1319:8a2e:370:7348'
  const name = `2001-db8-85a3-8d3-1319-8a2e-370-7348.${'k'.repeat(62)}.libp2p.direct`
  const long = [
    `${ip}/udp/65535/quic-v1/webtransport/certhash/${hash}/certhash/${hash}/p2p/${RELAY}/p2p-circuit/webrtc/p2p/${RELAY}`,
    `${ip}/udp/65535/webrtc-direct/certhash/${hash}/p2p/${RELAY}/p2p-circuit/webrtc/p2p/${RELAY}`,
    `${ip}/tcp/65535/tls/sni/${name}/ws/p2p/${RELAY}/p2p-circuit/webrtc/p2p/${RELAY}`
  ]
  for (const addr of long) t.ok(addr.length > 250 && multiaddr(addr).bytes.byteLength <= 256 - 20, addr)
  t.same(announced(...long), long)
  const longer = `/dns4/${'a'.repeat(250)}.example/tcp/4001`
  t.same(announced(longer), [])
  t.same(left(longer), [[longer, 'longer than 256 bytes']])
})

test('whom to dial is said by address, by peer id and addresses, or by peer id alone', async t => {
  const bound = `${PUBLIC}/p2p/${RELAY}`
  const id = peerIdFromString(RELAY)
  t.same(dialTarget(PUBLIC), { id: PUBLIC, addrs: [PUBLIC] })
  t.same(dialTarget(bound), { id: RELAY, addrs: [bound] })
  t.same(dialTarget({ id, multiaddrs: [multiaddr(PUBLIC)] }), { id: RELAY, addrs: [PUBLIC] })
  for (const bare of [id, RELAY, `/p2p/${RELAY}`, multiaddr(`/p2p/${RELAY}`), { id, multiaddrs: [] }]) {
    t.same(dialTarget(bare), { id: RELAY, addrs: [] })
  }
  for (const text of ['', 'alice', '/ip4/300.0.0.1/tcp/1', '/p2p/alice']) t.throws(() => dialTarget(text), TypeError)
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
  return choice(addrs).announced
}

function left(...addrs: string[]): [string, string][] {
  return [...choice(addrs).left].sort()
}

function choice(addrs: string[]): AddrChoice {
  return chosenAddrs(
    addrs.map((addr): Multiaddr => multiaddr(addr)),
    self
  )
}
