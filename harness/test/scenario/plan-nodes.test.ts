import fc from 'fast-check'
import { test } from 'tap'
import type { NodeName } from '../../src/contract.ts'
import { actedOn } from '../../src/scenario/planning/actions.ts'
import { anyChurnText, anyStepText } from './any-scenario.ts'
import { endsForGood, nodesAt, plan, planned } from './plans.ts'

const seeds = fc.integer({ min: 0, max: 2 ** 31 - 1 })
const sizes = fc.integer({ min: 2, max: 60 })
/** So many that no step runs out of nodes. */
const enough = fc.integer({ min: 6, max: 60 })

test('a named range of nodes is exactly these, whatever the seed', async t => {
  fc.assert(
    fc.property(seeds, seed => {
      t.same(nodesAt(plan('- kill: n2..n4', { seed })), ['n2', 'n3', 'n4'])
    }),
    { numRuns: 20 }
  )
})

test('a number draws so many nodes, a share at most so much of them but one, all of them different', async () => {
  fc.assert(
    fc.property(seeds, fc.integer({ min: 4, max: 60 }), fc.integer({ min: 1, max: 100 }), (seed, nodes, percent) => {
      const three = nodesAt(plan('- pause: 3', { seed, nodes }))
      const share = nodesAt(plan(`- pause: ${percent}%`, { seed, nodes }))
      const isWithin = share.length >= 1 && share.length <= Math.max(1, (nodes * percent) / 100)
      return isWithin && new Set(three).size === 3 && new Set(share).size === share.length
    })
  )
})

test('every node but the only bootstrap node is drawn by some seed', async t => {
  const drawn = new Set(Array.from({ length: 200 }, (_, seed) => nodesAt(plan('- kill: 1', { seed, nodes: 6 }))[0]))
  t.same([...drawn].sort(), ['n2', 'n3', 'n4', 'n5', 'n6'])
})

test('no draw takes the last bootstrap node, whatever was drawn before', async () => {
  const steps = fc.array(fc.oneof(anyStepText, anyChurnText), { minLength: 1, maxLength: 5 })
  fc.assert(
    fc.property(steps, seeds, sizes, fc.integer({ min: 1, max: 3 }), (texts, seed, nodes, bootstrap) => {
      const made = planned(`about: x\nbootstrap: ${bootstrap}\nsteps:\n${texts.join('')}`, { seed, nodes })
      if (made === undefined) return true
      const told = Array.from({ length: bootstrap }, (_, index) => `n${index + 1}`)
      const gone = new Set(made.steps.flatMap(({ action }) => (endsForGood(action) ? actedOn(action) : [])))
      for (const { action } of made.steps)
        if (action.type === 'restart') for (const node of action.nodes) gone.delete(node)
      return told.some(node => !gone.has(node))
    })
  )
})

test('bootstrap nodes that are named are taken, the only one as well', async t => {
  t.same(nodesAt(plan('- kill: bootstrap')), ['n1'])
  t.same(nodesAt(plan('- kill: all', { nodes: 3 })), ['n1', 'n2', 'n3'])
  t.same(nodesAt(plan('- kill: n1')), ['n1'])
})

test('the same seed gives the same plan, and another seed another', async t => {
  const text = '- churn: 30%\n    every: 2s\n    until: 60s\n  - partition: 50%\n    for: 9s'
  fc.assert(
    fc.property(seeds, enough, (seed, nodes) => {
      t.strictSame(plan(text, { seed, nodes }), plan(text, { seed, nodes }))
    }),
    { numRuns: 20 }
  )
  const plans = Array.from({ length: 20 }, (_, seed) => JSON.stringify(plan(text, { seed }).steps))
  t.equal(new Set(plans).size, 20)
})

test('a step that is added behind does not change those before it', async t => {
  const before = plan('- kill: 1\n  - pause: 2\n    for: 3s')
  const after = plan('- kill: 1\n  - pause: 2\n    for: 3s\n  - leave: 1')
  t.strictSame(after.steps.slice(0, 2), before.steps)
})

test('a plan that was written as JSON is the same when it is read again', async t => {
  const text =
    '- churn: 30%\n    every: 2s\n    until: 60s\n  - links: 1\n    loss: 5%\n    for: 1s\n    every: 3s\n    until: 9s'
  fc.assert(
    fc.property(seeds, enough, (seed, nodes) => {
      const made = plan(text, { seed, nodes })
      t.strictSame(JSON.parse(JSON.stringify(made)), made)
    }),
    { numRuns: 20 }
  )
})

test('every node but the first is told of bootstrap nodes that start before it', async t => {
  fc.assert(
    fc.property(seeds, sizes, fc.integer({ min: 1, max: 5 }), (seed, nodes, bootstrap) => {
      const made = planned(`about: x\nbootstrap: ${Math.min(bootstrap, nodes)}`, { seed, nodes })!
      for (const [index, node] of made.nodes.entries()) {
        t.equal(node.bootstrap.length, Math.min(2, index, bootstrap))
        for (const told of node.bootstrap) t.ok(numberOf(told) <= Math.min(index, bootstrap))
      }
    }),
    { numRuns: 20 }
  )
})

