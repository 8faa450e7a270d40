/** When a node says where it is on the topics of the other discovery, and what becomes of what others say there. */
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { multiaddr } from '@multiformats/multiaddr'
import { test } from 'tap'
import { DEFAULT_TOPIC, type GossipDiscovery, type GossipDiscoveryInit, signAnnouncement } from '../../../src/index.ts'
import { decodePeer } from '../../../src/libp2p/interop/peer-message.ts'
import { announcementOf, keyOf } from '../../crafted.ts'
import { inOwnTime, serviceOn } from '../host/stub-host.ts'
import { said, signed, TheirHost, TOPIC, toldBy } from './their-host.ts'

const LOOPBACK = '/ip4/127.0.0.1/tcp/4002'

interface Running {
  readonly host: TheirHost
  readonly discovery: GossipDiscovery
  readonly pass: (ms: number) => Promise<void>
  /** What a listener of `peer` would have heard. */
  readonly told: ReturnType<typeof toldBy>
}

test('it says where it is every 10 s, with its own peer id in each address', async t => {
  await running({}, async ({ host, pass }) => {
    host.subscribers = [peerIdFromPrivateKey(await keyOf(2))]
    await pass(60_000)
    t.ok(host.said.length >= 5 && host.said.length <= 7, `${host.said.length} times`)
    const peer = decodePeer(host.said[0]!)!
    const id = peerIdFromPrivateKey(host.privateKey).toString()
    t.same(peer.addrs.map(String), [multiaddr(`/ip4/127.0.0.1/tcp/4001/p2p/${id}`).bytes.toString()])
  })
})

test('it says nothing where nobody listens', async t => {
  await running({}, async ({ host, pass }) => {
    await pass(60_000)
    t.same(host.said, [])
  })
})

test('a new subscriber hears of it within a second, and not before all that subscribe at once have', async t => {
  await running({}, async ({ host, pass }) => {
    await pass(2_000)
    for (const seed of [2, 3, 4]) host.subscribe(peerIdFromPrivateKey(await keyOf(seed)))
    await pass(50)
    t.equal(host.said.length, 0)
    await pass(1_000)
    t.equal(host.said.length, 1)
  })
})

test('a subscriber of another topic changes nothing', async t => {
  await running({}, async ({ host, pass }) => {
    await pass(2_000)
    host.subscribe(peerIdFromPrivateKey(await keyOf(2)), 'another topic')
    await pass(2_000)
    t.equal(host.said.length, 0)
  })
})

test('whoever subscribes again and again does not make it speak more than once a second', async t => {
  await running({}, async ({ host, pass }) => {
    const peer = peerIdFromPrivateKey(await keyOf(2))
    for (let i = 0; i < 100; i++) {
      host.subscribe(peer)
      host.subscribers = [peer]
      await pass(100)
    }
    t.ok(host.said.length >= 5 && host.said.length <= 11, `${host.said.length} times in 10 s`)
  })
})

test('a node that only listens says nothing, and hears', async t => {
  await running({ listenOnly: true }, async ({ host, pass, told }) => {
    host.subscribe(peerIdFromPrivateKey(await keyOf(2)))
    await pass(30_000)
    t.same(host.said, [])
    await host.receive(said(await keyOf(2), [LOOPBACK]))
    t.equal(told.length, 1)
  })
})

test('a node that falls silent, or leaves, says nothing any more', async t => {
  for (const end of ['announceEvery', 'leave'] as const) {
    await running({}, async ({ host, discovery, pass }) => {
      host.subscribe(peerIdFromPrivateKey(await keyOf(2)))
      await pass(2_000)
      t.ok(host.said.length > 0)
      if (end === 'leave') void discovery.leave()
      else discovery.announceEvery(undefined)
      await pass(1_500)
      const before = host.said.length
      await pass(30_000)
      t.equal(host.said.length, before, end)
    })
  }
})

test('whoever is heard of is told to libp2p, is no entry, and is dialled', async t => {
  await running({}, async ({ host, discovery, pass, told }) => {
    const dialled: string[] = []
    host.connectionManager.openConnection = (async (addr: unknown) => {
      dialled.push(String(addr))
      throw new Error('refused')
    }) as never
    const key = await keyOf(2)
    const id = peerIdFromPrivateKey(key).toString()
    await host.receive(said(key, [`${LOOPBACK}/p2p/${id}`]))
    await host.receive(said(key, [`${LOOPBACK}/p2p/${id}`]))
    await pass(10_000)
    t.same(told, [{ id, addrs: [`${LOOPBACK}/p2p/${id}`] }], 'once, for the same addresses')
    t.same(dialled, [`${LOOPBACK}/p2p/${id}`])
    t.equal(discovery.addressBook.size, 0)
    await host.receive(said(key, ['/ip4/127.0.0.1/tcp/4003']))
    t.equal(told.length, 2, 'again, when its addresses change')
  })
})

