/** Questions that cost little to ask and much to answer. */
import { multiaddr } from '@multiformats/multiaddr'
import type { Test } from 'tap'
import { until } from '../libp2p/nodes.ts'
import { type NodeApart, startApart } from './toolkit/apart.ts'
import { attack } from './toolkit/attack.ts'
import { keepOn, measured, passing, scaled } from './toolkit/duration.ts'
import { bookOf, startFeeder } from './toolkit/feeder.ts'
import { digest, emptySummary } from './toolkit/frames.ts'
import { startHonest } from './toolkit/honest.ts'
import { type Link, startStranger } from './toolkit/stranger.ts'

const ENTRIES = 1_000
const ROUNDS = scaled(30, 1_000)
/** The credit of the group and of the node is spent by then. */
const SPENT_AFTER = scaled(15, 100)
const QUESTIONS_A_ROUND = 10

const MAX_BYTES_OUT_FOR_ONE_IN = 20
/** Of one core. On a host with other work a short measurement is a coarse one. */
const MAX_SHARE = scaled(0.15, 0.05)

/** All liars have this address: one group. */
const LIARS_IP = '127.99.1.1'

attack(
  'a thousand entries are not asked for again and again, under whatever peer id, and a late joiner is served meanwhile',
  async t => {
    const { victim, frames } = await startVictim(t)
    const bareCpuMs = await cpuOf(victim, async () => await reconnect(t, SPENT_AFTER, victim))
    const ask = (link: Link): void => {
      for (let n = 0; n < QUESTIONS_A_ROUND; n++) link.send(frames[n % frames.length]!)
    }
    const credit = await reconnect(t, SPENT_AFTER, victim, ask)
    measured(t, 'bytes out for a byte in, with credit', credit.received / credit.sent)
    const fromMs = performance.now()
    let spent = { sent: 0, received: 0 }
    const cpuMs = await cpuOf(victim, async () => {
      const asked = reconnect(t, ROUNDS, victim, ask)
      await expectServed(t, victim)
      spent = await asked
    })
    const ownCpuMs = cpuMs - (bareCpuMs / SPENT_AFTER) * ROUNDS
    const share = ownCpuMs / (performance.now() - fromMs)
    measured(t, 'bytes out for a byte in, without credit', spent.received / spent.sent)
    measured(t, 'share of a core, without that of libp2p for the connections, %', 100 * share)
    t.ok(spent.received / spent.sent <= MAX_BYTES_OUT_FOR_ONE_IN, 'no answer is worth the question')
    t.ok(share <= MAX_SHARE, 'and it costs little')
  }
)

attack('one stranger that asks without a pause is told little, and costs little', async t => {
  const { victim, frames } = await startVictim(t)
  const stranger = await startStranger(t)
  const ask = async (forMs: number): Promise<{ sent: number; received: number; share: number }> => {
    const [fromMs, before] = [performance.now(), totalOf(stranger.links)]
    const cpuMs = await cpuOf(victim, async () => {
      await keepOn(forMs, 10, async () => {
        const link = await stranger.relink(victim).catch(() => undefined)
        for (const frame of frames) link?.send(frame)
      })
    })
    const after = totalOf(stranger.links)
    const share = cpuMs / (performance.now() - fromMs)
    return { sent: after.sent - before.sent, received: after.received - before.received, share }
  }
  const credit = await ask(scaled(2_000, 20_000))
  measured(t, 'bytes out for a byte in, with credit', credit.received / credit.sent)
  const spent = await ask(scaled(3_000, 60_000))
  measured(t, 'bytes out for a byte in, without credit', spent.received / spent.sent)
  measured(t, 'share of a core, %', 100 * spent.share)
  t.ok(spent.received / spent.sent <= MAX_BYTES_OUT_FOR_ONE_IN)
  t.ok(spent.share <= MAX_SHARE)
})

/** A node with a large book, and questions that ask for all of it. */
async function startVictim(t: Test): Promise<{ victim: NodeApart; frames: Uint8Array[] }> {
  const { envelopes } = bookOf(ENTRIES)
  const feeder = await startFeeder(t, envelopes)
  const victim = await startApart(t, { name: 'victim', bootstrapPeers: [feeder.addr] })
  await until(() => victim.book.size >= ENTRIES)
  return { victim, frames: [emptySummary(), digest(1), digest(0)] }
}

/** Connects again and again under fresh peer ids; opens a stream each time if there is something to ask. */
async function reconnect(
  t: Test,
  rounds: number,
  victim: NodeApart,
  ask?: (link: Link) => void
): Promise<{ sent: number; received: number }> {
  const links: Link[] = []
  for (let round = 0; round < rounds; round++) {
    const liar = await startStranger(t, { ip: LIARS_IP, gossips: false })
    if (ask === undefined) await liar.libp2p.dial(multiaddr(victim.addr))
    else {
      const link = await liar.link(victim).catch(() => undefined)
      if (link !== undefined) {
        links.push(link)
        ask(link)
      }
    }
    await passing(50)
    await liar.stop()
  }
  return totalOf(links)
}

function totalOf(links: readonly Link[]): { sent: number; received: number } {
  const total = { sent: 0, received: 0 }
  for (const { bytes } of links) {
    total.sent += bytes.sent
    total.received += bytes.received
  }
  return total
}

async function cpuOf(victim: NodeApart, work: () => Promise<unknown>): Promise<number> {
  const before = await victim.usage()
  await work()
  return (await victim.usage()).cpuMs - before.cpuMs
}

/** Whoever joins by the victim has the whole book all the same. */
async function expectServed(t: Test, victim: NodeApart): Promise<void> {
  const fromMs = performance.now()
  const joiner = await startHonest(t, { name: 'joiner', bootstrapPeers: [victim.addr] })
  await until(
    () => joiner.services.discovery.addressBook.size >= ENTRIES,
    () => joiner.services.discovery.addressBook.size
  )
  measured(t, 'until a late joiner has the whole book, ms', performance.now() - fromMs)
}
