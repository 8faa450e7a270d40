import t from 'tap'
import type { History } from '../../src/history/history.ts'
import { networkOf } from '../../src/history/network.ts'
import { checksOf } from '../../src/judge/judge.ts'
import type { CheckName } from '../../src/judge/verdict.ts'
import { converged, type HistoryBuilder, historyOf } from '../toolkit/history-builder.ts'

/** The one check, without its name. */
function resultOf(check: CheckName, history: History) {
  const { status, violations, reasons } = checksOf(networkOf(history)).find(result => result.check === check)!
  return { status, messages: violations.map(({ message }) => message), reasons }
}

const abc = ['a', 'b', 'c']
const holding = { status: 'pass', messages: [], reasons: [] }

t.test('contract: a malformed line is told with node, line and fault', async t => {
  const history = converged(abc).found('b', 'line is not JSON', 'rubbish', 17).ended('deadline')
  t.same(resultOf('contract', history), {
    ...holding,
    status: 'fail',
    messages: ['b line 17: line is not JSON: rubbish']
  })
})

t.test('contract: a node that lists itself, changes its peer id or has that of another is told', async t => {
  const history = historyOf(abc).started('a', 'b').ready('a', { epoch: 5_000 }).joined('b', 'b')
  history.spawned('c').ready('c', { peerId: 'peer-a' })
  t.match(resultOf('contract', history.ended('deadline')), {
    status: 'fail',
    messages: [
      'a says ready again as another peer or with another epoch: peer-a',
      'b lists itself: peer-b',
      'c has the peer id of a: peer-a'
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
  t.same(resultOf('contract', ended), holding)
  t.same(resultOf('equal', ended), holding)
})

t.test('alive: how a node died is told, with its last words', async t => {
  const history = converged(abc)
    .at(3_210)
    .exited('a', { signal: 'SIGKILL' })
    .exited('b', { code: 7, stderrTail: ['Error: boom', ''] })
    .exited('c')
  t.same(resultOf('alive', history.ended('deadline')), {
    status: 'fail',
    messages: [
      'a was killed by SIGKILL after 3.21 s, and wrote nothing to stderr',
      'b died with exit code 7 after 3.21 s; last stderr line: Error: boom',
      'c ended by itself (exit code 0) after 3.21 s, and wrote nothing to stderr'
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
  t.same(resultOf('alive', history.ended('deadline')), holding)
})

t.test('complete: each missing listing between live nodes is told with its cause', async t => {
  const history = historyOf(abc)
    .started(...abc)
    .meet('a', 'b')
    .joined('c', 'a')
    .announced('c', 2)
    .ended('deadline')
  t.same(resultOf('complete', history), {
    status: 'fail',
    messages: [
      'a does not list c: sent, not delivered (1 announcement, to up to 2 peers)',
      'b does not list c: sent, not delivered (1 announcement, to up to 2 peers)',
      'c does not list b: sent, not delivered'
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
    t.same(resultOf('complete', history), {
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
  t.match(resultOf('complete', history), {
    status: 'unknown',
    reasons: [/^4 listings missing, but the host was overloaded \(the harness itself was up to 2.50 s late\)/]
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
  t.same(resultOf('complete', history.ended('deadline')), {
    status: 'unknown',
    messages: [],
    reasons: [
      'n4, n5 could not be started: node: no such program; give a program of the PATH',
      'n6 never started before the run ended after 30.00 s',
      'n3 never said ready within 30.00 s: its log may say why'
    ]
  })
})

t.test('accurate: a node that ended must leave every book by the deadline', async t => {
  const history = converged(abc).stopRequested('c').at(3_000).exited('c').left('a', 'c').at(9_000)
  t.same(resultOf('accurate', history.ended('deadline')).messages, ['b still lists c, which ended 6.89 s earlier'])
  t.same(
    resultOf('accurate', converged(abc).stopRequested('c').left('a', 'c').left('b', 'c').ended('deadline')),
    holding
  )
})

t.test('accurate: a peer that no node of the run ever was is a stranger, even if it is gone again', async t => {
  const stranger = { peerId: 'peer-of-nobody', name: '\u001b[2Jeve' }
  const history = converged(abc).joined('b', 'a', stranger).joined('a', 'a', stranger)
  for (const node of ['a', 'b']) history.says(node, { type: 'left', peerId: 'peer-of-nobody' })
  t.same(resultOf('accurate', history.ended('deadline')).messages, [
    'a, b listed peer peer-of-nobody, which no node of this run is'
  ])
})

t.test('accurate: a peer may be the node that never said ready', async t => {
  const history = historyOf(abc).started('a', 'b').spawned('c').meet('a', 'b').joined('a', 'c').dumped('a', 'b')
  t.match(resultOf('accurate', history.ended('deadline')), {
    status: 'unknown',
    messages: [],
    reasons: ['a peer is listed that may be c, which never said ready']
  })
})

t.test('accurate: no live node is dropped while the network is whole', async t => {
  for (const how of ['left', 'expired'] as const) {
    const history = converged(abc).at(3_000)[how]('a', 'b').joined('a', 'b', { seq: 5 }).at(9_000).dumped('a')
    t.same(resultOf('accurate', history.ended('deadline')).messages, [
      `a dropped b, which was alive, at 3.00 s (${how})`
    ])
  }
})

t.test('accurate: a node may be dropped under a fault, until the network agreed after it was healed', async t => {
  const drop = (history: HistoryBuilder) =>
    resultOf('accurate', history.expired('a', 'b').ended('deadline')).messages.length
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
    resultOf('accurate', dropped().at(3_200).exited('c', { signal: 'SIGKILL' }).left('b', 'c').ended('deadline')),
    holding
  )
  t.equal(resultOf('accurate', dropped().at(9_000).exited('c').left('b', 'c').ended('deadline')).messages.length, 1)
})

t.test('accurate: the record of an earlier run may be dropped', async t => {
  const history = converged(abc)
    .faultInjected('restart', 'c')
    .exited('c')
    .started('c')
    .joined('b', 'c')
    .joined('c', 'a')
  history.joined('c', 'b').joined('a', 'c', { epoch: 2_000 }).faultHealed('restart', 'c')
  t.same(resultOf('accurate', history.dumped(...abc).ended('deadline')), holding)
  const calm = converged(abc)
    .stopRequested('c')
    .exited('c')
    .started('c')
    .left('a', 'c')
    .left('b', 'c')
    .ended('deadline')
  t.same(resultOf('accurate', calm), holding)
})

t.test('accurate: a node dropped on an overloaded host may have had no time to announce', async t => {
  const { status, reasons } = resultOf('accurate', converged(abc).lagged(4_000).expired('a', 'b').ended('deadline'))
  t.equal(status, 'unknown')
  t.match(reasons, [/^1 live node dropped, but the host was overloaded/])
})

t.test('equal: epoch, name and addresses must be as the node says, seq need not', async t => {
  const addrs = ['/ip4/127.0.0.9/tcp/9']
  const history = converged(abc)
    .updated('a', 'b', { seq: 70, epoch: 1_001, name: 'bee', addrs })
    .dumped('a')
    .ended('deadline')
  t.same(resultOf('equal', history).messages, [
    "a lists b with epoch 1001 instead of 1000, and with name 'bee' instead of 'b', and with addresses " +
      '/ip4/127.0.0.9/tcp/9 instead of /ip4/127.1.1.2/tcp/4001'
  ])
  t.same(resultOf('equal', converged(abc).updated('a', 'b', { seq: 70 }).dumped('a').ended('deadline')), holding)
})

t.test('monotone: no book goes back', async t => {
  const back = (said: { epoch: number; seq: number }) => {
    const history = historyOf(abc)
      .started(...abc)
      .joined('a', 'b', { epoch: 5, seq: 5 })
    return resultOf('monotone', history.at(50).updated('a', 'b', said).ended('deadline')).messages
  }
  t.same(back({ epoch: 5, seq: 4 }), ['a went back from epoch 5 seq 5 to epoch 5 seq 4 of b, at 0.05 s'])
  t.same(back({ epoch: 4, seq: 9 }), ['a went back from epoch 5 seq 5 to epoch 4 seq 9 of b, at 0.05 s'])
  t.same(back({ epoch: 5, seq: 5 }), [])
  t.same(back({ epoch: 6, seq: 0 }), [])
})

t.test('monotone: what a dumped book said counts too, and so does a dump that goes back', async t => {
  const dumped = historyOf(abc)
    .started(...abc)
    .joined('a', 'b')
  dumped.dumpedAs('a', [{ ...dumped.entryOf('b'), seq: 9 }]).updated('a', 'b', { seq: 8 })
  t.equal(resultOf('monotone', dumped.ended('deadline')).messages.length, 1)
  const back = historyOf(abc)
    .started(...abc)
    .joined('a', 'b', { seq: 9 })
  back.dumpedAs('a', [{ ...back.entryOf('b'), seq: 8 }])
  t.equal(resultOf('monotone', back.ended('deadline')).messages.length, 1)
})

t.test('monotone: only news brings back a peer that expired or left', async t => {
  const again = (how: 'left' | 'expired', seq: number) => {
    const history = historyOf(abc)
      .started(...abc)
      .joined('a', 'b', { seq: 5 })
      [how]('a', 'b')
      .at(70)
      .joined('a', 'b', { seq })
    return resultOf('monotone', history.ended('deadline')).messages
  }
  t.same(again('expired', 5), ['a lists b again with epoch 1000 seq 5, expired at epoch 1000 seq 5, at 0.07 s'])
  t.same(again('left', 4), ['a lists b again with epoch 1000 seq 4, left at epoch 1000 seq 5, at 0.07 s'])
  t.same(again('expired', 6), [])
})

t.test('monotone: a restarted node must have a greater epoch', async t => {
  const restarted = (epoch: number) =>
    resultOf(
      'monotone',
      converged(abc).stopRequested('a').exited('a').spawned('a').ready('a', { epoch }).ended('deadline')
    )
  t.match(restarted(1_000).messages, [/^a went back from epoch 1000 seq 0 to epoch 1000 seq 0 of a/])
  t.match(restarted(999).messages.length, 1)
  t.same(restarted(1_001).messages, [])
})

t.test('honest: the dumped book must be what the events say', async t => {
  const dumpOf = (change: (b: ReturnType<HistoryBuilder['entryOf']>) => ReturnType<HistoryBuilder['entryOf']>[]) => {
    const history = historyOf(['a', 'b']).started('a', 'b').meet('a', 'b').dumped('b')
    history.at(90).dumpedAs('a', change(history.entryOf('b')))
    return resultOf('honest', history.ended('deadline')).messages
  }
  t.same(
    dumpOf(b => [b]),
    []
  )
  t.same(
    dumpOf(b => [{ ...b, seq: 99 }]),
    [],
    'heartbeats are no events'
  )
  t.same(
    dumpOf(() => []),
    ['a about b: its events list it, its book does not (0.09 s)']
  )
  t.same(
    dumpOf(b => [b, b]),
    ['a about b: its book lists it twice (0.09 s)']
  )
  t.same(
    dumpOf(b => [{ ...b, name: 'x' }]),
    ['a about b: its book and its events give it different names (0.09 s)']
  )
  t.same(
    dumpOf(b => [{ ...b, addrs: [] }]),
    ['a about b: its book and its events give it different addresses (0.09 s)']
  )
  t.same(
    dumpOf(b => [{ ...b, epoch: 1_001 }]),
    ['a about b: its book has epoch 1001, its events 1000 (0.09 s)']
  )
  t.same(
    dumpOf(b => [b, { ...b, peerId: 'x' }]),
    ['a about peer x: its book lists it, its events do not (0.09 s)']
  )
})

t.test('honest: a node that does not answer, or was not asked, is not known to be', async t => {
  const history = historyOf(abc)
    .started(...abc)
    .everybodyMeets()
    .dumped('a')
    .dumpRequested('b')
    .ended('deadline')
  t.same(resultOf('honest', history), {
    status: 'unknown',
    messages: [],
    reasons: [
      'b did not answer `dump` with the final book: it hangs, or does not read stdin',
      'of c no final book is known: its last events were not followed by a `book` line'
    ]
  })
})

t.test('stable: the settle time must have passed since everything holds', async t => {
  const settled = (endMs: number) => resultOf('stable', converged(abc).at(endMs).ended('deadline'))
  t.same(settled(2_200), holding)
  const late = historyOf(abc)
    .started(...abc)
    .at(29_700)
    .everybodyMeets()
    .dumped(...abc)
    .at(30_000)
    .ended('deadline')
  t.match(resultOf('stable', late), {
    status: 'fail',
    messages: ['all checks held for 0.29 s before the run ended, not for the settle time of 1.00 s']
  })
})

t.test('stable: a flap starts the settle time anew', async t => {
  const history = converged(abc)
    .faultInjected('cut', 'a')
    .expired('a', 'b')
    .joined('a', 'b', { seq: 9 })
    .faultHealed('cut', 'a')
  t.equal(
    resultOf(
      'stable',
      history
        .dumped(...abc)
        .at(3_000)
        .ended('deadline')
    ).status,
    'fail'
  )
})

t.test('stable: while other checks do not hold there is nothing to judge', async t => {
  t.same(
    resultOf(
      'stable',
      historyOf(abc)
        .started(...abc)
        .at(30_000)
        .ended('deadline')
    ),
    { ...holding, status: 'unknown' }
  )
})

t.test('stable: the settle time starts anew when the harness was late, since it may have missed something', async t => {
  t.match(resultOf('stable', converged(abc).lagged(800).at(3_000).ended('settled')), {
    status: 'unknown',
    reasons: [/^all checks held for 0\.89 s .*, not for the settle time of 1\.00 s, but the host was overloaded/]
  })
  t.same(resultOf('stable', converged(abc).lagged(800).at(3_200).ended('settled')), holding)
})
