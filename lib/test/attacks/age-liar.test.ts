/** Ages are not signed: whoever is first with a heartbeat may call it as old as it likes. */
import { addrOf, until } from '../libp2p/nodes.ts'
import { attack } from './toolkit/attack.ts'
import { measured, passing, scaled } from './toolkit/duration.ts'
import { records } from './toolkit/frames.ts'
import { goneFrom, listedShare, liveOnes, startHonest } from './toolkit/honest.ts'
import { startStranger } from './toolkit/stranger.ts'

const LASTS_MS = scaled(5_000, 60_000)
const TTL_MS = 1_500
/** Not stretched by the network. */
const PACE = { announceIntervalMs: 500, entryTtlMs: TTL_MS, maxAnnouncementsPerSecond: 1_000 } as const

/** The honest path is so much slower than the liar's. */
const SLOW_MS = 30

/** How old the liar calls what it has just heard. */
const ages: [what: string, ageMs: number][] = [
  ['10 ms before its time is over', TTL_MS - 10],
  ['half of its time', TTL_MS / 2],
  ['the time that it has, and more', 86_400_000]
]

for (const [what, ageMs] of scaled(ages.slice(0, 1), ages)) {
  attack(
    `a liar that is first with every heartbeat, and gives it the age of ${what}, keeps nobody out of a book`,
    async t => {
      const honest = await startHonest(t, { name: 'honest', ...PACE })
      slowDown(honest)
      const observer = await startHonest(t, {
        name: 'observer',
        targetConnections: 1,
        bootstrapPeers: [addrOf(honest)]
      })
      let victimPeer = ''
      const liar = await startStranger(t, {
        onGossip: envelope => {
          for (const link of liar.links) if (link.peer !== victimPeer) link.send(records([envelope], ageMs, 'push'))
        }
      })
      await liar.link(observer)
      // Nobody can dial it: the two paths are all that leads from it to the observer.
      const victim = await startHonest(t, {
        name: 'victim',
        ...PACE,
        addresses: { listen: [] },
        bootstrapPeers: [addrOf(honest), liar.addr]
      })
      victimPeer = victim.peerId.toString()
      const { addressBook } = observer.services.discovery
      await until(() => addressBook.has(victim.peerId) && liar.links.some(({ peer }) => peer === victimPeer))
      const gone = goneFrom(observer)
      const share = listedShare(observer, victim.peerId)
      await passing(LASTS_MS)
      measured(t, 'share of the time in which the victim was listed, %', 100 * share())
      t.equal(liveOnes(gone, victim).length, 0, 'the victim was listed all the time')
      t.ok(addressBook.has(victim.peerId))
    }
  )
}

/** What this node takes from gossip, and hands on, waits a little: it is the long way round. */
function slowDown(node: Awaited<ReturnType<typeof startHonest>>): void {
  const { topicValidators } = node.services.pubsub
  for (const [topic, validate] of topicValidators) {
    topicValidators.set(topic, async (peer, message) => {
      await passing(SLOW_MS)
      return await validate(peer, message)
    })
  }
}
