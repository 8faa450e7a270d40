/** Partners that ask and never read the answers. */
import { until } from '../libp2p/nodes.ts'
import { startApart } from './toolkit/apart.ts'
import { attack } from './toolkit/attack.ts'
import { keepOn, measured, scaled, untilOr } from './toolkit/duration.ts'
import { bookOf, startFeeder } from './toolkit/feeder.ts'
import { digest, emptySummary, want } from './toolkit/frames.ts'
import { type Stranger, startStranger } from './toolkit/stranger.ts'

const PARTNERS = 20
const ENTRIES = scaled(5_000, 10_000)

/** One bound over all partners, and what libp2p itself holds for as many streams. */
const MAX_HELD_MIB = 48

attack('twenty partners that never read make a node hold little, and nothing once they are gone', async t => {
  const { subjects, envelopes } = bookOf(ENTRIES)
  const feeder = await startFeeder(t, envelopes)
  const victim = await startApart(t, { name: 'victim', bootstrapPeers: [feeder.addr] })
  await until(() => victim.book.size >= ENTRIES)
  const peers = subjects.slice(0, 1_024).map(({ multihash }) => multihash)
  const questions = [emptySummary(), digest(0), want(peers), digest(1)]
  const before = (await victim.usage()).heldBytes
  const strangers: Stranger[] = []
  while (strangers.length < PARTNERS) strangers.push(await startStranger(t, { reads: false, gossips: false }))
  let mostMiB = 0
  const look = async (): Promise<void> => {
    mostMiB = Math.max(mostMiB, ((await victim.usage()).heldBytes - before) / 2 ** 20)
  }
  await keepOn(scaled(6_000, 60_000), 100, async n => {
    for (const stranger of strangers) {
      const link = await stranger.relink(victim).catch(() => undefined)
      for (const question of questions) link?.send(question)
    }
    if (n % 5 === 4) await look()
  })
  await look()
  measured(t, 'held for all of them, MiB', mostMiB)
  t.ok(mostMiB <= MAX_HELD_MIB, 'one bound over all of them')
  for (const stranger of strangers) await stranger.stop()
  let leftMiB = mostMiB
  await untilOr(30_000, async () => {
    leftMiB = ((await victim.usage()).heldBytes - before) / 2 ** 20
    return leftMiB <= MAX_HELD_MIB / 4
  })
  measured(t, 'held when they are gone, MiB', leftMiB)
  t.ok(leftMiB <= MAX_HELD_MIB / 4)
})
