import t from 'tap'
import type { Observation } from '../../src/history/history.ts'
import { converged, type HistoryBuilder, historyOf } from '../toolkit/history-builder.ts'
import { judgedGroup } from '../toolkit/judged-group.ts'

const abc = ['a', 'b', 'c']
const holding = { status: 'pass', messages: [], reasons: [] }

t.test('contract: a malformed line is told with node, line and fault', async t => {
  const history = converged(abc).found('b', 'line is not JSON', 'rubbish', 17).ended('deadline')
  t.same(judgedGroup('contract', history), {
    ...holding,
    status: 'fail',
    messages: ['b wrote line 17: line is not JSON: rubbish']
  })
})

t.test('contract: a node that lists itself, changes its peer id or has that of another is told', async t => {
  const history = historyOf(abc).started('a', 'b').ready('a', { epoch: 5_000 }).joined('b', 'b')
  history.spawned('c').ready('c', { peerId: 'peer-a' })
  t.match(judgedGroup('contract', history.ended('deadline')), {
    status: 'fail',
    messages: [
      'c has the peer id of a: peer-a',
      /^a says ready again with epoch 5000 instead of \d+$/,
      'b lists itself: peer-b'
    ]
  })
})

t.test('contract: a node may say ready again with other addresses', async t => {
  const addrs = ['/ip4/127.0.0.1/tcp/9']
  const history = converged(abc)
    .ready('a', { addrs })
    .updated('b', 'a', { addrs, seq: 2 })
    .updated('c', 'a', { addrs, seq: 2 })
  const ended = history
    .dumped(...abc)
    .at(4_000)
    .ended('settled')
  t.same(judgedGroup('contract', ended), holding)
  t.same(judgedGroup('equal', ended), holding)
})

t.test('alive: how a node died is told, with its last words', async t => {
  const history = converged(abc)
    .at(3_210)
    .exited('a', { signal: 'SIGKILL' })
    .exited('b', { code: 7, stderrTail: ['Error: boom', ''] })
    .exited('c')
  t.same(judgedGroup('alive', history.ended('deadline')), {
    status: 'fail',
    messages: [
      'a was killed by SIGKILL at 3.21 s, and wrote nothing to stderr',
      'b died with exit code 7 at 3.21 s; last stderr line: Error: boom',
      'c ended by itself (exit code 0) at 3.21 s, and wrote nothing to stderr'
    ],
    reasons: []
  })
})

t.test('alive: a node that was told to end, or is hit by a fault, may end', async t => {
  const history = converged(abc)
    .stopRequested('a')
    .exited('a')
    .faultInjected('kill', 'b')
    .exited('b', { signal: 'SIGKILL' })
  t.same(judgedGroup('alive', history.ended('deadline')), holding)
})

