/** Heartbeats that one reader takes and another refuses: whoever hands them on must not pay for it. */
import type { Test } from 'tap'
import { type TestNode, until } from '../libp2p/nodes.ts'
import { attack } from './toolkit/attack.ts'
import { head } from './toolkit/cbor.ts'
import { keepOn, measured, scaled } from './toolkit/duration.ts'
import { records } from './toolkit/frames.ts'
import { entryOf, goneFrom, lists, liveOnes, partnersAmong, startNetwork, streamsBetween } from './toolkit/honest.ts'
import { identityOf, recordOf } from './toolkit/identity.ts'
import { startStranger } from './toolkit/stranger.ts'

/** The encoding of a number, and what a careless reader takes for another one of the same length. */
const twins: [what: string, first: Uint8Array, next: Uint8Array][] = [
  ['eight bytes for a small number', head('uint', 7), Uint8Array.of(0x1b)],
  ['two bytes for a small number', head('uint', 24), Uint8Array.of(0x18, 0x08)],
  ['a reserved head', head('uint', 7), Uint8Array.of(0x1c)],
  ['an indefinite length', head('uint', 7), Uint8Array.of(0x1f)],
  ['a negative number', head('uint', 7), Uint8Array.of(0x29)],
  ['an empty text', head('uint', 7), Uint8Array.of(0x60)],
  ['a break', head('uint', 7), Uint8Array.of(0xff)],
  ['four bytes for a number of two', head('uint', 70_000), Uint8Array.of(0x1a, 0, 0, 1, 0)],
  ['a float', head('uint', 70_000), Uint8Array.of(0xfa, 0x47, 0x88, 0xb8, 0)]
]

/** Of four nodes that want one partner each, with room for those that they make anew as they settle. */
const MAX_STREAMS = 12

attack(
  'whatever stands in place of the number of a heartbeat is taken by nobody, and costs no honest node a link',
  async t => {
    const nodes = await startNetwork(t, 4, { targetConnections: 1 })
    const gone = goneFrom(...nodes)
    const streams = streamsBetween(nodes)
    const stranger = await startStranger(t)
    const subjects = twins.map(([, first]) => ({ subject: identityOf(), first }))
    const link = await stranger.link(nodes[0]!)
    link.send(records(subjects.map(({ subject, first }) => recordOf(subject, { seqItem: first }))))
    await until(() => nodes.every(node => subjects.every(({ subject }) => lists(node, subject))))
    const said = nodes.map(node => subjects.map(({ subject }) => entryOf(node, subject)?.seq))
    for (const [i, [what, , next]] of twins.entries()) {
      const twin = recordOf(subjects[i]!.subject, { seqItem: next })
      const again = await stranger.relink(nodes[0]!)
      again.send(records([twin]))
      await stranger.publish(twin)
      await keepOn(scaled(200, 5_000), 20, streams.look)
      const now = nodes.map(node => subjects.map(({ subject }) => entryOf(node, subject)?.seq))
      t.same(now, said, `${what}: every book has the heartbeat before it`)
    }
    expectWhole(t, nodes, streams.count())
    t.equal(liveOnes(gone, ...nodes).length, 0)
  }
)

function expectWhole(t: Test, nodes: readonly TestNode[], streams: number): void {
  measured(t, 'sync streams that there were between honest nodes', streams)
  t.ok(streams <= MAX_STREAMS, 'they hardly ever opened another one')
  const peers = nodes.map(({ peerId }) => peerId.toString())
  t.ok(
    nodes.every(node => partnersAmong(node, peers).length > 0),
    'every honest node has an honest partner'
  )
}
