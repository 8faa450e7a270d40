/** A book of many thousand records arrives at once. */
import { until } from '../libp2p/nodes.ts'
import { startApart } from './toolkit/apart.ts'
import { attack } from './toolkit/attack.ts'
import { measured, passing, scaled } from './toolkit/duration.ts'
import { bookOf, startFeeder } from './toolkit/feeder.ts'
import { lists, startHonest } from './toolkit/honest.ts'
import { startWitness } from './toolkit/witness.ts'

/** More than a book holds by default would be refused. */
const sizes = scaled([5_000], [5_000, 16_000, 20_000])

/** The promise is 20 ms; a host with other work has colder caches. */
const MAX_TURN_MS = scaled(100, 20)

for (const size of sizes) {
  attack(`${size} records in one sync hold the loop only for short turns, and nobody suspects the node`, async t => {
    const { envelopes } = bookOf(size)
    const feeder = await startFeeder(t, envelopes)
    const victim = await startApart(t, { name: 'victim', maxEntries: 2 * size })
    const partner = await startHonest(t, { name: 'partner', bootstrapPeers: [victim.addr], maxEntries: 2 * size })
    await until(() => lists(partner, victim))
    const suspected = await startWitness(t, partner)
    victim.watchTurns(true)
    await victim.usage()
    victim.addPeer(feeder.addr)
    await until(() => victim.book.size >= size)
    const { longestTurnMs, longestGcMs } = await victim.usage()
    victim.watchTurns(false)
    await passing(2_000)
    measured(t, 'longest turn without garbage collection, ms', longestTurnMs)
    measured(t, 'longest collection, ms', longestGcMs)
    t.ok(longestTurnMs <= MAX_TURN_MS, 'the loop is given back again and again')
    t.notOk(suspected.has(victim.peer), 'no partner takes that for death')
    t.ok(lists(partner, victim))
  })
}
