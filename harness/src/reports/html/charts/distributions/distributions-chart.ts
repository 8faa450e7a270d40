/** The distributions on the page, one beside the other. */

import { count, duration } from '../../../../judge/wording.ts'
import type { Delays, ReportData } from '../../data/report-data.ts'
import { type Chart, createDrawing } from '../drawn/drawing.ts'
import { elementWith } from '../drawn/elements.ts'
import { tellUnderPointer } from '../drawn/tip.ts'
import { DELAY_WORDS, DISTRIBUTION_HEIGHT_PX, distributionOption, distributionTold } from './distribution-option.ts'
import { type Histogram, histogramOf } from './histogram.ts'

const KINDS = ['visibility', 'detection', 'healing'] as const

/** Pixels of `distributionOption` beside its bars. */
const LEFT_PX = 46
const RIGHT_PX = 16

export function distributionsChart(mount: HTMLElement, first: ReportData): Chart {
  const parts = KINDS.map(kind => distributionPart(kind))
  const nothing = elementWith('p', { className: 'soft' }, 'No pair was timed.')
  mount.replaceChildren(elementWith('div', { className: 'chart-parts' }, ...parts.map(part => part.element)), nothing)
  const update = (data: ReportData) => {
    for (const part of parts) part.update(data)
    nothing.hidden = data.delays.some(({ tookMs }) => tookMs.length > 0)
  }
  update(first)
  return { update }
}

/** Hidden where nothing was measured. */
function distributionPart(of: Delays['of']) {
  const { title, about } = DELAY_WORDS[of]
  let histogram: Histogram | undefined
  const told = () => (histogram === undefined ? '' : distributionTold(histogram))
  const drawing = createDrawing({
    label: () => `${title}, ${about}. ${told()}`,
    height: () => DISTRIBUTION_HEIGHT_PX,
    option: (_size, palette) => (histogram === undefined ? {} : distributionOption(histogram, palette))
  })
  tellUnderPointer(drawing.element, xPx => (histogram === undefined ? [] : binTold(histogram, drawing.element, xPx)))
  const words = elementWith('p', { className: 'chart-told' })
  const heading = elementWith('h3', {}, title)
  const part = elementWith(
    'div',
    { className: 'chart-part' },
    heading,
    drawing.element,
    words,
    elementWith('p', { className: 'soft' }, about)
  )
  return {
    element: part,
    update({ delays }: ReportData) {
      histogram = histogramOf(delays.find(each => each.of === of)?.tookMs ?? [])
      part.hidden = histogram === undefined
      words.textContent = told()
      drawing.redraw()
    }
  }
}

function binTold({ stepMs, counts }: Histogram, box: HTMLElement, xPx: number): string[] {
  const share = (xPx - LEFT_PX) / Math.max(1, box.clientWidth - LEFT_PX - RIGHT_PX)
  const bin = Math.floor(share * counts.length)
  const amount = counts[bin]
  return amount === undefined
    ? []
    : [`${duration(bin * stepMs)} to ${duration((bin + 1) * stepMs)}: ${count(amount, 'pair')}`]
}
