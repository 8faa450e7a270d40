import { readFile } from 'node:fs/promises'
import fc from 'fast-check'
import { test } from 'tap'
import { resultJsonSchema, resultSchemaPath } from '../../scripts/result-schema.ts'
import type { History } from '../../src/history/history.ts'
import { judged } from '../../src/reports/judged.ts'
import { renderJson } from '../../src/reports/result/json.ts'
import { MAX_ITEMS, type Result, resultSchema } from '../../src/reports/result/schema.ts'
import { runSimulation, simulationFigures } from '../../src/simulation/summary.ts'
import { recordedNames, storedHistory } from '../planted/recorded.ts'
import { planOf } from '../simulation/plans.ts'
import { anyHistory } from '../toolkit/any-history.ts'
import { converged, historyOf } from '../toolkit/history-builder.ts'
import { schemaFaults } from '../toolkit/json-schema.ts'

const published = schemaFaults(resultJsonSchema('open'))
/** Names everything that result.json holds. */
const complete = schemaFaults(resultJsonSchema('closed'))

const documentOf = (history: History): Result => JSON.parse(renderJson(judged(history), { path: '/runs/x' }))
const faultsOf = (document: unknown) => [...published(document), ...complete(document)]

function numbered(size: number): string[] {
  return Array.from({ length: size }, (_, i) => `n${i + 1}`)
}

test('the JSON Schema is what result.json is made by (else: npm run schema -w harness)', async t => {
  t.same(JSON.parse(await readFile(resultSchemaPath, 'utf8')), JSON.parse(resultJsonSchema('open')))
})

test('the result of every stored run is one of the schema', async t => {
  for (const name of await recordedNames()) t.same(faultsOf(documentOf(await storedHistory(name))), [], name)
})

test('the result of every history that could be observed is one of the schema', async () => {
  fc.assert(
    fc.property(anyHistory, history => {
      const [fault] = faultsOf(documentOf(history))
      if (fault !== undefined) throw new Error(fault)
    }),
    { numRuns: 200 }
  )
})

