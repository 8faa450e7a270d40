/** A record of one network is nothing in another. */
import { until } from '../libp2p/nodes.ts'
import { attack } from './toolkit/attack.ts'
import { measured, passing, scaled } from './toolkit/duration.ts'
import { records } from './toolkit/frames.ts'
import { goneFrom, lists, startHonest, startNetwork } from './toolkit/honest.ts'
import { identityOf, recordOf } from './toolkit/identity.ts'
import { startLiar } from './toolkit/liar.ts'
import { startStranger } from './toolkit/stranger.ts'

const [PROD, STAGING] = ['/gossip-discovery/1/prod', '/gossip-discovery/1/staging']

attack(
  'records of one network that are replayed in another are listed by nobody there, nor do they end anything',
  async t => {
    const prod = await startNetwork(t, 3, { topic: PROD })
    const staging = await startNetwork(t, 2, { topic: STAGING })
    const listener = await startLiar(t, prod, { topic: PROD })
    await until(() => prod.every(({ peerId }) => listener.ledger.newest.has(peerId.toString())))
    const liar = await startStranger(t, { topic: STAGING })
    const gone = goneFrom(...staging)
    const heard = [...listener.ledger.newest.values()].map(({ envelope }) => envelope)
    for (const node of staging) {
      for (const kind of ['records', 'push'] as const) (await liar.relink(node)).send(records(heard, 0, kind))
    }
    for (const envelope of heard) await liar.publish(envelope)
    await passing(scaled(1_000, 10_000))
    const entered = staging.flatMap(node => prod.filter(({ peerId }) => lists(node, { peer: peerId.toString() })))
    measured(t, 'records of the one network in books of the other', entered.length)
    t.equal(entered.length, 0, 'nothing has crossed over')
    t.equal(gone.length, 0)
  }
)

attack('a farewell of one network ends nothing in another in which the same peer takes part', async t => {
  const [subject, node] = [identityOf(), await startHonest(t, { topic: STAGING })]
  const liar = await startStranger(t, { topic: STAGING })
  ;(await liar.link(node)).send(records([recordOf(subject, { topic: STAGING })]))
  await until(() => lists(node, subject))
  const farewell = recordOf(subject, { topic: PROD, seq: 9, leaving: true })
  ;(await liar.relink(node)).send(records([farewell]))
  await liar.publish(farewell)
  await until(() => node.services.discovery.stats.received >= 3)
  await passing(300)
  t.ok(lists(node, subject), 'it is still listed')
})
