/** What a node makes of records by who brought them, and for whom it takes those who appear. */
import { test } from 'tap'
import { STANDING } from '../../../src/core/book/entry.ts'
import { farewell, record } from '../records.ts'
import { Solo } from '../solo.ts'

test('only a peer that nobody here had heard of is a newcomer, for which the crowd is waited', async t => {
  const node = new Solo()
  let newcomers = 0
  node.core.overlay.newcomer = () => newcomers++
  open(node, 'b', false)
  const seen = [
    record({ peer: 'x' }),
    record({ peer: 'x', seq: 2 }),
    record({ peer: 'x', seq: 3, name: 'changed' }),
    farewell({ peer: 'x', seq: 4 })
  ].map(each => {
    node.nowMs += 20_000
    node.take({ type: 'message', from: 'b', message: { type: 'push', records: [{ record: each, ageMs: 0 }] } })
    return newcomers
  })
  t.strictSame(seen, [1, 1, 1, 1])
})

test('a peer that was let go is one like any other once it has restarted, which no heartbeat and no farewell shows', async t => {
  const node = new Solo()
  const restarted: string[] = []
  node.core.overlay.restarted = peer => restarted.push(peer)
  open(node, 'b', false)
  const seen = [
    record({ peer: 'x' }),
    record({ peer: 'x', seq: 2, name: 'changed' }),
    record({ peer: 'x', epoch: 2 }),
    farewell({ peer: 'x', epoch: 3 })
  ].map(each => {
    node.nowMs += 20_000
    node.take({ type: 'message', from: 'b', message: { type: 'push', records: [{ record: each, ageMs: 0 }] } })
    return restarted.length
  })
  t.strictSame(seen, [1, 1, 2, 2])
})

test('a peer that says itself who it is counts as met, and as reached if this node chose it', async t => {
  const node = new Solo()
  open(node, 'chosen', true)
  open(node, 'inbound', false)
  for (const peer of ['chosen', 'inbound']) {
    const own = { record: record({ peer, ttlMs: 86_400_000 }), ageMs: 0 }
    const of = { record: record({ peer: `of ${peer}`, ttlMs: 86_400_000 }), ageMs: 0 }
    node.take({ type: 'message', from: peer, message: { type: 'records', records: [own, of] } })
  }
  t.strictSame(
    ['chosen', 'of chosen', 'inbound', 'of inbound'].map(peer => node.core.book.get(peer)?.standing),
    [STANDING.reached, STANDING.confirmed, STANDING.firstHand, STANDING.hearsay]
  )
})

function open(node: Solo, peer: string, isChosen: boolean): void {
  const target = { id: peer, addrs: [`/${peer}`] }
  if (isChosen) node.take({ type: 'peer-found', target, source: 'named' })
  node.take({ type: 'partner-opened', peer, initiator: isChosen, addr: `/${peer}` })
  if (isChosen) node.take({ type: 'dialled', id: peer, outcome: 'reached' })
}
