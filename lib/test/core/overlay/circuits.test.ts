/** Links that a relay ends by its limit: who dials again, when, and what is made of them. */
import { test } from 'tap'
import { dialsOf, hangUpsOf, releasesOf } from '../overlays.ts'
import { record } from '../records.ts'
import { Solo } from '../solo.ts'

const RETURN_MS = 2_000
const BURST = 32

test('the side that dialled a circuit dials again when it has come to its end, and the other waits for it', async t => {
  const dialler = partnerOf({ initiator: true })
  close(dialler, 'self')
  t.same(dialsOf(dialler.out), ['b'])
  const other = partnerOf({ initiator: false })
  close(other, 'peer')
  for (let atMs = 100; atMs < RETURN_MS; atMs += 100) {
    other.pass(100)
    other.take({ type: 'tick' })
    t.same(dialsOf(other.out), [], 'whatever it hears meanwhile')
  }
})

test('a dialler that comes back is not looked for, one that does not is', async t => {
  for (const [comesBack, dials] of [
    [true, []],
    [false, ['b']]
  ] as const) {
    const node = partnerOf({ initiator: false })
    close(node, 'peer')
    node.pass(RETURN_MS / 2)
    if (comesBack) open(node, { initiator: false })
    node.pass(RETURN_MS)
    t.same(dialsOf(node.out), dials)
  }
})

test('of two that have dialled each other, the one whose circuit came to its end dials again', async t => {
  const node = partnerOf({ initiator: true })
  open(node, { initiator: false })
  close(node, 'peer')
  t.same(dialsOf(node.out), [])
})

test('a circuit that broke before its end is a hint of a crash to both sides', async t => {
  for (const initiator of [true, false]) {
    const node = partnerOf({ initiator })
    node.take({ type: 'partner-closed', peer: 'b' })
    t.same(dialsOf(node.out), ['b'])
  }
})

test('circuits that come to their end again and again are dialled at once each time', async t => {
  const node = partnerOf({ initiator: true })
  for (let circuits = 1; circuits <= 6; circuits++) {
    node.pass(1_500)
    const before = dialsOf(node.out).length
    close(node, 'self')
    t.equal(dialsOf(node.out).length, before + 1)
    open(node, { initiator: true })
    node.take({ type: 'dialled', id: 'b', outcome: 'reached' })
  }
})

test('a circuit is replaced before its end, again with more patience if that fails, and not once more when it is', async t => {
  const node = partnerOf({ initiator: true })
  node.take({ type: 'link-spent', peer: 'b' })
  t.same(renewalsOf(node), [2_500])
  node.pass(2_499)
  t.equal(renewalsOf(node).length, 1)
  node.pass(5_001)
  t.same(renewalsOf(node), [2_500, 5_000, 10_000])
  open(node, { initiator: true })
  node.pass(60_000)
  t.equal(renewalsOf(node).length, 3)
})

test('a partner that uses circuits up as fast as they are dialled costs a handshake a second in the long run', async t => {
  const node = partnerOf({ initiator: true })
  const spend = (times: number, everyMs: number) => {
    for (let i = 0; i < times; i++) {
      node.take({ type: 'link-spent', peer: 'b' })
      node.pass(everyMs)
      open(node, { initiator: true })
    }
  }
  spend(BURST, 0)
  t.equal(renewalsOf(node).length, BURST)
  spend(100, 100)
  t.ok(renewalsOf(node).length <= BURST + 10)
})

test('with enough links that no relay ends, a circuit that is used up is let go', async t => {
  const node = partnerOf({ initiator: true })
  for (const peer of ['c', 'd', 'e']) node.take({ type: 'partner-opened', peer, initiator: false, addr: `/${peer}` })
  node.take({ type: 'link-spent', peer: 'b' })
  node.pass(15_000)
  t.same(renewalsOf(node), [])
  t.ok(releasesOf(node.out).includes('b'))
  t.ok(hangUpsOf(node.out).includes('b'))
})

test('over a circuit a few fresh records go at once, but before many of them it is asked what is lacking', async t => {
  const node = partnerOf({ initiator: true })
  open(node, { peer: 'c', initiator: false })
  node.pass(1_000)
  const pushedTo = (peer: string) => node.recordsTo(peer)
  const before = [pushedTo('b'), pushedTo('c')]
  tell(node, 'c', 3)
  node.pass(200)
  t.equal(pushedTo('b'), before[0]! + 3)
  tell(node, 'c', 300)
  node.pass(1_000)
  t.equal(pushedTo('b'), before[0]! + 3)
  const digests = (peer: string) =>
    node.sent(peer).filter(({ message, atMs }) => message.type === 'digest' && atMs > 1_100)
  t.equal(digests('b').length, 1)
  t.equal(digests('c').length, 0, 'it brought them all')
})

test('what refutes a suspicion goes over a circuit at once, whatever comes along with it', async t => {
  const node = partnerOf({ initiator: true })
  open(node, { peer: 'c', initiator: false })
  tell(node, 'c', 300)
  node.pass(1_000)
  const suspicion = { peer: 'p1', epoch: 1, seq: 1, refused: false, leftMs: 0 }
  node.take({ type: 'message', from: 'c', message: { type: 'suspicions', suspicions: [suspicion] } })
  const before = node.recordsTo('b')
  node.take({
    type: 'message',
    from: 'c',
    message: { type: 'records', records: [{ record: record({ peer: 'p1', seq: 2 }), ageMs: 0 }] }
  })
  node.pass(200)
  t.equal(node.recordsTo('b'), before + 1)
})

/** A node that lists its only partner, over a circuit. */
function partnerOf({ initiator }: { initiator: boolean }): Solo {
  const node = new Solo()
  open(node, { initiator })
  const records = [{ record: record({ peer: 'b', addrs: ['/relay/b'], ttlMs: 3_600_000 }), ageMs: 0 }]
  node.take({ type: 'message', from: 'b', message: { type: 'records', records } })
  return node
}

function open(node: Solo, { peer = 'b', initiator }: { peer?: string; initiator: boolean }): void {
  node.take({ type: 'partner-opened', peer, initiator, addr: `/relay/${peer}`, isLimited: true })
}

/** @param by - who had dialled the circuit */
function close(node: Solo, by: 'self' | 'peer'): void {
  node.take({ type: 'partner-closed', peer: 'b', spentBy: by })
}

let told = 0

/** A partner tells of so many peers that nobody has heard of. */
function tell(node: Solo, from: string, count: number): void {
  const records = Array.from({ length: count }, () => ({
    record: record({ peer: `p${told++}`, ttlMs: 3_600_000 }),
    ageMs: 0
  }))
  node.take({ type: 'message', from, message: { type: 'records', records } })
}

function renewalsOf(node: Solo): number[] {
  return node.out.flatMap(output => (output.type === 'renew' ? [output.timeoutMs] : []))
}
