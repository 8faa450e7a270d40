/** The first screen of a run that goes on: its phase, how far it is, what is wrong, and what happened last. */
import type { Finding } from '../../../../judge/judgement.ts'
import { amountText, count, duration } from '../../../../judge/wording.ts'
import { printable } from '../../../../printable.ts'
import type { NotedHappening } from '../../../live/happenings.ts'
import { livePhase } from '../../../live/phase.ts'
import { type RunSoFar, type Share, sharesOf, speedText, tenths } from '../../../live/run-so-far.ts'
import { sharingClause } from '../../../words/sharing.ts'
import { type Markup, markup, nothing } from '../../markup.ts'

/** More are counted. */
const MAX_FINDINGS = 10
const MAX_HAPPENINGS = 12

export function renderLive(run: RunSoFar): Markup {
  const { network, happenings, nowMs, speed } = run
  const { started, nodes } = network
  const { name, text, fromMs, boundMs } = livePhase(network)
  const bound = boundMs === undefined ? '' : `, at most ${duration(boundMs)}`
  const since = fromMs === undefined ? '' : ` (${tenths(Math.max(0, nowMs - fromMs))} so far${bound})`
  const how = speed === undefined ? '' : `, simulated at ${speedText(speed)}`
  const amount = count(started?.plan?.nodes.length ?? nodes.size, 'node')
  return markup`<h1><span class="badge running">RUNNING</span> ${printable(started?.scenario ?? 'the run', 64)}</h1>
<p class="soft">${amount}${sharingClause(network)}${how}</p>
<p class="phase ${name}"><strong>${text}</strong>${since}</p>
<dl class="bars">${renderTime(run)}${sharesOf(network).map(renderShare)}</dl>
${renderFindings(happenings.findings(network))}
${renderHappenings(happenings.latest)}`
}

function renderTime({ network, nowMs }: RunSoFar): Markup {
  const deadlineMs = network.started?.deadlineMs ?? 0
  return renderBar('time', { done: nowMs, of: deadlineMs, text: `${tenths(nowMs)} of ${tenths(deadlineMs)}` })
}

function renderShare({ label, done, of }: Share): Markup {
  return renderBar(label, { done, of, text: `${amountText(done)} of ${amountText(of)}` })
}

function renderBar(label: string, { done, of, text }: { done: number; of: number; text: string }): Markup {
  const max = Math.max(1, Math.round(of))
  const value = Math.min(max, Math.max(0, Math.round(done)))
  return markup`<div><dt>${label}</dt><dd><progress aria-label="${label}" max="${max}" value="${value}"></progress> ${text}</dd></div>
`
}

function renderFindings(findings: readonly Finding[]): Markup {
  if (findings.length === 0) return nothing
  const more = findings.length - MAX_FINDINGS
  return markup`<div class="cause"><p><strong>Broken for good</strong></p><ul class="messages">${findings
    .slice(0, MAX_FINDINGS)
    .map(
      ({ message }) => markup`<li>${message}</li>`
    )}${more > 0 ? markup`<li>and ${count(more, 'more finding')}</li>` : nothing}</ul></div>`
}

function renderHappenings(happenings: readonly NotedHappening[]): Markup {
  if (happenings.length === 0) return nothing
  const rows = happenings
    .slice(-MAX_HAPPENINGS)
    .reverse()
    .map(
      ({ atMs, kind, text }) => markup`<li class="${kind}"><span class="time">${tenths(atMs)}</span> ${text}</li>
`
    )
  return markup`<h2 class="small">What happened last</h2>
<ol class="happenings">${rows}</ol>`
}
