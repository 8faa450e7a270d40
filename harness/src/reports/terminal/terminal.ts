/** The summary at the end of a run, for a terminal or a log. */

import type { History } from '../../history/history.ts'
import { type Network, networkOf } from '../../history/network.ts'
import { howItEnded } from '../../judge/checks/alive.ts'
import type { CheckResult } from '../../judge/checks/check.ts'
import { checksOf } from '../../judge/judge.ts'
import { type Metrics, metricsOf, percentilesOf } from '../../judge/metrics.ts'
import type { Verdict } from '../../judge/verdict.ts'
import { count, duration, mebibytes, nameList, seconds } from '../../judge/wording.ts'
import { printable } from '../../printable.ts'
import { groupsOf, groupTexts } from '../groups.ts'
import { headline } from '../headline.ts'
import { createLayout, LABEL_WIDTH, type Layout, tied } from '../html/layout.ts'
import { matrixOf } from '../matrix.ts'
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
const MAX_STDERR_LINES = 12
const MAX_GROUPS = 8

/** Ends with a newline. */
export function renderSummary(history: History, verdict: Verdict, options: SummaryOptions): string {
  const network = networkOf(history)
  const checks = checksOf(network)
  const layout = createLayout(options.width, options.colour)
  const sections = [
    [`${badge(verdict, layout)}  ${layout.wrap(headline(network, verdict, checks), verdict.outcome.length + 2)}`],
    [...facts(network, metricsOf(network)), checkMarks(checks, layout)].map(([label, text]) =>
      layout.field(label, text)
    ),
    checks.flatMap(check => problems(check, layout)),
    renderMissing(matrixOf(network), layout),
    groups(network, verdict, layout),
    lastWords(network, layout),
    options.artefactsPath === undefined ? [] : [layout.field('artefacts', options.artefactsPath)]
  ]
  const filled = sections.filter(lines => lines.length > 0)
  return `${filled.map(lines => lines.join('\n')).join('\n\n')}\n`
}

function badge({ outcome }: Verdict, layout: Layout): string {
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

function phaseTexts({ readyMs, firstContactMs, booksFullMs, settleMs }: Metrics['phases']): string[] {
  return [
    readyMs === undefined ? 'start never over' : `start ${seconds(readyMs)}`,
    firstContactMs === undefined ? 'no contact' : `first contact ${seconds(firstContactMs)}`,
    booksFullMs === undefined ? 'books never full' : `books full ${seconds(booksFullMs)}`,
    ...(settleMs === undefined ? [] : [`settle ${seconds(settleMs)}`])
  ]
}

function checkMarks(checks: readonly CheckResult[], layout: Layout): Field {
  return ['checks', checks.map(({ check, status }) => tied(`${mark(status, layout)} ${check}`)).join('  ')]
}

function mark(status: CheckResult['status'], layout: Layout): string {
  return { pass: layout.paint('green', '✓'), fail: layout.paint('red', '✗'), unknown: layout.paint('yellow', '?') }[
    status
  ]
}

function problems({ check, violations, reasons }: CheckResult, layout: Layout): string[] {
  // Which cells are missing, and why, is told by the matrix.
  const messages = check === 'complete' ? missingCount(violations.length) : violations.map(({ message }) => message)
  const shown = [
    ...messages.slice(0, MAX_LINES).map(message => ['fail', message] as const),
    ...(messages.length > MAX_LINES ? [['fail', `and ${messages.length - MAX_LINES} more`] as const] : []),
    ...reasons.map(reason => ['unknown', reason] as const)
  ]
  return shown.map(([status, message], i) => {
    const label = i === 0 ? check.padEnd(LABEL_WIDTH - 2) : ' '.repeat(LABEL_WIDTH - 2)
    return `${mark(status, layout)} ${label}${layout.wrap(printable(message, 1_000), LABEL_WIDTH)}`
  })
}

function missingCount(cells: number): string[] {
  return cells === 0 ? [] : [`${count(cells, 'listing')} missing: see who misses whom`]
}

function groups(network: Network, { outcome }: Verdict, layout: Layout): string[] {
  const all = groupTexts(network)
  if (outcome === 'pass' || groupsOf(network).length < 2) return []
  const lines = all
    .slice(0, MAX_GROUPS)
    .map(({ nodes, lists }) => `  ${layout.wrap(`${nameList(nodes)} (${count(nodes.length, 'node')}): ${lists}`, 4)}`)
  const more = all.length > MAX_GROUPS ? [`  and ${count(all.length - MAX_GROUPS, 'smaller group')}`] : []
  return [layout.title('Groups of nodes whose books list the same nodes'), ...lines, ...more]
}

function lastWords(network: Network, layout: Layout): string[] {
  const dead = network.breaches.deaths.filter(run => run.exit!.stderrTail.length > 0)
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
