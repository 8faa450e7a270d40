/** What a network leaves that is too large for a whole history. */
import { Discovery } from '@gossip-discovery/libp2p/core'
import { test } from 'tap'
import type { CreateCore } from '../../src/simulation/host/world.ts'
import { MAX_RECORDED_NODES } from '../../src/simulation/watch/chronicle.ts'
import { at, fault, PASS, shown, simulate } from './plans.ts'

const NODES = MAX_RECORDED_NODES + 1

test('a digest has the plan, the faults, and how far the books agreed, and is the same each time', async t => {
  const init = { nodes: NODES, seed: 3, steps: [at(0, fault({ type: 'pause', nodes: ['n7'] }, 1_000), 'full')] }
  const { history, judgement } = simulate(init)
  t.same(shown(judgement), PASS)
  t.match(history[0], { type: 'run-started', plan: { scenario: 'test', seed: 3 }, digest: { version: /^\d+\.\d+/ } })
  t.same(
    new Set(history.map(({ type }) => type)),
    new Set([
      'run-started',
      'counts',
      'step',
      'fault-injected',
      'fault-proof',
      'fault-healed',
      'received',
      'steadiness',
      'run-ended',
      'run-closed'
    ])
  )
  t.match(
    history.findLast(({ type }) => type === 'counts'),
    { live: NODES, right: NODES * (NODES - 1), ghosts: 0 }
  )
  const ticks = history.filter(({ type }) => type === 'counts').slice(0, -1)
  t.ok(ticks.every(({ atMs }) => atMs % 100 === 0))
  const numbers = ticks.map(({ atMs: _, ...counts }) => JSON.stringify(counts))
  t.ok(
    numbers.every((counts, index) => counts !== numbers[index - 1]),
    'what has not changed is not said again'
  )
  t.equal(JSON.stringify(history), JSON.stringify(simulate(init).history))
})

test('a violation stands in the digest, after the line that showed it', async t => {
  // Says of one that is there that it is gone.
  const createCore: CreateCore = (config, self, host, nowMs) => {
    const core = new Discovery(config, self, host, nowMs)
    if (config.name !== 'n3') return core
    const { handle } = core
    core.handle = function (input, atMs) {
      return handle
        .call(this, input, atMs)
        .flatMap(output => (output.type === 'joined' ? [output, { ...output, type: 'expired' }] : [output]))
    }
    return core
  }
  const { history, judgement } = simulate({ nodes: NODES }, { createCore })
  t.equal(judgement.outcome, 'fail')
  const found = history.findIndex(({ type }) => type === 'violation')
  t.match(history[found], { rule: 'no-drops', node: 'n3', message: /^n3 dropped n\d+, which was alive/ })
  t.match(history[found - 1], { type: 'line', node: 'n3', line: { type: 'expired' } })
})
