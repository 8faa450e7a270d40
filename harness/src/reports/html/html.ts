/** report.html: one file that needs nothing else, and in which nothing that a node wrote can do anything. */
import { hash } from 'node:crypto'
import type { History } from '../../history/history.ts'
import { type Network, networkOf } from '../../history/network.ts'
import { type CheckResult, NOT_JUDGED } from '../../judge/checks/check.ts'
import { checksOf } from '../../judge/judge.ts'
import { type Metrics, metricsOf } from '../../judge/metrics.ts'
import type { Verdict } from '../../judge/verdict.ts'
import { count, duration, seconds } from '../../judge/wording.ts'
import { headline } from '../headline.ts'
import { matrixOf } from '../matrix.ts'
import { renderCurve } from './curve.ts'
import { type Markup, markup, nothing } from './markup.ts'
import { renderGroups, renderMatrix } from './matrix.ts'
import { renderCosts, renderFindings, renderLastWords } from './nodes.ts'
import { style } from './style.ts'
import { renderTimeline } from './timeline.ts'

/** Messages of one check; the rest is in result.json. */
const MAX_MESSAGES = 50
const MAX_OPEN_MESSAGES = 5

export function renderHtml(history: History, verdict: Verdict): string {
  const network = networkOf(history)
  const checks = checksOf(network)
  const metrics = metricsOf(network)
  const title = `${verdict.outcome.toUpperCase()} ${network.started?.scenario ?? ''}, ${network.nodes.size} nodes`
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy()}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<style>${{ markup: style }}</style>
</head>
<body>
<main>
${renderHeader(network, verdict, checks, metrics)}
${renderChecks(checks)}
${renderMatrix(matrixOf(network))}
${renderGroups(network)}
${renderTimeline(history, network, metrics)}
${renderCurve(history, metrics.phases)}
${renderCosts(network, metrics)}
${renderFindings(network)}
${renderLastWords(network)}
</main>
</body>
</html>
`.markup
}

/** Only this style sheet; no script, no address, no form, whatever finds its way into the page. */
function policy(): string {
  return `default-src 'none'; style-src 'sha256-${hash('sha256', style, 'base64')}'; base-uri 'none'; form-action 'none'`
}

function renderHeader(
  network: Network,
  verdict: Verdict,
  checks: CheckResult[],
  { phases, joinVisibilityMs }: Metrics
): Markup {
  const { started } = network
  const moment = (ms: number | undefined) => (ms === undefined ? 'never' : seconds(ms))
  const visibility = joinVisibilityMs === undefined ? [] : [figure('Visible in, p95', duration(joinVisibilityMs.p95))]
  return markup`<header class="verdict ${verdict.outcome}">
<h1><span class="badge ${verdict.outcome}">${verdict.outcome.toUpperCase()}</span>${headline(network, verdict, checks)}</h1>
<p class="soft">Scenario ${started?.scenario ?? 'unknown'}, ${network.nodes.size} nodes, started ${started?.startedAt.replace('T', ' ') ?? 'at an unknown time'}, ${endText(network)}.
To repeat it: <code>${started?.command ?? ''}</code></p>
<dl class="figures">
${[
  figure('Start', moment(phases.readyMs)),
  figure('First contact', moment(phases.firstContactMs)),
  figure('Books full', moment(phases.booksFullMs)),
  figure('Settle', phases.settleMs === undefined ? 'never' : seconds(phases.settleMs)),
  figure('End', seconds(phases.endMs)),
  ...visibility
]}</dl>
</header>`
}

function endText({ ended }: Network): string {
  if (ended === undefined) return 'cut off before its end'
  const reasons = {
    settled: 'ended when all had held for the settle time',
    deadline: 'ended at its deadline',
    decided: 'ended early, because it could not pass any more',
    interrupted: 'interrupted'
  }
  return reasons[ended.reason]
}

function figure(name: string, value: string): Markup {
  return markup`<div><dt>${name}</dt><dd>${value}</dd></div>
`
}

/** What each check asks, for a reader who does not know its name. */
const questions: Record<CheckResult['check'], string> = {
  contract: 'every line that a node wrote is one of the contract',
  alive: 'no node ended by itself',
  complete: 'every live node lists every live node',
  accurate: 'nobody else is listed, and no live node was dropped',
  equal: 'epoch, name and addresses are listed as their node says',
  monotone: 'epoch and seq of a node never went back in any book',
  honest: 'the events of each node, replayed, give its book',
  stable: 'all of this held for the settle time'
}

const signs = { pass: ['✓', 'holds'], fail: ['✗', 'is violated'], unknown: ['?', 'could not be told'] } as const

function renderChecks(checks: readonly CheckResult[]): Markup {
  const items = checks.map(({ check, status, violations, reasons }) => {
    const [sign, text] = signs[status]
    const messages = [...violations.map(({ message }) => message), ...reasons]
    if (status === 'unknown' && messages.length === 0) messages.push(NOT_JUDGED)
    return markup`<li class="${status}"><span class="sign" role="img" aria-label="${text}">${sign}</span><div><span class="name">${check}</span> <span class="soft">${questions[check]}</span>${messageList(messages)}</div></li>
`
  })
  return markup`<section><h2>Checks</h2>
<ul class="checks">
${items}</ul></section>`
}

function messageList(messages: readonly string[]): Markup {
  if (messages.length === 0) return nothing
  const shown = messages.slice(0, MAX_MESSAGES).map(message => markup`<li>${message}</li>`)
  const list = markup`<ul class="messages">${shown}</ul>`
  if (messages.length <= MAX_OPEN_MESSAGES) return list
  const rest = messages.length > MAX_MESSAGES ? `, the first ${MAX_MESSAGES} of them` : ''
  return markup`<details><summary>${count(messages.length, 'message')}${rest}</summary>${list}</details>`
}
