import { Discovery } from '@gossip-discovery/libp2p/core'
import { test } from 'tap'
import type { CreateCore } from '../../src/simulation/host/world.ts'
import { shrink, withSteps } from '../../src/simulation/shrink.ts'
import { runSimulation } from '../../src/simulation/summary.ts'
import { broken, planOf } from './plans.ts'

/** Whoever sees a third node crash, breaks. */
const createCore: CreateCore = (config, self, host, nowMs) => {
  const core = new Discovery(config, self, host, nowMs)
  const { handle } = core
  core.handle = function (input, atMs) {
    return handle.call(this, input, atMs).filter(output => {
      return output.type !== 'expired' || output.entry.record.announcement.peer !== 'peer-3'
    })
  }
  return core
}

const steps = [
  broken({ type: 'pause', nodes: ['n2'] }, 500),
  broken({ type: 'kill', nodes: ['n5'] }, 3_000),
  broken({ type: 'kill', nodes: ['n3'] }),
  broken({ type: 'links', nodes: ['n1'], links: { jitterMs: 10 } }, 1_000)
]

const planFor = (nodes: number) => planOf({ nodes, seed: 5, steps })

test('a failure shrinks to the nodes and steps that it needs, and replays', async t => {
  const { plan, result } = (await shrink(planFor(40), { planFor, createCore }))!
  t.same(
    plan.steps.map(({ id }) => id),
    ['s3'],
    'only the crash of the third node is left'
  )
  t.ok(plan.nodes.length <= 6, `${plan.nodes.length} nodes are left`)
  t.equal(result.judgement.outcome, 'fail')
  const again = withSteps(planFor(plan.nodes.length), new Set(['s3']))
  t.equal(runSimulation({ plan: again, createCore }).fingerprint, result.fingerprint)
})

test('a plan that cannot be made for fewer nodes shrinks by its steps alone', async t => {
  const onlyForForty = (nodes: number) => {
    if (nodes < 12) throw new Error('too few')
    return planFor(nodes)
  }
  const { plan } = (await shrink(planFor(12), { planFor: onlyForForty, createCore }))!
  t.equal(plan.nodes.length, 12)
  t.equal(plan.steps.length, 1)
})

test('what does not fail is not shrunk', async t => {
  t.equal(await shrink(planOf({ nodes: 5, seed: 5 }), { planFor }), undefined)
})