t.test('complete: each missing listing between live nodes is told with its cause', async t => {
  const history = historyOf(abc)
    .started(...abc)
    .meet('a', 'b')
    .joined('c', 'a')
    .announced('c', 2)
    .ended('deadline')
  t.match(judgedGroup('complete', history), {
    status: 'fail',
    messages: [
      'a does not list c: not-delivered (1 announcement, to up to 2 peers)',
      'b does not list c: not-delivered (1 announcement, to up to 2 peers)',
      /^c does not list b: no-evidence \(nothing shows where it was lost/
    ],
    reasons: []
  })
})

t.test('complete: nothing is owed by a run that ended early', async t => {
  const ends = {
    decided: 'the run ended early, after 0.01 s, as it could not pass any more',
    interrupted: 'the run was cut short after 0.01 s'
  }
  for (const reason of ['decided', 'interrupted'] as const) {
    const history = historyOf(abc)
      .started(...abc)
      .meet('a', 'b')
      .ended(reason)
    t.same(judgedGroup('complete', history), {
      status: 'unknown',
      messages: [],
      reasons: [`4 listings missing, but ${ends[reason]}`]
    })
  }
})

t.test('complete: what is not reached on an overloaded host is unknown', async t => {
  const history = historyOf(abc)
    .started(...abc)
    .meet('a', 'b')
    .lagged(2_500)
    .ended('deadline')
  t.match(judgedGroup('complete', history), {
    status: 'unknown',
    reasons: [/^a, b do not list c, .*, but the harness itself was 2\.50 s late/]
  })
})

t.test('complete: nodes that were never there make it unknown, and the reason says which and what to do', async t => {
  const history = historyOf(['n1', 'n2', 'n3', 'n4', 'n5', 'n6'])
    .started('n1', 'n2')
    .meet('n1', 'n2')
    .spawned('n3')
    .spawnFailed('n4', 'node: no such program; give a program of the PATH')
    .spawnFailed('n5', 'node: no such program; give a program of the PATH')
    .dumped('n1', 'n2')
    .at(30_000)
  history.ended('deadline')
  t.same(judgedGroup('complete', history.events), {
    status: 'unknown',
    messages: [],
    reasons: [
      'n4, n5 could not be started: node: no such program; give a program of the PATH',
      'n6 never started before the run ended after 30.00 s: give it a later deadline'
    ]
  })
  t.same(judgedGroup('alive', history.events).messages, ['n3 did not say ready within 29.99 s: its log may say why'])
})

t.test('accurate: a node that ended must leave every book by the deadline', async t => {
  const history = converged(abc).stopRequested('c').at(3_000).exited('c').left('a', 'c').at(9_000)
  t.same(judgedGroup('accurate', history.ended('deadline')).messages, ['b still lists c, which ended 6.89 s earlier'])
  t.same(
    judgedGroup('accurate', converged(abc).stopRequested('c').left('a', 'c').left('b', 'c').ended('deadline')),
    holding
  )
})

t.test('accurate: a peer that no node of the run ever was is a stranger, even if it is gone again', async t => {
  const stranger = { peerId: 'peer-of-nobody', name: '\u001b[2Jeve' }
  const history = converged(abc).joined('b', 'a', stranger).joined('a', 'a', stranger)
  for (const node of ['a', 'b']) history.says(node, { type: 'left', peerId: 'peer-of-nobody' })
  t.same(judgedGroup('accurate', history.ended('deadline')).messages, [
    'a, b listed peer peer-of-nobody, which no node of this run is; b was the first'
  ])
})

t.test('accurate: a peer may be the node that never said ready', async t => {
  const history = historyOf(abc).started('a', 'b').spawned('c').meet('a', 'b').joined('a', 'c').dumped('a', 'b')
  t.match(judgedGroup('accurate', history.ended('deadline')), {
    status: 'unknown',
    messages: [],
    reasons: ['a peer is listed that may be c, which never said ready']
  })
})

t.test('accurate: no live node is dropped while the network is whole', async t => {
  for (const how of ['left', 'expired'] as const) {
    const history = converged(abc).at(3_000)[how]('a', 'b').joined('a', 'b', { seq: 5 }).at(9_000).dumped('a')
    t.same(judgedGroup('accurate', history.ended('deadline')).messages, [
      `a dropped b, which was alive, at 3.00 s (${how})`
    ])
  }
})

t.test('accurate: a node may be dropped under a fault, until the network agreed after it was healed', async t => {
  const drop = (history: HistoryBuilder) =>
    judgedGroup('accurate', history.expired('a', 'b').ended('deadline')).messages.length
  t.equal(drop(converged(abc).faultInjected('cut', 'c')), 0)
  t.equal(drop(converged(abc).faultInjected('cut', 'c').expired('a', 'c').faultHealed('cut', 'c')), 0)
  const healed = converged(abc)
    .faultInjected('cut', 'c')
    .expired('a', 'c')
    .faultHealed('cut', 'c')
    .joined('a', 'c', { seq: 5 })
  t.equal(drop(healed), 1)
})

t.test('accurate: a node that ends is often dropped before the harness sees it end', async t => {
  const dropped = () => converged(abc).at(3_000).expired('a', 'c')
  t.same(
    judgedGroup('accurate', dropped().at(3_200).exited('c', { signal: 'SIGKILL' }).left('b', 'c').ended('deadline')),
    holding
  )
  t.equal(judgedGroup('accurate', dropped().at(9_000).exited('c').left('b', 'c').ended('deadline')).messages.length, 1)
})

t.test('accurate: the record of an earlier run may be dropped', async t => {
  const history = converged(abc)
    .faultInjected('restart', 'c')
    .exited('c')
    .started('c')
    .joined('b', 'c')
    .joined('c', 'a')
  history.joined('c', 'b').joined('a', 'c', { epoch: 2_000 }).faultHealed('restart', 'c')
  t.same(judgedGroup('accurate', history.dumped(...abc).ended('deadline')), holding)
  const calm = converged(abc)
    .stopRequested('c')
    .exited('c')
    .started('c')
    .left('a', 'c')
    .left('b', 'c')
    .ended('deadline')
  t.same(judgedGroup('accurate', calm), holding)
})

t.test('accurate: a node dropped on an overloaded host may have had no time to announce', async t => {
  const { status, reasons } = judgedGroup('accurate', converged(abc).lagged(4_000).expired('a', 'b').ended('deadline'))
  t.equal(status, 'unknown')
  t.match(reasons, [/^a dropped b, which was alive, .*, but the harness itself was 4\.00 s late/])
  const both = converged(abc).lagged(4_000).expired('a', 'b').expired('b', 'c').ended('deadline')
  const told = judgedGroup('accurate', both).reasons
  t.match(told, [/^a dropped b, .*, and 1 more like it \(b\), but the harness itself was 4\.00 s late/])
  t.equal(told.length, 1, 'what one excuse explains is told once')
})

t.test('alive: an end of which nobody saw a code or a signal is the loss of the runner, and no death', async t => {
  const unseen: Observation = {
    type: 'exited',
    node: 'c',
    run: 1,
    code: null,
    signal: null,
    stderrTail: [],
    toldLateMs: 0
  }
  const { status, messages, reasons } = judgedGroup('alive', converged(abc).observed(unseen).ended('deadline'))
  t.match({ status, messages }, { status: 'unknown', messages: [] })
  t.match(reasons, [/^the runner lost c: it cannot tell how they ended/])
})

t.test('complete: a node that died before it was ready is not told once more as one that never said ready', async t => {
  const began = () => historyOf(abc).started('a', 'b').meet('a', 'b').spawned('c')
  const reasons = (history: HistoryBuilder) => judgedGroup('complete', history.ended('deadline')).reasons.join()
  t.match(reasons(began()), 'c never said ready')
  t.notMatch(reasons(began().exited('c', { code: 1 })), 'never said ready')
})
