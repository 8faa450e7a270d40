/** What a node says of its addresses, and that it says what it leaves out. */
import { multiaddr } from '@multiformats/multiaddr'
import { test } from 'tap'
import { DEFAULT_TOPIC, openAnnouncement } from '../../../src/index.ts'
import { inOwnTime, serviceOn, stubHost } from '../host/stub-host.ts'

const RELAY = '12D3KooWQYhTNQdmr3ArTeUHRYzFg94BKyTkoWBDWez9kSCVe2Xo'
const HASH = 'uEiAkH5a4DPGKUuOBjYw0CgwjvcJCJMD2K_1aluKR_tpevQ'
const PUBLIC = '/ip4/198.51.100.7/tcp/4001'

test('a public address behind eighteen private ones is announced, and what is cut is named once, with the reason', async t => {
  const privates = Array.from({ length: 18 }, (_, i) => `/ip4/192.168.1.${i}/tcp/4001`)
  const host = await stubHost()
  host.addrs = [...privates, PUBLIC].map(addr => multiaddr(addr))
  const { discovery } = serviceOn(host)
  await inOwnTime(async ({ pass }) => {
    await discovery.start()
    await discovery.afterStart()
    await pass(1_000)
    host.events.safeDispatchEvent('self:peer:update', {})
    const { announcement } = await openAnnouncement(host.published.at(-1)!, DEFAULT_TOPIC)
    t.same(announcement.addrs, [PUBLIC, ...privates.slice(0, 15)])
    t.same(host.logged.filter(isAboutCuts), [
      `does not announce ${privates
        .slice(15)
        .map(addr => `${addr} (more than 16)`)
        .join(', ')}`
    ])
    await discovery.stop()
  })
})

test('a node none of whose addresses can be announced says why', async t => {
  const host = await stubHost()
  const longer = `/dns4/${'a'.repeat(250)}.example/tcp/4001`
  host.addrs = [multiaddr(longer)]
  const { discovery } = serviceOn(host)
  await inOwnTime(async ({ pass }) => {
    await discovery.start()
    await discovery.afterStart()
    await pass(1_000)
    t.same(host.logged.filter(isAboutCuts), [`does not announce ${longer} (longer than 256 bytes)`])
    await discovery.stop()
  })
})

test('where sixteen long addresses do not fit beside name and metadata, the least useful are left out, and named', async t => {
  const host = await stubHost()
  const relayed = Array.from(
    { length: 15 },
    (_, i) => `/ip6/2001:db8::${i + 1}/udp/1/quic-v1/webtransport/certhash/${HASH}/p2p/${RELAY}/p2p-circuit/webrtc`
  )
  host.addrs = [...relayed, PUBLIC].map(addr => multiaddr(addr))
  const { discovery, warnings } = serviceOn(host, { metadata: { a: 'x'.repeat(500) } })
  await inOwnTime(async ({ pass }) => {
    await discovery.start()
    await discovery.afterStart()
    await pass(30_000)
    const { announcement } = await openAnnouncement(host.published.at(-1)!, DEFAULT_TOPIC)
    t.same(announcement.addrs[0], PUBLIC)
    const kept = announcement.addrs.length - 1
    t.ok(kept >= 8 && kept < 15, `${kept}`)
    t.same(host.logged.filter(isAboutCuts), [
      `does not announce ${relayed.slice(kept).join(', ')} (no room in 2048 bytes)`
    ])
    t.same(warnings, [])
    await discovery.stop()
  })
})

function isAboutCuts(line: string): boolean {
  return line.startsWith('does not announce')
}
