/** A number that stands in two reports of one run is the same number there, with the same word. */
import fc from 'fast-check'
import t from 'tap'
import type { History } from '../../src/history/history.ts'
import { renderJunit } from '../../src/reports/cases/junit.ts'
import { renderMarkdown } from '../../src/reports/github/markdown.ts'
import { renderHtml } from '../../src/reports/html/html.ts'
import { type Judged, judged } from '../../src/reports/judged.ts'
import { renderOpenMetrics } from '../../src/reports/openmetrics.ts'
import { renderJson } from '../../src/reports/result/json.ts'
import type { Result } from '../../src/reports/result/schema.ts'
import { renderSummary } from '../../src/reports/terminal/terminal.ts'
import { completenessCurve } from '../../src/reports/words/completeness.ts'
import { type FigureName, figureKey, figureOf, figuresOf } from '../../src/reports/words/figures/figures.ts'
import { chaptersOf } from '../../src/reports/words/story/chapters.ts'
import { renderSimulation } from '../../src/simulation/report.ts'
import { recordedNames, storedHistory } from '../planted/recorded.ts'
import { broken, simulate } from '../simulation/plans.ts'
import { anyHistory } from '../toolkit/any-history.ts'
import { converged } from '../toolkit/history-builder.ts'
import { unhealed } from './unhealed.ts'

/** Wide enough that no line is broken. */
const WIDTH = 2_000

/** What each rule waits for, whose time is that of its case. */
const CASES: readonly (readonly [rule: string, figure: FigureName])[] = [
  ['complete', 'full'],
  ['converges', 'full'],
  ['ready-in-time', 'start']
]

/** What a page says is there without its script. */
const NO_ASSETS = { script: '', style: '' }

const jsonOf = (result: Judged): Result => JSON.parse(renderJson(result))

/** Throws where two reports differ. */
function compare(result: Judged): void {
  const json = jsonOf(result)
  const terminal = renderSummary(result, { colour: false, width: WIDTH, artefactsPath: 'runs/x' })
  compareHeadlines(json, terminal, result)
  compareTimes(json, terminal)
  comparePhases(json, result)
  compareCases(json, renderJunit(result))
  compareMarkdown(json, renderMarkdown(result, 'runs/x'))
  compareMetrics(json, renderOpenMetrics(result))
  comparePage(json, renderHtml(result, NO_ASSETS, 'runs/x'))
  if (!json.run.isDigest) compareCompleteness(json, terminal, result)
}

function same(what: string, found: unknown, wanted: unknown): void {
  if (found !== wanted) throw new Error(`${what}: ${JSON.stringify(found)}, but ${JSON.stringify(wanted)}`)
}

function compareHeadlines({ headline, outcome, figures }: Result, terminal: string, result: Judged): void {
  same('headline in the terminal', terminal.split('\n', 1)[0], `${outcome.toUpperCase()}  ${headline}`)
  const inXml = /name="headline" value="([^"]*)"/.exec(renderJunit(result))?.[1] ?? ''
  same('headline in JUnit', unescaped(inXml), headline)
  const texts = new Set(figures.map(({ text }) => text))
  if (outcome !== 'pass') return
  for (const [number] of headline.matchAll(/\d+\.\d\d s/g)) same('time in the headline', texts.has(number), true)
}

function unescaped(xml: string): string {
  return xml
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&')
}

/** `start 0.02 s, full 1.00 s (at most 10.00 s)` */
function compareTimes({ figures }: Result, terminal: string): void {
  const [, line = ''] = /^time {7}(.*)$/m.exec(terminal) ?? []
  for (const told of line.split(', ').filter(each => each !== '')) {
    const [, label, text, bound] = /^(.+?) ([\d.]+ s|never)(?: \(at most (.*)\))?$/.exec(told) ?? []
    const figure = figures.find(each => each.label === label)
    same(`${told} in the terminal`, text, figure?.text)
    same(`bound of ${told}`, bound === undefined ? undefined : 1_000 * Number.parseFloat(bound), figure?.bound)
  }
}

function comparePhases({ phases, figures }: Result, result: Judged): void {
  const times = new Map<string, number>()
  for (const { name, fault, fromMs, toMs } of phases) {
    const key = figureKey(name, fault)
    const time = (times.get(key) ?? 0) + 1
    times.set(key, time)
    const figure = figures.find(each => each.key === (time === 1 ? key : `${key} (${time})`))
    same(`phase ${key}`, figure?.value?.toFixed(3), toMs === undefined ? undefined : (toMs - fromMs).toFixed(3))
  }
  for (const { figure, text } of chaptersOf(result)) {
    if (figure?.value !== undefined) same(`chapter ${text}`, text.includes(figure.text), true)
  }
}

function compareCases({ checks, figures }: Result, junit: string): void {
  for (const [rule, name] of CASES) {
    const [, time] = new RegExp(`name="\\d+ ${rule}" time="([\\d.]+)"`).exec(junit) ?? []
    const { value = 0 } = figures.find(figure => figure.name === name) ?? {}
    if (checks.find(check => check.rule === rule)?.status !== 'pass') continue
    same(`time of ${rule} in JUnit`, time, (Math.max(0, value) / 1_000).toFixed(3))
  }
}

