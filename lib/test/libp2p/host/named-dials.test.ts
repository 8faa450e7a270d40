/** Peers that another discovery finds under names: each dial is made when a name is resolved, and ends once. */
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { type Answer, RecordType } from '@multiformats/dns'
import { multiaddr } from '@multiformats/multiaddr'
import { test } from 'tap'
import { GossipDiscovery } from '../../../src/index.ts'
import { keyOf } from '../../crafted.ts'
import { inOwnTime, refused, type StubHost, stubHost, type Time } from './stub-host.ts'

const PEER = peerIdFromPrivateKey(await keyOf(2))

test('a name that leads nowhere does not end the dial while another one is being resolved', async t => {
  await onHost(async ({ host, time, dialled, find, answer }) => {
    find('/dns4/slow.example/tcp/1')
    await time.pass(100)
    find('/dns4/nowhere.example/tcp/1')
    answer('nowhere.example')
    await time.pass(100)
    t.same(endedDials(host), {}, 'it is under way')
    answer('slow.example', '198.51.100.7')
    await time.pass(100)
    t.same(dialled, [`/ip4/198.51.100.7/tcp/1/p2p/${PEER}`])
    t.same(endedDials(host), { '': 1, failed_: 1 })
  })
})

test('a first name that leads nowhere does not end the dial in which another one takes part', async t => {
  await onHost(async ({ host, time, find, answer }) => {
    find('/dns4/nowhere.example/tcp/1')
    await time.pass(100)
    find('/dns4/slow.example/tcp/1')
    answer('nowhere.example')
    await time.pass(100)
    t.same(endedDials(host), {})
    answer('slow.example', '198.51.100.7')
    await time.pass(100)
    t.same(endedDials(host), { '': 1, failed_: 1 })
  })
})

for (const at of [0, 1]) {
  test(`a name that is never resolved, ${at === 0 ? 'before' : 'behind'} an address, does not keep it waiting`, async t => {
    await onHost(async ({ host, time, dialled, find }) => {
      const addrs = ['/ip4/198.51.100.7/tcp/1']
      addrs.splice(at, 0, '/dns4/silent.example/tcp/1')
      find(...addrs)
      await time.pass(100)
      t.same(dialled, [`/ip4/198.51.100.7/tcp/1/p2p/${PEER}`])
      t.same(endedDials(host), {}, 'it may lead somewhere yet')
    })
  })
}

/** A host on which a peer is found, whose names the test resolves. */
interface Found {
  readonly host: StubHost
  readonly time: Time
  /** Every address that the host was asked to dial. */
  readonly dialled: string[]
  find(...addrs: string[]): void
  /** What a name leads to, if anything: an IPv4 address. */
  answer(name: string, ip?: string): void
}

async function onHost(check: (found: Found) => Promise<void>): Promise<void> {
  const host = await stubHost()
  const dialled: string[] = []
  host.connectionManager.openConnection = async (target?: unknown) => {
    dialled.push(String(target))
    return await refused()
  }
  const answers = new Map<string, (data: Answer[]) => void>()
  const dns = {
    query: async (name: string) => {
      const { promise, resolve } = Promise.withResolvers<Answer[]>()
      answers.set(name, resolve)
      return { Answer: await promise }
    }
  }
  const components = Object.assign(host.components, { dns })
  await inOwnTime(async time => {
    const discovery = new GossipDiscovery(components)
    await time.over(discovery.start().then(async () => await discovery.afterStart()))
    await check({
      host,
      time,
      dialled,
      find: (...addrs) => {
        const detail = { id: PEER, multiaddrs: addrs.map(addr => multiaddr(addr)) }
        host.events.safeDispatchEvent('peer:discovery', { detail })
      },
      answer: (name, ip) => {
        answers.get(name)!(ip === undefined ? [] : [{ name, type: RecordType.A, TTL: 1, data: ip }])
      }
    })
    await time.over(discovery.stop())
  })
}

/** How the dials that are over have ended, by metric. */
function endedDials({ counters }: StubHost): Record<string, number> {
  const dials = [...counters].filter(([name]) => name.startsWith('libp2p_gossip_discovery_dials_'))
  return Object.fromEntries(dials.map(([name, count]) => [name.replace(/^.*_dials_(.*)total.*$/, '$1'), count]))
}