test('hints are dialled one after the other, though libp2p says of each that a peer was found', async t => {
  await running({}, async ({ host, pass }) => {
    let dials = 0
    host.connectionManager.openConnection = async () => {
      dials++
      throw new Error('refused')
    }
    for (const seed of [2, 3, 4, 5]) {
      const key = await keyOf(seed)
      const addr = `/ip4/127.0.0.1/tcp/${5_000 + seed}`
      await host.receive(said(key, [addr]))
      const detail = { id: peerIdFromPrivateKey(key), multiaddrs: [multiaddr(addr)] }
      host.events.safeDispatchEvent('peer:discovery', { detail })
    }
    await pass(700)
    t.ok(dials === 1 || dials === 2, `${dials} dials`)
  })
})

test('however many peers claim to be at one address, it is dialled once a minute at most', async t => {
  await running({}, async ({ host, pass }) => {
    let dials = 0
    host.connectionManager.openConnection = async () => {
      dials++
      throw new Error('refused')
    }
    for (let seed = 2; seed < 52; seed++) await host.receive(said(await keyOf(seed), ['/ip4/127.0.0.1/tcp/7000']))
    await pass(50_000)
    t.equal(dials, 1)
  })
})

test('of the addresses, those are taken that a record of a stranger may lead to', async t => {
  await running({}, async ({ host, told }) => {
    host.addrs = [multiaddr('/ip4/192.0.2.7/tcp/4001')]
    host.events.safeDispatchEvent('self:peer:update')
    const key = await keyOf(2)
    const other = peerIdFromPrivateKey(await keyOf(3)).toString()
    const harmful = [
      LOOPBACK,
      '/ip4/169.254.169.254/tcp/80',
      '/ip4/224.0.0.1/tcp/1',
      '/ip4/0.0.0.0/tcp/1',
      '/ip4/192.0.2.9/tcp/0',
      '/unix/%2ftmp%2fsocket',
      `/ip4/192.0.2.9/tcp/1/p2p/${other}`,
      `/p2p/${other}/p2p-circuit`
    ]
    await host.receive(said(key, harmful))
    t.same(told, [], 'whoever has no other is not told')
    await host.receive(said(key, [...harmful, '/ip4/192.0.2.8/tcp/1']))
    const id = peerIdFromPrivateKey(key).toString()
    t.same(told, [{ id, addrs: [`/ip4/192.0.2.8/tcp/1/p2p/${id}`] }])
  })
})

test('an address of a protocol that is not known is passed over', async t => {
  await running({}, async ({ host, told }) => {
    const key = await keyOf(2)
    const known = said(key, [LOOPBACK])
    const unknown = Uint8Array.from([0x12, 0x04, 0xff, 0xff, 0x7f, 0x01])
    await host.receive(signed(key, Uint8Array.from([...unknown, ...known.data, ...unknown])))
    t.equal(told[0]?.addrs.length, 1)
  })
})

test('a peer whose own record is there is no hint any more', async t => {
  await running({}, async ({ host, discovery, told }) => {
    const key = await keyOf(2)
    const { envelope } = await signAnnouncement(announcementOf(key), key, DEFAULT_TOPIC)
    await host.deliver(DEFAULT_TOPIC, envelope, peerIdFromPrivateKey(key))
    t.equal(discovery.addressBook.size, 1)
    const before = told.length
    await host.receive(said(key, ['/ip4/127.0.0.1/tcp/4009']))
    t.equal(told.length, before)
  })
})

test('what this node has said itself is no hint', async t => {
  await running({}, async ({ host, told }) => {
    await host.receive(said(host.privateKey, [LOOPBACK]))
    t.same(told, [])
  })
})

test('a crowd of invented peers is told to libp2p up to a bound, and few of them are dialled', async t => {
  await running({}, async ({ host, pass, told }) => {
    let dials = 0
    host.connectionManager.openConnection = async () => {
      dials++
      throw new Error('refused')
    }
    const keys = await Promise.all(Array.from({ length: 250 }, async (_, i) => await keyOf(i + 2)))
    const forwarder = peerIdFromPrivateKey(await keyOf(1_000))
    for (let round = 0; round < 8; round++) {
      for (const key of keys) await host.receive(said(key, [`/ip4/127.0.0.1/tcp/${5_000 + round}`]), forwarder)
    }
    t.ok(told.length >= 250 && told.length <= 1_100, `${told.length} of 2,000`)
    await pass(10_000)
    t.ok(dials <= 25, `${dials} dials in 10 s`)
  })
})

/** A service that has started, in a time of the test's own. */
async function running(init: GossipDiscoveryInit, body: (running: Running) => Promise<void>): Promise<void> {
  const host = new TheirHost(await keyOf(1))
  const { discovery } = serviceOn(host, { interop: { pubsubPeerDiscovery: { topics: [TOPIC] } }, ...init })
  const told = toldBy(discovery)
  await inOwnTime(async ({ pass, over }) => {
    await over(discovery.start())
    await over(discovery.afterStart())
    await body({ host, discovery, pass, told })
    await over(discovery.stop())
  })
}
