/** What the core makes of a link that the host cut, and of a dial that the host did not try. */
import { test } from 'tap'
import { Discovery, type Output, resolveConfig } from '../../../src/core/index.ts'
import { testHost } from '../network.ts'
import { dialsOf } from '../overlays.ts'
import { record } from '../records.ts'

test('a partner whose link broke is probed at once; one that was cut for what it sent is not', async t => {
  t.same(dialsOf(lost({ isCut: false }).outputs), ['b'])
  t.same(dialsOf(lost({ isCut: true }).outputs), [])
})

test('a dial that the host withheld is no evidence against the peer, one that failed is', async t => {
  for (const [outcome, isSuspected] of [
    ['withheld', false],
    ['refused', true]
  ] as const) {
    const { node } = lost({ isCut: false })
    const outputs = node.handle({ type: 'dialled', id: 'b', outcome }, 100)
    t.equal(
      outputs.some(({ type }) => type === 'suspected'),
      isSuspected,
      outcome
    )
  }
})

/** A node that has just lost its only partner. */
function lost({ isCut }: { isCut: boolean }): { node: Discovery; outputs: Output[] } {
  const node = new Discovery(resolveConfig(), { peer: 'a', epoch: 1 }, testHost(1), 0)
  node.handle({ type: 'partner-opened', peer: 'b', initiator: false, addr: '/b' }, 10)
  const records = [{ record: record({ peer: 'b', addrs: ['/b'] }), ageMs: 0 }]
  node.handle({ type: 'message', from: 'b', message: { type: 'records', records } }, 20)
  return { node, outputs: node.handle({ type: 'partner-closed', peer: 'b', isCut }, 50) }
}
