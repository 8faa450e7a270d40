/** How the books filled over time. */
import type { History } from '../../history/history.ts'
import { convergenceOf, type Phases } from '../../judge/metrics.ts'
import { seconds } from '../../judge/wording.ts'
import { type Markup, markup } from './markup.ts'
import { axisOf } from './timeline.ts'

const WIDTH = 1_000
const HEIGHT = 200

/** More points than pixels cannot be seen. */
const MAX_POINTS = 1_000

export function renderCurve(history: History, phases: Phases): Markup {
  const curve = thinned(convergenceOf(history))
  const last = curve.at(-1)!
  const x = (ms: number) => Math.round((10 * WIDTH * Math.min(ms, phases.endMs)) / Math.max(1, phases.endMs)) / 10
  const y = (share: number) => Math.round(10 * HEIGHT * (1 - share)) / 10
  const path = curve
    .map(({ atMs, share }, i) => (i === 0 ? `M${x(atMs)} ${y(share)}` : `H${x(atMs)}V${y(share)}`))
    .join('')
  const area = `${path}V${HEIGHT}H0Z`
  const percent = `${(100 * last.share).toFixed(last.share === 1 || last.share === 0 ? 0 : 1)} %`
  const moments = [phases.readyMs, phases.booksFullMs].filter(ms => ms !== undefined)
  return markup`<section><h2>Convergence</h2>
<p class="soft">Share of the listings due at each moment, of each node by each other one, that were in the books and right. ${percent} in the end.${
    phases.readyMs === undefined
      ? ''
      : ` The dashed lines: last node ready (${seconds(phases.readyMs)})${phases.booksFullMs === undefined ? '' : `, books full to the end (${seconds(phases.booksFullMs)})`}.`
  }</p>
<div class="curve"><div class="y axis"><span>100 %</span><span>50 %</span><span>0 %</span></div>
<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none" role="img" aria-label="${`Convergence from 0 to ${percent} within ${seconds(phases.endMs)}`}">
${[0, 0.25, 0.5, 0.75, 1].map(share => markup`<line class="grid" x1="0" x2="${WIDTH}" y1="${y(share)}" y2="${y(share)}"/>`)}
${moments.map(ms => markup`<line class="moment" x1="${x(ms)}" x2="${x(ms)}" y1="0" y2="${HEIGHT}"/>`)}
<path class="area" d="${{ markup: area }}"/><path class="line" d="${{ markup: path }}"/>
</svg><span></span><div class="axis">${axisOf(phases.endMs)}</div></div></section>`
}

type Curve = ReturnType<typeof convergenceOf>

function thinned(curve: Curve): Curve {
  const step = Math.ceil(curve.length / MAX_POINTS)
  return curve.filter((_, i) => i % step === 0 || i === curve.length - 1)
}
