import { test } from 'tap'
import { describeAction, describePlan, inWords, nodeRanges } from '../../src/scenario/describe.ts'
import { plan } from './plans.ts'

test('a plan is told in plain words: who starts, what happens when and to whom, and what must hold', async t => {
  const text =
    '- partition: [n1..n2, n3..n4]\n    at: 5s\n    for: 60s\n  - wait: whole\n    within: 5s\n  - join: 1\n    after: 2s\nbounds: { reconvergeWithin: 5s, falseDrops: 0 }'
  t.equal(
    describePlan(plan(text, { nodes: 5 }), 'two halves'),
    `x: two halves
5 nodes, seed 1, deadline 100 s, settle 1 s

  n1..n4 start at once, and are told of n1
  n5 comes later

  s1  5 s after full books  no packet passes between [n1..n2], [n3..n4], for 60 s
  s2  then                  wait until all faults are healed and all books are right, at most 65 s
  s3  2 s later             n5 joins

  must hold: books are right again within 5 s of the healing
  must hold: healthy nodes are never dropped`
  )
})

const nodes = ['n2', 'n3', 'n4', 'n7']
const cases: [action: Parameters<typeof describeAction>[0], words: string][] = [
  [{ type: 'fault', fault: { type: 'kill', nodes } }, 'kill n2..n4, n7'],
  [{ type: 'fault', fault: { type: 'power-off', nodes: ['n2'] }, forMs: 500 }, 'cut the power of n2, for 500 ms'],
  [{ type: 'fault', fault: { type: 'pause', nodes: ['n2'] }, forMs: 1_500 }, 'stop n2, for 1.5 s'],
  [
    { type: 'fault', fault: { type: 'starve', nodes: ['n2'], runMs: 200, stopMs: 800 } },
    'let n2 run for 200 ms and not for 800 ms, by turns'
  ],
  [
    {
      type: 'fault',
      fault: { type: 'partition', groups: [['n2']] },
      forMs: 60_000,
      flapping: { onMs: 3_000, offMs: 7_000 }
    },
    'no packet passes between n2 and all others, for 3 s of each 10 s, until 60 s have passed'
  ],
  [{ type: 'fault', fault: { type: 'one-way', nodes: ['n2'], direction: 'outbound' } }, 'what n2 sends reaches nobody'],
  [
    { type: 'fault', fault: { type: 'one-way', nodes, direction: 'inbound' } },
    'what others send does not reach n2..n4, n7'
  ],
  [
    {
      type: 'fault',
      fault: { type: 'links', nodes: ['n2'], links: { latencyMs: 5, lossRatio: 0.05, bytesPerSecond: 125_000 } }
    },
    'the links of n2 have 5 ms of latency, 5% loss, 125kB/s'
  ],
  [
    { type: 'fault', fault: { type: 'clock', nodes: ['n2'], offsetMs: -600_000 } },
    'the clock of n2 jumps back by 10 min'
  ],
  [{ type: 'leave', nodes: ['n2'] }, 'n2 says farewell and ends'],
  [{ type: 'restart', nodes: ['n2'], key: 'same', afterMs: 0 }, 'restart n2 at once, under the same key'],
  [
    { type: 'restart', nodes: ['n2'], key: 'new', afterMs: 5_000 },
    'restart n2 after 5 s, as a stranger, with a new key'
  ]
]
for (const [action, words] of cases) {
  test(`told in words: ${words}`, async t => {
    t.equal(describeAction(action), words)
  })
}

test('consecutive nodes are told as a range, whatever their order', async t => {
  t.equal(nodeRanges(['n10', 'n9', 'n2', 'n11']), 'n2, n9..n11')
  t.equal(nodeRanges([]), '')
})

test('times are told in the unit that is read most easily', async t => {
  t.same([0, 999, 8_210, 90_000, 600_000, 7_200_000].map(inWords), [
    '0 ms',
    '999 ms',
    '8.21 s',
    '90 s',
    '10 min',
    '2 h'
  ])
})
