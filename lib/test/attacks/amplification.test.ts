/** Questions that cost little to ask and much to answer. */
import type { Test } from 'tap'
import { until } from '../libp2p/nodes.ts'
import type { NodeApart } from './toolkit/apart.ts'
import { askAnew, connectionCpuMs, cpuOf, questions, startFull, type Traffic, trafficOf } from './toolkit/asking.ts'
import { attack } from './toolkit/attack.ts'
import { keepOn, measured, scaled } from './toolkit/duration.ts'
import { startHonest } from './toolkit/honest.ts'
import { startStranger } from './toolkit/stranger.ts'

const ENTRIES = 1_000
const ROUNDS = scaled(30, 1_000)
/** The credit of the group and of the node is spent by then. */
const SPENT_AFTER = scaled(15, 200)

const MAX_BYTES_OUT_FOR_ONE_IN = 20
/** Of one core. On a host with other work a short measurement is a coarse one. */
const MAX_SHARE = scaled(0.2, 0.05)

attack(
  'a book is not asked for again and again, under whatever peer id, and a late joiner is served meanwhile',
  async t => {
    const victim = await startFull(t, ENTRIES)
    const bareCpuMs = await connectionCpuMs(t, victim, SPENT_AFTER)
    const credit = await askAnew(t, victim, SPENT_AFTER)
    measured(t, 'bytes out for a byte in, with credit', credit.received / credit.sent)
    const fromMs = performance.now()
    let spent: Traffic = { sent: 0, received: 0 }
    const cpuMs = await cpuOf(victim, async () => {
      const asked = askAnew(t, victim, ROUNDS)
      await expectServed(t, victim)
      spent = await asked
    })
    const share = (cpuMs - bareCpuMs * ROUNDS) / (performance.now() - fromMs)
    expectCheap(t, spent, share)
  }
)

attack('one stranger that asks without a pause is told little, and costs little', async t => {
  const victim = await startFull(t, ENTRIES)
  const stranger = await startStranger(t)
  const ask = async (forMs: number): Promise<Traffic & { share: number }> => {
    const [fromMs, before] = [performance.now(), trafficOf(stranger.links)]
    const cpuMs = await cpuOf(victim, async () => {
      await keepOn(forMs, 10, async () => {
        const link = await stranger.relink(victim).catch(() => undefined)
        for (const question of questions) link?.send(question)
      })
    })
    const after = trafficOf(stranger.links)
    const share = cpuMs / (performance.now() - fromMs)
    return { sent: after.sent - before.sent, received: after.received - before.received, share }
  }
  const credit = await ask(scaled(2_000, 20_000))
  measured(t, 'bytes out for a byte in, with credit', credit.received / credit.sent)
  const spent = await ask(scaled(3_000, 60_000))
  expectCheap(t, spent, spent.share)
})

function expectCheap(t: Test, { sent, received }: Traffic, share: number): void {
  measured(t, 'bytes out for a byte in, without credit', received / sent)
  t.ok(received / sent <= MAX_BYTES_OUT_FOR_ONE_IN, 'no answer is worth the question')
  measured(t, 'share of a core, %', 100 * share)
  t.ok(share <= MAX_SHARE, 'and it costs little')
}

/** Whoever joins by the victim has the whole book all the same. */
async function expectServed(t: Test, victim: NodeApart): Promise<void> {
  const fromMs = performance.now()
  const joiner = await startHonest(t, { name: 'joiner', bootstrapPeers: [victim.addr] })
  const { addressBook } = joiner.services.discovery
  await until(
    () => addressBook.size >= ENTRIES,
    () => addressBook.size
  )
  measured(t, 'until a late joiner has the whole book, ms', performance.now() - fromMs)
}
