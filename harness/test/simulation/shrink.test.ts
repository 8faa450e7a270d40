import { Discovery } from '@gossip-discovery/libp2p/core'
import { test } from 'tap'
import type { CreateCore } from '../../src/simulation/host/world.ts'
import { shrink } from '../../src/simulation/shrink.ts'
import { runSimulation } from '../../src/simulation/simulation.ts'
import { planned, scenario } from './plans.ts'

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

const faults = [
  planned({ type: 'pause', nodes: [1] }, 500),
  planned({ type: 'kill', nodes: [4] }, 3_000),
  planned({ type: 'kill', nodes: [2] }),
  planned({ type: 'links', link: { jitterMs: 10 } }, 1_000)
]

test('a failure shrinks to the nodes and faults that it needs, and replays', async t => {
  const options = { nodes: 40, deadlineMs: 120_000, seed: 5, scenario: scenario({ faults }), createCore }
  const shrunk = shrink(options)!
  t.same(shrunk.options.onlyFaults, [2], 'only the crash of the third node is left')
  t.ok(shrunk.options.nodes <= 6, `${shrunk.options.nodes} nodes are left`)
  t.equal(shrunk.result.verdict.outcome, 'fail')
  t.equal(runSimulation(shrunk.options).fingerprint, shrunk.result.fingerprint)
  t.equal(shrunk.command, `test-network --runner simulation ${shrunk.options.nodes} 120 --seed 5 --only-faults 2 test`)
})

test('what does not fail is not shrunk', async t => {
  t.equal(shrink({ nodes: 5, deadlineMs: 60_000, seed: 5 }), undefined)
})
