/** The summary at the end of a run, for a terminal or a log. */

import type { Network } from '../../history/observed.ts'
import type { Check, Finding, Judgement, Outcome } from '../../judge/judgement.ts'
import { type Metrics, metricsOf } from '../../judge/metrics.ts'
import { howItEnded } from '../../judge/rules/processes.ts'
import { NOT_JUDGED } from '../../judge/rules/stable.ts'
import { amountText, count, duration, mebibytes, nameList, seconds } from '../../judge/wording.ts'
import { printable } from '../../printable.ts'
import { percentilesOf } from '../../statistics/median.ts'
import { createLayout, type Layout, tied } from '../html/layout.ts'
import type { Judged } from '../judged.ts'
import { matrixOf } from '../matrix.ts'
import { groupsOf, groupTexts } from '../words/book-groups.ts'
import { causeText, groupStatuses, ruleText } from '../words/findings.ts'
import { headline } from '../words/headline.ts'
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

/** Ends with a newline. */
export function renderSummary(judged: Judged, options: SummaryOptions): string {
  const { network, judgement } = judged
  const { outcome, checks } = judgement
  const layout = createLayout(options.width, options.colour)
  const sections = [
    [`${badge(outcome, layout)}  ${layout.wrap(headline(judged), outcome.length + 2)}`],
    [
      ...(network.started?.digest === undefined ? facts(network, metricsOf(network)) : []),
      checkMarks(checks, layout)
    ].map(([label, text]) => layout.field(label, text)),
    findings(judgement, layout),
    doubts(checks, layout),
    ...(network.started?.digest === undefined
      ? [renderMissing(matrixOf(network), layout), groups(network, outcome, layout)]
      : []),
    lastWords(network, layout),
    options.artefactsPath === undefined ? [] : [layout.field('artefacts', options.artefactsPath)]
  ]
  const filled = sections.filter(lines => lines.length > 0)
  return `${filled.map(lines => lines.join('\n')).join('\n\n')}\n`
}

function badge(outcome: Outcome, layout: Layout): string {
  const colours = { pass: 'green', fail: 'red', unknown: 'yellow' } as const
  return layout.paint(['bold', colours[outcome]], outcome.toUpperCase())
}

type Field = [label: string, text: string]

function facts(network: Network, { phases, joinVisibilityMs, nodes }: Metrics): Field[] {
  const fields: Field[] = [['time', phaseTexts(phases).map(tied).join(', ')]]
  if (joinVisibilityMs !== undefined) {
    const { p50, p95, p99, max, pairs } = joinVisibilityMs
    const figures = [`p50 ${duration(p50)}`, `p95 ${duration(p95)}`, `p99 ${duration(p99)}`, `max ${duration(max)}`]
    fields.push(['visible in', `${figures.map(tied).join(', ')} (${tied(count(pairs, 'pair'))})`])
  }
  const cpuMs = nodes.flatMap(node => node.cpuMs ?? [])
  const rssBytes = nodes.flatMap(node => node.rssBytes ?? [])
  if (cpuMs.length > 0) {
    const [cpu, rss] = [percentilesOf(cpuMs), percentilesOf(rssBytes)]
    const memory = `memory ${mebibytes(rss.p50)} (max ${mebibytes(rss.max)})`
    fields.push(['a node', `CPU ${duration(cpu.p50)} (max ${duration(cpu.max)}), ${memory}`])
  }
  const lagMs = Math.max(0, ...network.lags.map(lag => lag.lagMs))
  if (lagMs > 0)
    fields.push(['note', `the harness was up to ${duration(lagMs)} late: the times are no better than that`])
  return fields
}

function phaseTexts({ readyMs, firstContactMs, firstFullMs, booksFullMs, settleMs }: Metrics['phases']): string[] {
  return [
    readyMs === undefined ? 'start never over' : `start ${seconds(readyMs)}`,
    firstContactMs === undefined ? 'no contact' : `first contact ${seconds(firstContactMs)}`,
    firstFullMs === undefined ? 'books never full' : `books full ${seconds(firstFullMs)}`,
    ...(booksFullMs !== undefined && booksFullMs !== firstFullMs ? [`right again ${seconds(booksFullMs)}`] : []),
    ...(firstFullMs !== undefined && booksFullMs === undefined ? ['not in the end'] : []),
    ...(settleMs === undefined ? [] : [`settle ${seconds(settleMs)}`])
  ]
}

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
  // That something else does not hold is told already.
  const all = texts.filter(({ text }) => text !== NOT_JUDGED)
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
