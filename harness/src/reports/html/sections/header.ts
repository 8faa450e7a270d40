/** The first screen: verdict, cause with its evidence, and what to do next. */
import type { Network } from '../../../history/observed.ts'
import type { Metrics } from '../../../judge/metrics.ts'
import { duration, seconds } from '../../../judge/wording.ts'
import { headline } from '../../headline.ts'
import type { Judged } from '../../judged.ts'
import { type Markup, markup } from '../markup.ts'

export function renderHeader(judged: Judged, { phases, joinVisibilityMs }: Metrics): Markup {
  const { network, judgement } = judged
  const { outcome } = judgement
  const { started } = network
  const moment = (ms: number | undefined) => (ms === undefined ? 'never' : seconds(ms))
  const visibility = joinVisibilityMs === undefined ? [] : [figure('Visible in, p95', duration(joinVisibilityMs.p95))]
  return markup`<header class="verdict ${outcome}">
<h1><span class="badge ${outcome}">${outcome.toUpperCase()}</span>${headline(judged)}</h1>
<p class="soft">Scenario ${started?.scenario ?? 'unknown'}, ${network.nodes.size} nodes, started ${started?.startedAt.replace('T', ' ') ?? 'at an unknown time'}, ${endText(network)}.
To repeat it: <code>${started?.command ?? ''}</code></p>
<dl class="figures">
${[
  ...(started?.digest === undefined
    ? [figure('Start', moment(phases.readyMs)), figure('First contact', moment(phases.firstContactMs))]
    : []),
  figure('Books full', moment(phases.firstFullMs)),
  ...(phases.firstFullMs === phases.booksFullMs ? [] : [figure('Right again', moment(phases.booksFullMs))]),
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
