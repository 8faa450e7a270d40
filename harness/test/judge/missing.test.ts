import t from 'tap'
import type { History } from '../../src/history/history.ts'
import { networkOf } from '../../src/history/network.ts'
import { missingCells } from '../../src/judge/causes/missing.ts'
import { judge } from '../../src/judge/judge.ts'
import { type HistoryBuilder, historyOf } from '../toolkit/history-builder.ts'
import { planned, stepOf } from '../toolkit/planned-history.ts'

/** Why `a` lacks `b`. */
function whyOf(history: History) {
  const cell = missingCells(networkOf(history)).find(({ observer, subject }) => observer === 'a' && subject === 'b')
  return cell?.detail === undefined ? cell?.cause.code : `${cell.cause.code} (${cell.detail})`
}

const abc = ['a', 'b', 'c']
const started = (): HistoryBuilder => historyOf(abc).started(...abc)

t.test('a node that is listed is not missed', async t => {
  t.equal(whyOf(started().joined('a', 'b').ended('deadline')), undefined)
})

t.test('never started: it was not spawned, or could not be', async t => {
  t.equal(whyOf(historyOf(abc).started('a').ended('deadline')), 'never-started')
  t.equal(whyOf(historyOf(abc).started('a').spawnFailed('b', 'ENOENT').ended('deadline')), 'never-started')
})

t.test('never ready: it was spawned and said nothing', async t => {
  t.equal(whyOf(historyOf(abc).started('a').spawned('b').ended('deadline')), 'never-ready')
})

t.test('never announced: it said nothing of itself while others did, or spoke to nobody', async t => {
  t.equal(
    whyOf(started().announced('c', 1).ended('deadline')),
    'never-announced (it wrote no `announced` line, and others did)'
  )
  t.equal(
    whyOf(started().announced('b', 0).announced('b', 0).ended('deadline')),
    'never-announced (2 announcements, to nobody)'
  )
})

t.test(
  'never announced is not said of a program that writes no announced lines, nor of a node that somebody lists',
  async t => {
    t.match(whyOf(started().ended('deadline')), /^no-evidence/)
    t.match(whyOf(started().announced('c', 1).joined('c', 'b').ended('deadline')), /^silent/)
  }
)

t.test('cut off by a fault: one of the two is under a fault in force', async t => {
  t.equal(whyOf(started().faultInjected('cut b', 'b').ended('deadline')), 'cut-by-fault (cut b)')
  t.equal(whyOf(started().faultInjected('cut a', 'a').ended('deadline')), 'cut-by-fault (cut a)')
  t.match(whyOf(started().faultInjected('cut c', 'c').ended('deadline')), /^no-evidence/)
  t.match(whyOf(started().faultInjected('cut b', 'b').faultHealed('cut b').ended('deadline')), /^no-evidence/)
})

t.test('rejected: the observer refused something, for a reason that is not a mere repeat', async t => {
  const rejected = { stale: 900, 'bad-signature': 3, 'too-large': 12 }
  const listed = () => started().joined('c', 'b')
  t.equal(whyOf(listed().stats('a', { rejected }).ended('deadline')), 'rejected (too-large 12x, bad-signature 3x)')
  t.match(
    whyOf(
      listed()
        .stats('a', { rejected: { stale: 900, own: 4 } })
        .ended('deadline')
    ),
    /^no-evidence/
  )
})