function compareMarkdown({ figures }: Result, markdown: string): void {
  const rows = [...markdown.matchAll(/^\| (.*?) \| (.*?) \| (.*?) \|$/gm)].slice(1)
  same('rows of the table in Markdown', rows.length, Math.min(60, figures.length))
  for (const [i, [, , text]] of rows.entries()) same(`row ${i} in Markdown`, text, figures[i]!.text)
}

function compareMetrics({ figures }: Result, metrics: string): void {
  for (const { name, fault, value, unit } of figures) {
    if (fault !== undefined || value === undefined || unit !== 'ms') continue
    const [, told] = new RegExp(`^gossip_testbed_${name.replaceAll('-', '_')}_seconds (\\S+)$`, 'm').exec(metrics) ?? []
    if (told !== undefined) same(`${name} in OpenMetrics`, Number(told).toFixed(6), (value / 1_000).toFixed(6))
  }
}

/** The first screen, and the table of all figures. */
function comparePage({ figures, headline, outcome }: Result, page: string): void {
  const [, title = ''] = new RegExp(`<h1><span class="badge ${outcome}">.*?</span> (.*?)</h1>`).exec(page) ?? []
  same('headline on the page', unescaped(title), headline)
  const rows = [
    ...page.matchAll(
      /<tr><th scope="row">(.*?)<\/th><td class="figure">(.*?)<\/td><td class="figure">(.*?)<\/td><td class="text soft">/g
    )
  ]
  same('rows of the table on the page', rows.length, figures.length)
  for (const [i, [, label = '', text = '']] of rows.entries()) {
    same(`row ${i} on the page`, `${unescaped(label)} ${unescaped(text)}`, `${figures[i]!.label} ${figures[i]!.text}`)
  }
  const shown = [...page.matchAll(/<div><dt>(.*?)<\/dt><dd>(.*?)(?: <small>.*?)?<\/dd>/g)]
  same('figures on the first screen', shown.length > 0, figures.length > 0)
  for (const [, label = '', text = ''] of shown) {
    same(`${label} on the first screen`, unescaped(text), figures.find(each => each.label === unescaped(label))?.text)
  }
}

/** Who is missing in the end, the curve and rule 22 say the same. */
function compareCompleteness({ checks, figures }: Result, terminal: string, result: Judged): void {
  const share = figures.find(({ key }) => key === 'complete')?.value
  same('end of the curve', (completenessCurve(result.history).at(-1)?.share ?? 0).toFixed(6), share?.toFixed(6))
  const { status } = checks.find(({ rule }) => rule === 'complete')!
  if (status === 'pass' && result.network.live.size > 1) same('share of a run that is complete', share, 1)
  if (status === 'fail') same('whether a run that is not complete lacks something', share !== 1, true)
  const [, missing, expected] = /Who misses whom: .*?([\d,]+) of ([\d,]+) listings? missing/.exec(terminal) ?? []
  if (expected === undefined || expected === '0') return
  const number = (text: string | undefined) => Number(text?.replaceAll(',', ''))
  same('listings missing in the terminal', (1 - number(missing) / number(expected)).toFixed(6), share?.toFixed(6))
}

t.test('in the stored run of each planted node', async t => {
  for (const name of await recordedNames()) {
    const result = judged(await storedHistory(name))
    t.doesNotThrow(() => compare(result), name)
  }
})

t.test('in runs that find each other, that are split and not healed, and that are healed', async t => {
  for (const history of [converged(['a', 'b', 'c']).ended('settled'), unhealed()]) {
    t.doesNotThrow(() => compare(judged(history)))
  }
})

t.test('in simulations, of a crash, of a split that heals, and of one that is cut short', async t => {
  const halves = [
    ['n1', 'n2', 'n3', 'n4', 'n5'],
    ['n6', 'n7', 'n8', 'n9', 'n10']
  ]
  const split = { steps: [broken({ type: 'partition', groups: halves }, 20_000)], deadlineMs: 300_000 }
  for (const plan of [{ steps: [broken({ type: 'kill', nodes: ['n5'] })] }, split, { deadlineMs: 600 }]) {
    const result = simulate(plan)
    t.doesNotThrow(() => compare(result.judged))
    const [, times = ''] = /^times: (.*)$/m.exec(renderSimulation(result)) ?? []
    const figures = figuresOf(result.judged)
    for (const told of times.split(', ')) {
      const figure = figures.find(({ label }) => told.startsWith(`${label} `))
      t.match(told, `${figure?.label} ${figure?.text}`)
    }
  }
})

t.test('in a simulation that was too large to keep every event', async t => {
  const options = { maxRecordedNodes: 5 }
  const result = simulate({ steps: [broken({ type: 'kill', nodes: ['n5'] })] }, options)
  const whole = simulate({ steps: [broken({ type: 'kill', nodes: ['n5'] })] })
  t.ok(result.judged.network.started?.digest)
  t.doesNotThrow(() => compare(result.judged))
  for (const key of ['start', 'full', 'noticed s1']) {
    const [small, large] = [result, whole].map(each => figureOf(figuresOf(each.judged), key)?.text)
    t.equal(small, large, `${key} is what the whole history says`)
  }
})

t.test('in any run', async () => {
  fc.assert(
    fc.property(anyHistory, (history: History) => compare(judged(history))),
    { numRuns: 100 }
  )
})
