import fc from 'fast-check'
import { test } from 'tap'
import type { History } from '../../src/history/history.ts'
import { judged } from '../../src/reports/judged.ts'
import { renderOpenMetrics } from '../../src/reports/openmetrics.ts'
import { figuresOf } from '../../src/reports/words/figures/figures.ts'
import { recordedNames, storedHistory } from '../planted/recorded.ts'
import { anyHistory } from '../toolkit/any-history.ts'
import { converged, historyOf } from '../toolkit/history-builder.ts'

interface Sample {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

const NAME = '[a-zA-Z_:][a-zA-Z0-9_:]*'
const ESCAPED = String.raw`(?:[^"\\\n]|\\["\\n])*`
const LABEL = `[a-zA-Z_][a-zA-Z0-9_]*="${ESCAPED}"`
const SAMPLE = new RegExp(`^(${NAME})(?:\\{(${LABEL}(?:,${LABEL})*)\\})? (-?\\d+(?:\\.\\d+)?(?:e[+-]?\\d+)?)$`)
const TYPE = new RegExp(`^# TYPE (${NAME}) (gauge|info|stateset)$`)
const SUFFIX = { gauge: '', info: '_info', stateset: '' }

/**
 * Reads strictly what the specification of OpenMetrics 1.0 has for the types that we write.
 *
 * @throws {Error} with the line, at what it does not have
 */
function read(text: string): Sample[] {
  const lines = text.split('\n')
  if (lines.pop() !== '' || lines.pop() !== '# EOF') throw new Error('no end')
  const families = new Set<string>()
  const samples: Sample[] = []
  let family: { name: string; type: keyof typeof SUFFIX; seen: Set<string> } | undefined
  for (const line of lines) {
    const [, name, type] = TYPE.exec(line) ?? []
    if (name !== undefined) {
      if (families.has(name)) throw new Error(`twice: ${line}`)
      families.add(name)
      family = { name, type: type as keyof typeof SUFFIX, seen: new Set() }
    } else if (family === undefined) throw new Error(`before a type: ${line}`)
    else if (line.startsWith('#')) readMetadata(line, family)
    else samples.push(readSample(line, family))
  }
  return samples
}

function readMetadata(line: string, { name, seen }: { name: string; seen: Set<string> }): void {
  const [, unitName = ''] = new RegExp(`^# UNIT ${name} ([a-z_]+)$`).exec(line) ?? []
  const unit = unitName !== '' && name.endsWith(`_${unitName}`)
  const help = new RegExp(`^# HELP ${name} ${ESCAPED}$`).test(line)
  if (seen.size > 0 || !(unit || help)) throw new Error(`no metadata of ${name}: ${line}`)
}

function readSample(
  line: string,
  { name, type, seen }: { name: string; type: keyof typeof SUFFIX; seen: Set<string> }
) {
  const [, sampleName, labels = '', value] = SAMPLE.exec(line) ?? []
  if (sampleName !== `${name}${SUFFIX[type]}`) throw new Error(`no sample of ${name}: ${line}`)
  if (seen.has(labels)) throw new Error(`twice: ${line}`)
  seen.add(labels)
  const pairs = [...labels.matchAll(new RegExp(`([a-zA-Z_0-9]+)="(${ESCAPED})"`, 'g'))]
  const unescaped = (text: string) => text.replace(/\\(.)/g, (_, each) => (each === 'n' ? '\n' : each))
  return {
    name: sampleName,
    labels: Object.fromEntries(pairs.map(([, label, text]) => [label, unescaped(text!)])),
    value: Number(value)
  }
}

const metricsOf = (history: History) => read(renderOpenMetrics(judged(history)))
const abc = ['a', 'b', 'c']

test('a run has its outcome, its checks and its figures in base units', async t => {
  const samples = metricsOf(
    converged(abc)
      .stats('a', { rssBytes: 80 * 2 ** 20, cpuMs: 300 })
      .ended('settled')
  )
  const samplesOf = (name: string) => samples.filter(each => each.name === `gossip_testbed_${name}`)
  t.match(samplesOf('outcome'), [
    { labels: { gossip_testbed_outcome: 'pass' }, value: 1 },
    { labels: { gossip_testbed_outcome: 'fail' }, value: 0 },
    { labels: { gossip_testbed_outcome: 'unknown' }, value: 0 }
  ])
  t.match(samplesOf('full_seconds'), [{ labels: {}, value: 0.998 }])
  t.match(samplesOf('memory_max_bytes'), [{ value: 80 * 2 ** 20 }])
  t.match(samplesOf('complete_ratio'), [{ value: 1 }])
  t.match(samplesOf('visible_pairs'), [{ value: 6 }])
  t.same(samplesOf('findings'), [])
})

test('every stored run is read, and has every figure that came to something, with its bound', async t => {
  for (const name of await recordedNames()) {
    const result = judged(await storedHistory(name))
    const samples = read(renderOpenMetrics(result))
    const figures = figuresOf(result)
    const own = ['run_info', 'outcome', 'checks', 'findings'].map(each => `gossip_testbed_${each}`)
    const amount = samples.filter(each => !own.includes(each.name)).length
    const values = figures.flatMap(({ value, bound }) => [value, bound]).filter(each => each !== undefined)
    t.equal(amount, values.length, name)
  }
})

test('no text of a user or a node breaks a line or ends a label', async t => {
  const rubbish = '"} 1\n# EOF\n\\'
  const history = historyOf(abc, { scenario: rubbish })
    .started(...abc)
    .faultInjected(rubbish, 'c')
  const samples = metricsOf(history.faultHealed(rubbish, 'c').at(30_000).ended('deadline'))
  t.equal(samples[0]?.labels.scenario, '"} 1\ufffd# EOF\ufffd\\')
})

test('every history that could be observed gives metrics that a strict reader takes', async () => {
  fc.assert(
    fc.property(anyHistory, history => {
      metricsOf(history)
    }),
    { numRuns: 100 }
  )
})
