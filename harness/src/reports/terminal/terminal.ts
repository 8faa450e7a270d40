/** The summary at the end of a run, for a terminal or a log. */

import type { Network } from '../../history/observed.ts'
import type { Check, Finding, Judgement, Outcome } from '../../judge/judgement.ts'
import { STOPPED_EARLY } from '../../judge/rules/complete.ts'
import { howItEnded } from '../../judge/rules/processes.ts'
import { NOT_JUDGED } from '../../judge/rules/stable.ts'
import { amountText, count, nameList } from '../../judge/wording.ts'
import { printable } from '../../printable.ts'
import type { Judged } from '../judged.ts'
import { matrixOf } from '../matrix.ts'
import { groupsOf, groupTexts } from '../words/book-groups.ts'
import { type FigureName, figureOf, figurePhrase, figuresOf } from '../words/figures/figures.ts'
import { causeText, groupStatuses, ruleText } from '../words/findings.ts'
import { headline } from '../words/headline.ts'
import { nextStepsOf } from '../words/next-steps.ts'
import { sharingText } from '../words/sharing.ts'
import { chaptersOf } from '../words/story/chapters.ts'
import { badge, renderEnding } from './ending.ts'
import { createLayout, type Layout, tied } from './layout.ts'
import { renderMissing } from './matrix.ts'

export interface SummaryOptions {
  colour: boolean
  /** Columns of the terminal. */
  width: number
  /** The folder of artefacts, as it is to be shown. */
  artefactsPath?: string
}

/** Shown in a section before the reader is sent to the report. */
const MAX_LINES = 10
const MAX_CONSEQUENCES = 3
const MAX_STDERR_LINES = 12
const MAX_GROUPS = 8

/** From more lines than this, the verdict is told once more at the end. */
const MAX_SHORT_LINES = 10

/** Ends with a newline. */
export function renderSummary(judged: Judged, options: SummaryOptions): string {
  const { network, judgement } = judged
  const { outcome, checks } = judgement
  const layout = createLayout(options.width, options.colour)
  const isWhole = network.started?.digest === undefined
  const sections = [
    [`${badge(outcome, layout)}  ${layout.wrap(headline(judged), outcome.length + 2)}`],
    [...facts(judged), checkMarks(checks, layout)].map(([label, text]) => layout.field(label, text)),
    story(judged, layout),
    findings(judgement, layout),
    doubts(checks, layout),
    ...(isWhole ? [renderMissing(matrixOf(network), layout), groups(network, outcome, layout)] : []),
    lastWords(network, layout)
  ]
  const text = joined(sections)
  if (options.artefactsPath === undefined) return `${text}\n`
  const isShort = outcome === 'pass' && text.split('\n').length <= MAX_SHORT_LINES
  const ending = isShort
    ? nextStepsOf(judged, options.artefactsPath).map(({ kind, text }) => layout.field(kind, text))
    : renderEnding(judged, layout, { folder: options.artefactsPath })
  return `${text}\n\n${ending.join('\n')}\n`
}

function joined(sections: readonly string[][]): string {
  const filled = sections.filter(lines => lines.length > 0)
  return filled.map(lines => lines.join('\n')).join('\n\n')
}

type Field = [label: string, text: string]

/** Figures by the lines in which they are told. */
const TIMES: readonly FigureName[] = ['start', 'first-contact', 'full', 'noticed', 'whole', 'changed', 'held', 'end']

function facts(judged: Judged): Field[] {
  const figures = figuresOf(judged)
  const named = (name: FigureName) => figureOf(figures, name)
  const times = figures.filter(({ name, value }) => TIMES.includes(name) && (value !== undefined || name !== 'held'))
  const fields: Field[] = [['time', times.slice(0, MAX_TIMES).map(figurePhrase).map(tied).join(', ')]]
  const pairs = named('visible-pairs')
  if (pairs !== undefined) {
    const ranks = (['p50', 'p95', 'p99', 'max'] as const).map(rank => `${rank} ${named(`visible-${rank}`)?.text}`)
    fields.push(['visible in', `${ranks.map(tied).join(', ')} (${tied(`${pairs.text} pairs`)})`])
  }
  const [cpu, memory] = [named('cpu-p50'), named('memory-p50')]
  if (cpu !== undefined) {
    const used = memory === undefined ? '' : `, memory ${memory.text} (max ${named('memory-max')?.text})`
    fields.push(['a node', `CPU ${cpu.text} (max ${named('cpu-max')?.text})${used}`])
  }
  const shared = sharingText(judged.network)
  if (shared !== undefined) fields.push(['shared', shared])
  const late = named('harness-late')
  if (late !== undefined)
    fields.push(['note', `the harness was up to ${late.text} late: the times are no better than that`])
  return fields
}

/** Faults that come and go have figures each time: the first are told here, all of them in the report. */
const MAX_TIMES = 12