test('a newcomer is not among the first nodes, and is told of nodes that run', async t => {
  const made = plan('- kill: 2\n  - join: 3', { nodes: 9 })
  t.same(
    made.nodes.filter(({ startsAtOnce }) => !startsAtOnce).map(({ name }) => name),
    ['n7', 'n8', 'n9']
  )
  t.same(made.steps[1]?.action, { type: 'join', nodes: ['n7', 'n8', 'n9'] })
  const killed = nodesAt(made)
  for (const { bootstrap } of made.nodes.slice(-3)) t.notOk(bootstrap.some(node => killed.includes(node)))
})

test('when every bootstrap node has died, a newcomer is told of a random node that lives', async t => {
  const told = Array.from({ length: 100 }, (_, seed) =>
    plan('- kill: bootstrap\n  - join: 1', { seed, nodes: 5 }).nodes.at(-1)!.bootstrap.join()
  )
  t.same([...new Set(told)].sort(), ['n2', 'n3', 'n4'])
})

test('a node that has ended is not drawn again, nor one that comes back, until all is right again', async t => {
  fc.assert(
    fc.property(seeds, seed => {
      const ended = plan('- kill: 2\n  - leave: 2\n  - power-off: 2', { seed, nodes: 7 })
      t.equal(new Set(ended.steps.flatMap(({ action }) => actedOn(action))).size, 6)
      const back = plan('- kill: 2\n    for: 5s\n  - pause: 2', { seed, nodes: 5 })
      t.equal(new Set(back.steps.flatMap(({ action }) => actedOn(action))).size, 4)
    })
  )
  t.equal(plan('- kill: 2\n    for: 5s\n  - wait: whole\n  - pause: 2', { nodes: 3 }).steps.length, 3)
})

test('restart also starts again what has ended before, if it is named', async t => {
  t.same(plan('- kill: bootstrap\n  - restart: bootstrap').steps[1]?.action, {
    type: 'restart',
    nodes: ['n1'],
    key: 'same',
    afterMs: 1_000
  })
})

const refused: [steps: string, nodes: number, error: RegExp][] = [
  ['- kill: n13', 12, /^x\.yaml:3:11: n13 is not there: the run has 12 nodes, n1\.\.n12$/],
  ['- kill: n2\n  - pause: n2', 12, /^x\.yaml:4:12: n2 has ended before this step/],
  ['- pause: n12\n  - join: n12', 12, /^x\.yaml:3:12: n12 joins only after this step$/],
  ['- join: n1', 12, /^x\.yaml:3:11: n1 is a bootstrap node/],
  ['- join: n5\n  - join: n5', 12, /^x\.yaml:4:11: n5 joins in another step already$/],
  ['- kill: 12', 12, /^x\.yaml:3:11: 12 nodes cannot be chosen, at most 11; give the run more nodes$/],
  ['- kill: 1\n  - kill: 1', 2, /^x\.yaml:4:11: no node is left to choose/],
  ['- partition: [n1..n4, n4..n6]', 12, /^x\.yaml:3:16: n4 is in two groups/],
  ['- partition: all', 12, /^x\.yaml:3:16: nobody is left to be cut off from/]
]
for (const [steps, nodes, error] of refused) {
  test(`nodes that are not there are told with line and column: ${steps.replaceAll('\n', ' ')}`, async t => {
    t.throws(() => plan(steps, { nodes }), { name: 'ScenarioError', message: error })
  })
}

test('programs take the nodes that they ask for, from the first on', async t => {
  const programs = (text: string, nodes?: number) =>
    planned(`about: x\nprograms: ${text}`, { nodes })!
      .nodes.map(({ program }) => program)
      .join(' ')
  t.equal(programs('{ old: { nodes: 2, image: a }, new: { nodes: 1, image: b } }'), 'old old new')
  t.equal(programs('{ old: { nodes: 25%, image: a }, new: { image: b } }', 4), 'old new new new')
  t.equal(programs('{ a: {}, b: { nodes: 1 }, c: {} }', 4), 'a a b c')
  t.throws(() => programs('{ old: { nodes: 2 } }', 3), { message: /^x\.yaml:2:11: the programs take 2 of 3 nodes/ })
  t.throws(() => programs('{ old: { nodes: 3 }, new: {} }', 3), { message: /^x\.yaml:2:11: the programs need 4 nodes/ })
})

test('a program is planned with its command in words; one without a source is that of the command line', async t => {
  const text =
    "about: x\nprograms: { a: { nodes: 1, command: node 'my node.js' }, b: { nodes: 1, ours: libp2p-2 }, c: {} }"
  t.same(planned(text)?.programs, { a: { command: ['node', 'my node.js'] }, b: { ours: 'libp2p-2' } })
})

test('steps of a program are about its nodes', async t => {
  const text = 'about: x\nprograms: { old: { nodes: 2 }, new: {} }\nsteps: [{ kill: new }]'
  t.same(nodesAt(planned(text, { nodes: 4 })!), ['n3', 'n4'])
})

function numberOf(name: NodeName): number {
  return Number(name.slice(1))
}
