/** Patient strangers that take every place they are given, and never let go. */
import type { Test } from 'tap'
import { addrOf, type TestNode, until } from '../libp2p/nodes.ts'
import { attack } from './toolkit/attack.ts'
import { keepOn, measured, scaled } from './toolkit/duration.ts'
import { records } from './toolkit/frames.ts'
import { partnersAmong, startHonest, startNetwork } from './toolkit/honest.ts'
import { recordOf } from './toolkit/identity.ts'
import { type Stranger, startStranger } from './toolkit/stranger.ts'

const HONEST = scaled(6, 30)
const LASTS_MS = scaled(6_000, 600_000)
const LEAST_HONEST_PARTNERS = 2

const crowds: [what: string, strangers: number, ipOf: (n: number) => string | undefined][] = [
  ['3 strangers of one group', 3, () => '127.99.4.1'],
  ['12 strangers of as many groups', 12, () => undefined],
  ['30 strangers of one group', 30, () => '127.99.4.1'],
  ['30 strangers of as many groups', 30, () => undefined],
  ['300 strangers of one group', 300, () => '127.99.4.1']
]

for (const [what, strangers, ipOf] of scaled(crowds.slice(0, 2), crowds)) {
  attack(`${what} that were there first and ignore every release leave each node honest partners`, async t => {
    const victim = await startHonest(t, { name: 'victim' })
    const crowd: Stranger[] = []
    for (let n = 0; n < strangers; n++) crowd.push(await startPatient(t, ipOf(n)))
    await linkAll(crowd, [victim])
    const network = await startNetwork(t, HONEST)
    await linkAll(crowd, network)
    victim.services.discovery.addPeer(addrOf(network[0]!))
    const honest = [victim, ...network]
    await churn(t, honest, crowd)
    const peers = honest.map(({ peerId }) => peerId.toString())
    const least = (): number => Math.min(...honest.map(node => partnersAmong(node, peers).length))
    await until(() => least() >= Math.min(1, LEAST_HONEST_PARTNERS), least)
    measured(t, 'honest partners of the node that has fewest', least())
    measured(t, 'honest partners of the node that they met first', partnersAmong(victim, peers).length)
    await until(() => least() >= LEAST_HONEST_PARTNERS, least)
    t.ok(least() >= LEAST_HONEST_PARTNERS)
  })
}

/** It can be dialled, answers probes, and takes no notice of a `release`. */
async function startPatient(t: Test, ip: string | undefined): Promise<Stranger> {
  return await startStranger(t, { gossips: false, ...(ip !== undefined && { ip }) })
}

/** Each is the partner of each, and in every book. */
async function linkAll(crowd: readonly Stranger[], nodes: readonly TestNode[]): Promise<void> {
  for (const stranger of crowd) {
    const addrs = [stranger.addr.split('/p2p/')[0]!]
    for (const node of nodes) {
      const link = await stranger.relink(node).catch(() => undefined)
      link?.send(records([recordOf(stranger.identity, { epoch: Date.now(), name: 'patient', addrs })]))
    }
  }
}

/** Now and then an honest node goes and another one comes, and strangers that lost a link make it anew. */
async function churn(t: Test, honest: TestNode[], crowd: readonly Stranger[]): Promise<void> {
  await keepOn(LASTS_MS, scaled(1_500, 5_000), async n => {
    const at = 1 + (n % (honest.length - 1))
    await honest[at]!.stop()
    const known = honest.find((_, i) => i !== 0 && i !== at)!
    honest[at] = await startHonest(t, { name: `new ${n}`, bootstrapPeers: [addrOf(known)] })
    await linkAll(crowd, honest)
  })
}