/** Where nothing happened but the start, the times say as much. */
function story(judged: Judged, layout: Layout): string[] {
  const chapters = chaptersOf(judged)
  if (!chapters.some(({ kind }) => kind === 'broken' || kind === 'step')) return []
  const shown = chapters.length <= MAX_CHAPTERS ? chapters : [...chapters.slice(0, MAX_CHAPTERS - 1), chapters.at(-1)!]
  const lines = shown.map(({ state, text }) => `  ${mark(CHAPTER_STATUS[state], layout)} ${layout.wrap(text, 4)}`)
  const left = chapters.length - shown.length
  const more = left === 0 ? [] : [`  and ${count(left, 'more event')}, in the report`]
  return [layout.title('What happened'), ...lines, ...more]
}

const MAX_CHAPTERS = 14

const CHAPTER_STATUS = { done: 'pass', late: 'fail', open: 'unknown' } as const

function checkMarks(checks: readonly Check[], layout: Layout): Field {
  return [
    'checks',
    groupStatuses(checks)
      .map(({ group, status }) => tied(`${mark(status, layout)} ${group}`))
      .join('  ')
  ]
}

function mark(status: Check['status'], layout: Layout): string {
  const [colour, sign] = SIGNS[status]
  return layout.paint(colour, sign)
}

const SIGNS = {
  pass: ['green', '✓'],
  fail: ['red', '✗'],
  unknown: ['yellow', '?'],
  'not-tried': ['dim', '·']
} as const

function findings({ findings: all }: Judgement, layout: Layout): string[] {
  const lines = all.slice(0, MAX_LINES).flatMap(finding => renderFinding(finding, layout))
  return all.length > MAX_LINES
    ? [...lines, `${mark('fail', layout)} and ${count(all.length - MAX_LINES, 'more finding')}`]
    : lines
}

function renderFinding(finding: Finding, layout: Layout): string[] {
  const { rule, message, consequences, moreConsequences = 0 } = finding
  // Which listings are missing, and why, is told by the matrix.
  const shown = consequences.filter(each => each.rule !== 'complete').slice(0, MAX_CONSEQUENCES)
  const more = consequences.length + moreConsequences - shown.length
  const line = (text: string, indent: number) => `${' '.repeat(indent)}${layout.wrap(printable(text, 2_500), indent)}`
  return [
    `${mark('fail', layout)} ${layout.wrap(printable(`${ruleText(rule)}: ${message}`, 2_500), 2)}`,
    line(causeText(finding), 4),
    ...shown.map(each => line(`then ${ruleText(each.rule)}: ${each.message}`, 4)),
    ...(more > 0 ? [line(`and ${amountText(more)} more ${more === 1 ? 'consequence' : 'consequences'}`, 4)] : [])
  ]
}

function doubts(checks: readonly Check[], layout: Layout): string[] {
  const texts = checks.flatMap(({ rule, unknown }) => unknown.map(text => ({ rule, text })))
  // That something else does not hold is told already; what the harness kept from happening comes last, for it accuses nobody.
  const all = texts
    .filter(({ text }) => text !== NOT_JUDGED)
    .toSorted((a, b) => Number(a.text.endsWith(STOPPED_EARLY)) - Number(b.text.endsWith(STOPPED_EARLY)))
  const lines = all
    .slice(0, MAX_LINES)
    .map(
      ({ rule, text }) => `${mark('unknown', layout)} ${layout.wrap(printable(`${ruleText(rule)}: ${text}`, 2_500), 2)}`
    )
  return all.length > MAX_LINES ? [...lines, `${mark('unknown', layout)} and ${all.length - MAX_LINES} more`] : lines
}

function groups(network: Network, outcome: Outcome, layout: Layout): string[] {
  const all = groupTexts(network)
  if (outcome === 'pass' || groupsOf(network).length < 2) return []
  const lines = all
    .slice(0, MAX_GROUPS)
    .map(({ nodes, lists }) => `  ${layout.wrap(`${nameList(nodes)} (${count(nodes.length, 'node')}): ${lists}`, 4)}`)
  const more = all.length > MAX_GROUPS ? [`  and ${count(all.length - MAX_GROUPS, 'smaller group')}`] : []
  return [layout.title('Groups of nodes whose books list the same nodes'), ...lines, ...more]
}

function lastWords(network: Network, layout: Layout): string[] {
  const dead = network.breaches.deaths.map(({ run }) => run).filter(run => run.exit!.stderrTail.length > 0)
  const same = [...Map.groupBy(dead, run => run.exit!.stderrTail.join('\n')).values()]
  return same.slice(0, MAX_GROUPS).flatMap((runs, i) => {
    const names = nameList(runs.map(run => run.node))
    const how = runs.length === 1 ? `, which ${howItEnded(runs[0]!.exit!)}` : ', which all ended with the same words'
    const lines = runs[0]!.exit!.stderrTail.slice(-MAX_STDERR_LINES)
    return [
      ...(i > 0 ? [''] : []),
      layout.title(`Last lines of stderr of ${names}${how}`),
      ...lines.map(line => `  ${layout.paint('dim', '│')} ${layout.wrap(printable(line, 500), 4)}`)
    ]
  })
}
