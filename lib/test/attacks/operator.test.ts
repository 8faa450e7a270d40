/** What nobody but the operator can mend is not passed over in silence. */
import { addrOf, until } from '../libp2p/nodes.ts'
import { attack } from './toolkit/attack.ts'
import { measured } from './toolkit/duration.ts'
import { records } from './toolkit/frames.ts'
import { startHonest, warningsOf } from './toolkit/honest.ts'
import { identityOf, privateKeyOf, recordOf } from './toolkit/identity.ts'
import { startStranger } from './toolkit/stranger.ts'

attack('a record of the own key that leaves no greater number is warned of', async t => {
  const identity = identityOf()
  const node = await startHonest(t, { name: 'node', privateKey: await privateKeyOf(identity) })
  const warnings = warningsOf(node)
  const stranger = await startStranger(t)
  ;(await stranger.link(node)).send(records([recordOf(identity, { epoch: Number.MAX_SAFE_INTEGER, seq: 1 })]))
  await until(
    () => warnings.length > 0,
    () => node.services.discovery.stats
  )
  t.ok(warnings.includes('cannot-announce') || warnings.includes('key-in-use'), warnings.join())
})

attack('two nodes that live under one key are told of each other', async t => {
  const identity = identityOf()
  const [a, b] = [await startHonest(t, { name: 'a' }), await startHonest(t, { name: 'b' })]
  const twins = []
  for (const [i, known] of [a, b].entries()) {
    const privateKey = await privateKeyOf(identity)
    twins.push(await startHonest(t, { name: `twin ${i}`, privateKey, bootstrapPeers: [addrOf(known)] }))
  }
  const warnings = twins.map(warningsOf)
  a.services.discovery.addPeer(addrOf(b))
  const startedMs = performance.now()
  await until(
    () => warnings.some(codes => codes.includes('key-in-use')),
    () => warnings
  )
  measured(t, 'until one of them is warned, ms', performance.now() - startedMs)
})
