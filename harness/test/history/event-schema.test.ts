import { readFile } from 'node:fs/promises'
import fc from 'fast-check'
import { test } from 'tap'
import { historyJsonSchema, historySchemaPath } from '../../scripts/history-schema.ts'
import { eventSchemas } from '../../src/history/event-schema.ts'
import type { HistoryEvent } from '../../src/history/history.ts'
import { needsOf } from '../../src/scenario/needs.ts'
import { planScenario } from '../../src/scenario/planning/plan-scenario.ts'
import { loadScenario, shippedNames } from '../../src/scenario/shipped.ts'
import { runSimulation } from '../../src/simulation/summary.ts'
import { recordedNames, storedHistory } from '../planted/recorded.ts'
import { anyHistory } from '../toolkit/any-history.ts'
import { schemaFaults } from '../toolkit/json-schema.ts'

const published = schemaFaults(historyJsonSchema('open'))
/** Names everything that a run writes. */
const complete = schemaFaults(historyJsonSchema('closed'))

function faultsOf(history: readonly HistoryEvent[]): string[] {
  // As a file holds it.
  const lines = history.map(event => JSON.parse(JSON.stringify(event)))
  return lines.flatMap((line, i) => [...published(line), ...complete(line)].map(fault => `line ${i + 1}: ${fault}`))
}

test('the JSON Schema is what judge reads histories with (else: npm run schema -w harness)', async t => {
  t.same(JSON.parse(await readFile(historySchemaPath, 'utf8')), JSON.parse(historyJsonSchema('open')))
})

test('every line of every stored run of real nodes is one of the schema', async t => {
  for (const name of await recordedNames()) t.same(faultsOf(await storedHistory(name)), [], name)
})

test('every line of a simulation of every shipped scenario is one of the schema, whole or digest', async t => {
  for (const name of await shippedNames()) {
    const plan = planScenario(await loadScenario(name), { nodes: 12, seed: 1, settleMs: 1_000 })
    // What the simulator has no model of, it refuses.
    if (needsOf(plan).behind.length > 0) continue
    for (const maxRecordedNodes of [12, 11]) {
      const { history } = runSimulation({ plan, maxRecordedNodes })
      t.match(history[0], { type: 'run-started', v: 1, runner: 'simulation', versions: { testbed: /^\d/ } })
      t.same(faultsOf(history).slice(0, 3), [], name)
    }
  }
})

test('every history that could be observed is of the schema', async () => {
  fc.assert(
    fc.property(anyHistory, history => {
      const [fault] = faultsOf(history)
      if (fault !== undefined) throw new Error(fault)
    }),
    { numRuns: 100 }
  )
})

test('what is no event is none of the schema, and a field or a type of a later version is allowed', async t => {
  t.same(published({ atMs: 1, type: 'of-tomorrow', what: 1 }), [])
  t.same(published({ atMs: 1, type: 'run-ended', reason: 'settled', mood: 'good' }), [])
  t.not(complete({ atMs: 1, type: 'run-ended', reason: 'settled', mood: 'good' }).length, 0)
  for (const wrong of [
    { type: 'run-ended', reason: 'settled' },
    { atMs: 1, type: 'run-ended', reason: 'bored' },
    { atMs: -1, type: 'run-ended', reason: 'settled' },
    { atMs: 1, type: 'line', node: 'n1', run: 1 },
    { atMs: 1, type: 'line', node: 'n1', run: 1, line: { type: 'left' } }
  ]) {
    t.not(published(wrong).length, 0, JSON.stringify(wrong))
  }
  t.equal(Object.keys(eventSchemas).length, 24)
})
