import t from 'tap'
import { judge } from '../../src/judge/judge.ts'
import { converged, type HistoryBuilder, historyOf } from '../toolkit/history-builder.ts'
import { judgedGroup } from '../toolkit/judged-group.ts'

const abc = ['a', 'b', 'c']
const holding = { status: 'pass', messages: [], reasons: [] }

t.test('equal: epoch, name and addresses must be as the node says, seq need not', async t => {
  const addrs = ['/ip4/127.0.0.9/tcp/9']
  const history = converged(abc)
    .updated('a', 'b', { seq: 70, epoch: 1_001, name: 'bee', addrs })
    .dumped('a')
    .ended('deadline')
  t.same(judgedGroup('equal', history).messages, [
    "a lists b with epoch 1001 instead of 1000, and with name 'bee' instead of 'b', and with addresses " +
      '/ip4/127.0.0.9/tcp/9 instead of /ip4/127.1.1.2/tcp/4001'
  ])
  t.same(judgedGroup('equal', converged(abc).updated('a', 'b', { seq: 70 }).dumped('a').ended('deadline')), holding)
})

t.test('hash: a dumped book that is not what its events say has a hash of its own', async t => {
  const hashOfC = (hash: string) => {
    const history = converged(abc).dumped('a', 'b', 'c')
    for (const node of ['a', 'b']) {
      history.says(node, {
        type: 'book',
        entries: abc.filter(each => each !== node).map(each => history.entryOf(each)),
        hash: 'x'
      })
    }
    history.says('c', { type: 'book', entries: [history.entryOf('a')], hash })
    return judge(history.ended('deadline')).checks.find(({ rule }) => rule === 'hash')
  }
  t.match(hashOfC('y'), { status: 'pass' })
  t.match(hashOfC('x'), { status: 'fail' })
})

t.test('equal: a late harness excuses old news, never what the node did not say', async t => {
  const addrs = ['/ip4/127.0.0.9/tcp/9']
  const lie = converged(abc).updated('a', 'b', { seq: 70, addrs }).at(9_000).lagged(2_000).dumped('a').ended('deadline')
  t.equal(judgedGroup('equal', lie).status, 'fail')
  const moved = converged(abc).at(9_000).ready('b', { addrs }).lagged(2_000).dumped('a').ended('deadline')
  t.equal(judgedGroup('equal', moved).status, 'unknown')
})

t.test('monotone: no book goes back', async t => {
  const back = (said: { epoch: number; seq: number }) => {
    const history = historyOf(abc)
      .started(...abc)
      .joined('a', 'b', { epoch: 5, seq: 5 })
    return judgedGroup('monotone', history.at(50).updated('a', 'b', said).ended('deadline')).messages
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
  t.equal(judgedGroup('monotone', dumped.ended('deadline')).messages.length, 1)
  const back = historyOf(abc)
    .started(...abc)
    .joined('a', 'b', { seq: 9 })
  back.dumpedAs('a', [{ ...back.entryOf('b'), seq: 8 }])
  t.equal(judgedGroup('monotone', back.ended('deadline')).messages.length, 1)
})

t.test('monotone: only news brings back a peer that expired or left', async t => {
  const again = (how: 'left' | 'expired', seq: number) => {
    const history = historyOf(abc)
      .started(...abc)
      .joined('a', 'b', { seq: 5 })
      [how]('a', 'b')
      .at(70)
      .joined('a', 'b', { seq })
    return judgedGroup('monotone', history.ended('deadline')).messages
  }
  t.same(again('expired', 5), [
    'a listed b again, which had expired there, with nothing newer: epoch 1000 seq 5 after epoch 1000 seq 5, at 0.07 s'
  ])
  t.same(again('left', 4), [
    'a listed b again, which had left there, with nothing newer: epoch 1000 seq 4 after epoch 1000 seq 5, at 0.07 s'
  ])
  t.same(again('expired', 6), [])
})

t.test('monotone: a restarted node must have a greater epoch', async t => {
  const restarted = (epoch: number) =>
    judgedGroup(
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
    return judgedGroup('honest', history.ended('deadline')).messages
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
  t.same(judgedGroup('honest', history), {
    status: 'unknown',
    messages: [],
    reasons: [
      'b did not answer `dump` with the final book: its log may say why',
      'of c no final book is known: its last events were not followed by a `book` line'
    ]
  })
})

t.test('stable: the settle time must have passed since everything holds', async t => {
  const settled = (endMs: number) => judgedGroup('stable', converged(abc).at(endMs).ended('deadline'))
  t.same(settled(2_200), holding)
  const late = historyOf(abc)
    .started(...abc)
    .at(29_700)
    .everybodyMeets()
    .dumped(...abc)
    .at(30_000)
    .ended('deadline')
  t.match(judgedGroup('stable', late), {
    status: 'fail',
    messages: ['everything held for 0.29 s before the run ended, not for the settle time of 1.00 s']
  })
})

t.test('stable: a flap starts the settle time anew', async t => {
  const history = converged(abc)
    .faultInjected('cut', 'a')
    .expired('a', 'b')
    .joined('a', 'b', { seq: 9 })
    .faultHealed('cut', 'a')
  t.equal(
    judgedGroup(
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
    judgedGroup(
      'stable',
      historyOf(abc)
        .started(...abc)
        .at(30_000)
        .ended('deadline')
    ),
    { ...holding, status: 'unknown', reasons: ['not judged, because not everything else holds'] }
  )
})

t.test('stable: the settle time starts anew when the harness was late, since it may have missed something', async t => {
  t.match(judgedGroup('stable', converged(abc).lagged(800).at(3_000).ended('settled')), {
    status: 'unknown',
    reasons: [
      /^everything held for 0\.89 s .*, not for the settle time of 1\.00 s, but the harness itself was 0\.80 s late/
    ]
  })
  t.same(judgedGroup('stable', converged(abc).lagged(800).at(3_200).ended('settled')), holding)
  const isOver = converged(abc).at(3_200).ended('settled')
  const lag = { atMs: 3_400, type: 'harness-lagged', lagMs: 600 } as const
  t.same(judgedGroup('stable', [...isOver, lag]), holding, 'late when the nodes were told to end')
})

t.test('monotone: a book that goes back is told once for each peer that it went back of', async t => {
  const history = converged(abc)
  for (const [observer, subject] of [
    ['a', 'b'],
    ['a', 'c'],
    ['b', 'c']
  ] as const)
    for (const seq of [9, 8, 7]) history.updated(observer, subject, { seq })
  t.same(
    judgedGroup('monotone', history.ended('deadline')).messages.map(message => message.replace(/, at .*/, '')),
    [
      'a went back from epoch 1000 seq 9 to epoch 1000 seq 8 of b',
      'a went back from epoch 1000 seq 9 to epoch 1000 seq 8 of c',
      'b went back from epoch 1000 seq 9 to epoch 1000 seq 8 of c'
    ]
  )
})
