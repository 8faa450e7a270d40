/** Names in addresses that strangers wrote: wherever they lead is checked. */
import { type Answer, type DNS, RecordType } from '@multiformats/dns'
import { type Multiaddr, multiaddr } from '@multiformats/multiaddr'
import { test } from 'tap'
import { until } from '../../../../scripts/tests/until.ts'
import { Dialable } from '../../../src/libp2p/addrs/dialable.ts'
import { Names } from '../../../src/libp2p/addrs/names.ts'

const PEER = '12D3KooWJ3KBPcTs9rHTbKZ8i9dTRrXpBTbJE1TY6jvyzcAJvmJM'
const RELAY = '12D3KooWK99VoVxNE7XzyBwXEzW7xhK7Gpv85r9F3V3fyKSUKPH5'
const OTHER = '12D3KooWQYhTNQdmr3ArTeUHRYzFg94BKyTkoWBDWez9kSCVe2Xo'

test('an address without a name is dialled as it is', async t => {
  t.same(await resolved({}, '/ip4/198.51.100.7/tcp/4001'), ['/ip4/198.51.100.7/tcp/4001'])
})

test('behind a name of plain TCP the checked IP is dialled, so that no second answer can differ', async t => {
  const zone = { 'a.example': [a('198.51.100.7'), aaaa('2001:db8::7')] }
  t.same(await resolved(zone, `/dns4/a.example/tcp/4001/p2p/${PEER}`), [`/ip4/198.51.100.7/tcp/4001/p2p/${PEER}`])
  t.same(await resolved(zone, '/dns6/a.example/tcp/4001'), ['/ip6/2001:db8::7/tcp/4001'])
  t.same(await resolved(zone, '/dns/a.example/tcp/4001'), ['/ip4/198.51.100.7/tcp/4001', '/ip6/2001:db8::7/tcp/4001'])
})

test('a name that leads to where nobody is sent is not dialled', async t => {
  for (const ip of ['169.254.169.254', '127.0.0.1', '10.0.0.1', '0.0.0.0', '224.0.0.1']) {
    const zone = { 'evil.example': [a(ip)], 'half.example': [a('198.51.100.7'), a(ip)] }
    t.same(await resolved(zone, '/dns4/evil.example/tcp/80'), [], ip)
    t.same(await resolved(zone, '/dns4/half.example/tcp/80'), ['/ip4/198.51.100.7/tcp/80'], 'the good answer alone')
    t.same(
      await resolved(zone, '/dns4/half.example/tcp/80/ws'),
      [],
      'where the name is needed, all answers must be good'
    )
  }
  t.same(await resolved({ 'evil.example': [aaaa('::ffff:169.254.169.254')] }, '/dns6/evil.example/tcp/80'), [])
  t.same(await resolved({}, '/dns4/unknown.example/tcp/80'), [], 'no such name')
  t.same(await resolved({ 'evil.example': [a('not an IP')] }, '/dns4/evil.example/tcp/80'), [])
})

test('where a transport needs the name it stays', async t => {
  const zone = { 'a.example': [a('198.51.100.7')] }
  for (const addr of [
    '/dns4/a.example/tcp/443/tls/ws',
    '/dns4/a.example/tcp/443/wss',
    '/dns4/a.example/udp/443/quic-v1'
  ])
    t.same(await resolved(zone, addr), [addr])
})

test('a dnsaddr leads to the addresses of the peer that is meant, and no further than three deep', async t => {
  const zone = {
    '_dnsaddr.list.example': [
      txt(`dnsaddr=/ip4/198.51.100.7/tcp/4001/p2p/${PEER}`),
      txt(`dnsaddr=/ip4/198.51.100.8/tcp/4001/p2p/${OTHER}`),
      txt(`"dnsaddr=/ip4/169.254.169.254/tcp/80/p2p/${PEER}"`),
      txt('dnsaddr=rubbish'),
      txt(`dnsaddr=/dnsaddr/list.example/p2p/${PEER}`)
    ]
  }
  const addrs = await resolved(zone, `/dnsaddr/list.example/p2p/${PEER}`)
  t.same(new Set(addrs), new Set([`/ip4/198.51.100.7/tcp/4001/p2p/${PEER}`]))
})

