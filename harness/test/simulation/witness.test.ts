/**
 * The simulator's own witness, which keeps up with 10,000 nodes, beside the judge, who reads the history: the same verdict on
 * the same run, whatever is planned and whichever core is broken.
 */
import { type AddressBookEntry, Discovery, type Output } from '@gossip-discovery/libp2p/core'
import fc from 'fast-check'
import { test } from 'tap'
import type { Fault } from '../../src/faults/fault.ts'
import { judge } from '../../src/judge/judge.ts'
import type { CreateCore } from '../../src/simulation/host/world.ts'
import { at, fault, name, simulate } from './plans.ts'

type BookOutput = Extract<Output, { entry: AddressBookEntry }>

/** What the core of n3 does with each of its outputs that change its book. */
const DEFECTS: Record<string, (output: BookOutput) => Output[]> = {
  none: output => [output],
  'tells nothing of who joins': output => (output.type === 'joined' ? [] : [output]),
  'tells nothing of who expires': output => (output.type === 'expired' ? [] : [output]),
  'says that a newcomer is gone': output =>
    output.type === 'joined' ? [output, { ...output, type: 'expired' }] : [output]
}

function coreWith(defect: string): CreateCore {
  return (config, self, host, nowMs) => {
    const core = new Discovery(config, self, host, nowMs)
    if (config.name !== 'n3') return core
    const { handle } = core
    core.handle = function (input, atMs) {
      return handle.call(this, input, atMs).flatMap(output => ('entry' in output ? DEFECTS[defect]!(output) : [output]))
    }
    return core
  }
}

const faults = (nodes: number): fc.Arbitrary<Fault> => {
  const names = fc.uniqueArray(fc.nat(nodes - 1), { minLength: 1, maxLength: nodes - 1 }).map(some => some.map(name))
  return fc.oneof(
    names.map(nodes => ({ type: 'kill' as const, nodes: nodes.slice(0, 2) })),
    names.map(nodes => ({ type: 'power-off' as const, nodes: nodes.slice(0, 2) })),
    names.map(nodes => ({ type: 'pause' as const, nodes: nodes.slice(0, 2) })),
    names.map(group => ({ type: 'partition' as const, groups: [group] })),
    names.map(nodes => ({ type: 'links' as const, nodes, links: { latencyMs: 200 } }))
  )
}

const runs = fc.integer({ min: 3, max: 30 }).chain(nodes =>
  fc.record({
    nodes: fc.constant(nodes),
    seed: fc.nat(1_000),
    defect: fc.constantFrom('none', ...Object.keys(DEFECTS)),
    broken: fc.array(fc.record({ what: faults(nodes), atMs: fc.integer({ min: 5_000, max: 20_000 }) }), {
      maxLength: 2
    })
  })
)

test('the witness and the judge come to the same verdict on up to 30 nodes', async t => {
  const outcomes = new Set<string>()
  fc.assert(
    fc.property(runs, ({ nodes, seed, defect, broken }) => {
      const steps = broken.map(({ what, atMs }) => at(atMs, fault(what, 20_000)))
      const { verdict, history } = simulate({ nodes, seed, steps }, { createCore: coreWith(defect) })
      t.equal(judge(history).outcome, verdict.outcome, JSON.stringify({ nodes, seed, defect, broken }))
      outcomes.add(verdict.outcome)
    }),
    { numRuns: 25, seed: 11 }
  )
  t.ok(outcomes.has('pass') && outcomes.has('fail'), 'both came up')
})
