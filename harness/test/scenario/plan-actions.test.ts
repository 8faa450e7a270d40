import fc from 'fast-check'
import { test } from 'tap'
import type { Fault } from '../../src/faults/fault.ts'
import { plan } from './plans.ts'

const faults: [step: string, fault: Fault][] = [
  ['kill: n2', { type: 'kill', nodes: ['n2'] }],
  ['power-off: n2..n3', { type: 'power-off', nodes: ['n2', 'n3'] }],
  ['pause: bootstrap', { type: 'pause', nodes: ['n1'] }],
  ['starve: n2, run: 200ms, stop: 2s', { type: 'starve', nodes: ['n2'], runMs: 200, stopMs: 2_000 }],
  ['partition: n1..n2', { type: 'partition', groups: [['n1', 'n2']] }],
  ['partition: [n1..n2, n4]', { type: 'partition', groups: [['n1', 'n2'], ['n4']] }],
  ['isolate: n2..n3', { type: 'partition', groups: [['n2'], ['n3']] }],
  ['one-way: n2', { type: 'one-way', nodes: ['n2'], direction: 'outbound' }],
  ['one-way: n2, direction: inbound', { type: 'one-way', nodes: ['n2'], direction: 'inbound' }],
  [
    'links: all, latency: 5ms, loss: 5%',
    { type: 'links', nodes: ['n1', 'n2', 'n3', 'n4'], links: { latencyMs: 5, lossRatio: 0.05 } }
  ],
  ['clock: n2, by: -10m', { type: 'clock', nodes: ['n2'], offsetMs: -600_000 }]
]
for (const [step, fault] of faults) {
  test(`a fault is planned with its nodes and units: ${step}`, async t => {
    const [forever, limited] = ['', ', for: 9s'].map(
      rest => plan(`- { ${step}${rest} }`, { nodes: 4 }).steps[0]?.action
    )
    t.strictSame(forever, { type: 'fault', fault })
    t.strictSame(limited, { type: 'fault', fault, forMs: 9_000 })
  })
}

test('groups that are drawn have no node in common', async () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 31 - 1 }), seed => {
      const { action } = plan('- partition: [30%, 3, 30%]', { seed, nodes: 12 }).steps[0]!
      if (action.type !== 'fault' || action.fault.type !== 'partition') return false
      const sizes = action.fault.groups.map(group => group.length)
      return sizes.join() === '3,3,3' && new Set(action.fault.groups.flat()).size === 9
    })
  )
})

test('a node that joins, leaves or restarts is planned as it is said', async t => {
  const { steps } = plan('- join: n4\n  - leave: n2\n  - restart: n3\n    key: new\n    down: 0s', { nodes: 4 })
  t.strictSame(
    steps.map(({ action }) => action),
    [
      { type: 'join', nodes: ['n4'] },
      { type: 'leave', nodes: ['n2'] },
      { type: 'restart', nodes: ['n3'], key: 'new', afterMs: 0 }
    ]
  )
})