test('the name of a relay that is connected is not resolved, since nobody dials it', async t => {
  const circuit = `p2p-circuit/webrtc/p2p/${PEER}`
  const addr = `/dns4/unknown.example/tcp/443/tls/ws/p2p/${RELAY}/${circuit}`
  t.same(await resolved({}, addr), [addr])
  t.same(await resolved({}, `/dns4/unknown.example/tcp/443/tls/ws/p2p/${OTHER}/${circuit}`), [])
})

test('many names of one victim are one dial a minute, unless the peer has answered there', async t => {
  const zone = Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`n${i}.evil.example`, [a('198.51.100.7')]]))
  const names = namesOf(zone)
  let dialled = 0
  for (let i = 0; i < 50; i++) dialled += (await resolvedBy(names, `/dns4/n${i}.evil.example/tcp/80`, true)).length
  t.equal(dialled, 1)
  t.equal((await resolvedBy(names, '/dns4/n0.evil.example/tcp/80', false)).length, 1)
  t.equal((await resolvedBy(names, '/dns4/n1.evil.example/tcp/81', true)).length, 1, 'another port')
})

test('each answer is told as it comes, however long another one takes', async t => {
  const zone: Zone = {
    'v4.example': [a('198.51.100.7')],
    '_dnsaddr.list.example': ['/dns4/silent.example', '/ip4/198.51.100.8', '/dns4/v4.example'].map(start =>
      txt(`dnsaddr=${start}/tcp/4001/p2p/${PEER}`)
    )
  }
  const told: string[] = []
  const tell = (addrs: readonly Multiaddr[]) => told.push(...addrs.map(addr => addr.toString()))
  const names = namesOf(zone, ['silent.example A', 'v4.example AAAA'])
  const question = { isHearsay: false, tell, signal: new AbortController().signal }
  void names.resolve(multiaddr('/dns/v4.example/tcp/1'), question)
  void names.resolve(multiaddr(`/dnsaddr/list.example/p2p/${PEER}`), question)
  await until(() => told.length === 3)
  t.same(told.sort(), [
    '/ip4/198.51.100.7/tcp/1',
    `/ip4/198.51.100.7/tcp/4001/p2p/${PEER}`,
    `/ip4/198.51.100.8/tcp/4001/p2p/${PEER}`
  ])
})

type Zone = Record<string, Answer[]>

/** @param silent - names and types, such as `a.example AAAA`, for which no answer ever comes */
function namesOf(zone: Zone, silent: readonly string[] = []): Names {
  const dns: DNS = {
    query: async (name, options) => {
      if (silent.includes(`${name} ${RecordType[Number(options?.types)]}`)) return await new Promise(() => {})
      const Answer = (zone[name] ?? []).filter(({ type }) => type === options?.types)
      if (Answer.length === 0) throw new Error(`no ${name}`)
      return { Status: 0, TC: false, RD: true, RA: true, AD: false, CD: false, Question: [], Answer }
    }
  }
  const isConnected = (peer: string) => peer === RELAY
  return new Names(new Dialable({ self: 'self', announced: () => [], interfaces: () => [], isConnected }), dns)
}

async function resolved(zone: Zone, addr: string): Promise<string[]> {
  return await resolvedBy(namesOf(zone), addr, true)
}

async function resolvedBy(names: Names, addr: string, isHearsay: boolean): Promise<string[]> {
  const told: string[] = []
  const tell = (addrs: readonly Multiaddr[]) => told.push(...addrs.map(resolved => resolved.toString()))
  await names.resolve(multiaddr(addr), { isHearsay, tell, signal: AbortSignal.timeout(10_000) })
  return told
}

function a(data: string): Answer {
  return { name: 'x', type: RecordType.A, TTL: 1, data }
}

function aaaa(data: string): Answer {
  return { name: 'x', type: RecordType.AAAA, TTL: 1, data }
}

function txt(data: string): Answer {
  return { name: 'x', type: RecordType.TXT, TTL: 1, data }
}