test('a simulation has the document of a real run, and nothing of its host', async t => {
  const real = documentOf(await storedHistory('correct-a-crash'))
  for (const maxRecordedNodes of [10, 9]) {
    const result = runSimulation({ plan: planOf({ nodes: 10 }), maxRecordedNodes })
    const text = renderJson(result.judged, { path: '/runs/x', simulation: simulationFigures(result) })
    const document: Result = JSON.parse(text)
    t.same(faultsOf(document), [])
    const { simulation, counts: _, artefacts: __, ...same } = document
    t.match(simulation, { events: Number, fingerprint: String, overlay: { components: 1 } })
    t.same(
      Object.keys(same),
      Object.keys(real).filter(key => key !== 'artefacts')
    )
    t.match(document.run, { nodes: 10, seed: 1, runner: 'simulation', isDigest: maxRecordedNodes < 10 })
    t.notMatch(text, /"(host|pid|artefacts|node": "v?\d+\.)|\/runs\/x/)
  }
})

test('it says how the run was made, and how every process ended', async t => {
  const history = converged(['a', 'b', 'c'])
  Object.assign(history.events[0]!, {
    runner: 'netns',
    host: { cores: 2, memoryBytes: 8, kernel: 'Linux 6.1' },
    versions: { testbed: '0.1.0', contract: 2, node: '24.1.0' }
  })
  history.exited('c', { code: 3 }).spawned('c').stopRequested('c').exited('c', { signal: 'SIGKILL' })
  const document = documentOf(history.at(30_000).ended('deadline'))
  t.match(document.run, {
    scenario: 'converge',
    nodes: 3,
    deadlineMs: 30_000,
    settleMs: 1_000,
    runner: 'netns',
    command: 'test-network 3 30',
    ended: { reason: 'deadline' },
    host: { cores: 2, memoryBytes: 8, kernel: 'Linux 6.1' },
    versions: { testbed: '0.1.0', contract: 2, node: '24.1.0' },
    isDigest: false
  })
  t.match(document.nodes.at(-1), {
    node: 'c',
    runs: 2,
    ends: [
      { run: 2, code: null, signal: 'SIGKILL', expected: true },
      { run: 1, code: 3, signal: null, expected: false }
    ]
  })
  t.match(document.headline, /^c /)
  t.equal(document.figures.find(({ key }) => key === 'full')?.unit, 'ms')
})

/** Each of them is a finding of its own. */
function withStrangers(amount: number): History {
  const history = historyOf(numbered(3))
    .started(...numbered(3))
    .everybodyMeets()
  for (let i = 0; i < amount; i++)
    history.joined(`n${1 + (i % 3)}`, 'n1', { peerId: `stranger-${i}`, name: 'x'.repeat(200) })
  return history.updated('n1', 'n2', { name: 'odd', seq: 2 }).at(9_000).ended('deadline')
}

test('10,000 strangers make a small document, which counts what it leaves out and forgets no rule', async t => {
  const document = documentOf(withStrangers(10_000))
  t.same(faultsOf(document), [])
  const { length } = JSON.stringify(document)
  t.ok(length < 200_000, `${length} bytes`)
  const told = document.findings.length + (document.moreFindings ?? 0)
  t.equal(told, judged(withStrangers(10_000)).judgement.findings.length)
  t.ok(
    document.findings.some(({ rule }) => rule === 'equal'),
    'the one wrong entry is told among thousands'
  )
})

test('of thousands of findings the first of each rule is kept, in the order of the Judgement', async t => {
  const result = judged(withStrangers(3))
  const [stranger] = result.judgement.findings
  const last = { ...stranger!, rule: 'equal' as const }
  const findings = [...Array.from({ length: 10_000 }, () => stranger!), last]
  const document = JSON.parse(renderJson({ ...result, judgement: { ...result.judgement, findings } }))
  t.same(faultsOf(document), [])
  t.equal(document.findings.length, MAX_ITEMS.findings)
  t.equal(document.findings.at(-1).rule, 'equal')
  t.equal(document.moreFindings, 10_001 - MAX_ITEMS.findings)
})

test('no list is longer than the schema says, and what is cut off is counted', async t => {
  const history = historyOf(numbered(501)).started(...numbered(501))
  const document = documentOf(history.at(9_000).ended('deadline'))
  t.same(faultsOf(document), [])
  t.equal(document.nodes.length, MAX_ITEMS.nodes)
  t.equal(document.moreNodes, 501 - MAX_ITEMS.nodes)
  t.equal(document.missing.length + document.moreMissing!, 501 * 500)
  const { length } = JSON.stringify(document)
  t.ok(length < 500_000, `${length} bytes`)
})

test('texts without end are cut off, and what looks like a command to a CI server is none', async t => {
  const name = `##[error]${'\u001b[2J\ud83d\ude00'.repeat(50_000)}`
  const history = historyOf(['a', 'b'], { scenario: name })
    .started('a')
    .spawnFailed('b', name)
    .found('a', name, name)
    .ready('a', { name, addrs: [name, name, name] })
  const text = renderJson(judged(history.at(9_000).ended('deadline')))
  t.ok(text.length < 100_000, `${text.length} characters`)
  for (const part of ['##[', '\u001b']) t.notOk(text.includes(part))
  const document = JSON.parse(text)
  t.same(faultsOf(document), [])
  t.ok(document.run.scenario.startsWith('##[error]\u001b[2J'), 'though a program reads what was written')
  t.equal(document.nodes[0].moreAddrs, 1)
})

test('a document with a field of a later minor version is read, and one without an outcome is not', async t => {
  const document = documentOf(converged(['a', 'b']).ended('settled'))
  t.match(resultSchema.safeParse({ ...document, mood: 'good' }), { success: true })
  t.same(published({ ...document, mood: 'good' }), [])
  const { outcome: _, ...without } = document
  t.not(published(without).length, 0)
  t.not(published({ ...document, v: 3 }).length, 0)
})