t.test('expired early, and left: the observer once listed it', async t => {
  t.equal(
    whyOf(started().joined('a', 'b').at(2_000).expired('a', 'b').ended('deadline')),
    'dropped-alive (expired at 2.00 s)'
  )
  t.equal(
    whyOf(started().joined('a', 'b').at(2_000).left('a', 'b').ended('deadline')),
    'dropped-alive (left at 2.00 s)'
  )
  const rejected = { 'bad-signature': 3 }
  t.match(
    whyOf(started().joined('a', 'b').stats('a', { rejected }).left('a', 'b').ended('deadline')),
    /^dropped-alive \(left/
  )
})

t.test('not in the book although an event said so: the dump lacks what the events tell', async t => {
  const history = started().joined('a', 'b').dumpedAs('a', []).ended('deadline')
  t.equal(whyOf(history), 'observer-lost-it (not in the book although an event said so)')
  const again = started()
    .joined('a', 'b')
    .expired('a', 'b')
    .joined('a', 'b', { seq: 9 })
    .dumpedAs('a', [])
    .ended('deadline')
  t.equal(whyOf(again), 'observer-lost-it (not in the book although an event said so)', 'what once expired came back')
})

t.test('hung: the observer was asked for its book and wrote nothing more', async t => {
  const asked = () => started().joined('c', 'b').announced('b', 2).announced('a', 2).at(2_000).dumpRequested('a')
  t.equal(whyOf(asked().at(5_000).ended('deadline')), 'hung')
  const answers = asked().at(2_100).dumpedAs('a', []).at(5_000).ended('deadline')
  t.match(whyOf(answers), /^not-delivered/, 'a node that answers does not hang')
  const writes = asked().at(4_000).stats('a').at(5_000).ended('deadline')
  t.match(whyOf(writes), /^not-delivered/, 'nor does one that goes on writing')
})

t.test('sent, not delivered: it announced, to peers, and nothing came', async t => {
  t.equal(
    whyOf(started().announced('b', 1).announced('b', 4).ended('deadline')),
    'not-delivered (2 announcements, to up to 4 peers)'
  )
})

t.test('not delivered: a node that says that it had no connection to a live node is quoted', async t => {
  const linked = (...peerIds: string[]) => started().announced('b', 4).says('b', { type: 'links', peerIds })
  t.match(whyOf(linked('peer-z').ended('deadline')), /^not-delivered \(.*connected to no live node\)$/)
  t.notMatch(whyOf(linked('peer-a').ended('deadline')), /no live node/)
})

t.test('nodes that ended are not missed, and have no book', async t => {
  const history = started().exited('b', { code: 1 }).stopRequested('c').ended('deadline')
  t.same(missingCells(networkOf(history)), [])
})

t.test('a node that its step has not started again is not missed in the end, and the run cannot tell', async t => {
  const history = planned(stepOf({ type: 'restart', nodes: ['c'], key: 'new', afterMs: 8_000 }))
    .observed({ type: 'step', step: 's1', state: 'begun' })
    .stopRequested('c')
    .exited('c', { code: 0 })
    .expired('a', 'c')
    .expired('b', 'c')
    .dumped('a', 'b')
  const { outcome, findings, notJudged } = judge(history.at(12_000).ended('deadline'))
  t.same(findings, [])
  t.equal(outcome, 'unknown')
  t.ok(
    notJudged.includes('c had not started again when the run ended after 12.00 s: give it a later deadline'),
    notJudged.join('; ')
  )
})

t.test(
  'a node that drops others a thousand times under a fault, and once when the network is whole, is told',
  async t => {
    const history = started().everybodyMeets().at(1_000).faultInjected('f', 'c')
    for (let times = 1; times <= 1_000; times++) history.expired('a', 'b').joined('a', 'b', { seq: 10 + times })
    history.at(2_000).faultHealed('f', 'c').at(30_000).joined('b', 'a', { seq: 1 }).expired('a', 'b')
    const { findings } = judge(history.ended('deadline'))
    t.match(
      findings.filter(({ rule }) => rule === 'no-drops'),
      [{ rule: 'no-drops', atMs: 30_001 }]
    )
  }
)

t.test('dropped alive is said of a drop by the observer while the network was whole, and of no other', async t => {
  const cut = () => started().joined('a', 'b').joined('c', 'b').faultInjected('cut', 'c')
  const lost = 'observer-lost-it (expired at 2.00 s)'
  t.equal(whyOf(cut().at(2_000).expired('a', 'b').faultHealed('cut', 'c').ended('deadline')), lost)
  const others = cut().at(2_000).expired('a', 'b').faultHealed('cut', 'c').at(30_000).expired('c', 'b')
  t.equal(whyOf(others.ended('deadline')), lost, 'though another node dropped it, too')
})

t.test('line refused: a line of the observer was, whether or not it names whom it lacks', async t => {
  for (const text of ['{"peerId":"peer-b"', 'rubbish'])
    t.equal(whyOf(started().found('a', 'line is not JSON', text).ended('deadline')), 'line-refused')
  for (const other of ['b', 'c'])
    t.match(whyOf(started().found(other, 'line is not JSON', 'peer-b').ended('deadline')), /^no-evidence/)
})

t.test(
  'rejected by others: all that never listed the subject refused something, whatever it refused itself',
  async t => {
    const refusing = (...nodes: string[]) => {
      const history = started().announced('b', 2)
      for (const node of nodes) history.stats(node, { rejected: { 'bad-signature': 3 } })
      return history
    }
    t.equal(whyOf(refusing('a', 'c').ended('deadline')), 'rejected (bad-signature 3x)')
    t.equal(whyOf(refusing('a').joined('c', 'b').expired('c', 'b').ended('deadline')), 'rejected (bad-signature 3x)')
    t.match(whyOf(refusing('a').ended('deadline')), /^not-delivered/)
    t.match(whyOf(refusing('a', 'b').ended('deadline')), /^not-delivered/)
    t.match(whyOf(refusing('b').ended('deadline')), /^not-delivered/)
  }
)
