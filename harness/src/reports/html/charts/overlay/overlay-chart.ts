/** The overlay on the page, at the moment that its slider says. */
import { seconds } from '../../../../judge/wording.ts'
import type { ViewState } from '../../browser/view.ts'
import type { NodeNumber, ReportData } from '../../data/report-data.ts'
import { type Chart, createDrawing, type DrawingSize } from '../drawn/drawing.ts'
import { button, elementWith, foldedTable, legendItem } from '../drawn/elements.ts'
import { tellUnderPointer } from '../drawn/tip.ts'
import { STATE_WORDS } from '../time-line/time-line-words.ts'
import { linkSpansOf } from './link-spans.ts'
import { type OverlayMoment, overlayAt, overlayMoments, overlayTold } from './overlay-moment.ts'
import { overlayOption } from './overlay-option.ts'
import { placesOf } from './places.ts'

const NEAR_PX = 16
const SLIDER_STEPS = 1_000

export function overlayChart(mount: HTMLElement, first: ReportData, view: ViewState): Chart {
  let known = knownOf(first)
  const moment = () => {
    const { data, spans } = known
    return overlayAt(data, spans, Math.min(view.get().atMs ?? data.endMs, data.endMs))
  }
  const told = () => overlayTold(moment(), known.tellsLinks)
  const drawing = createDrawing({
    label: () => `Overlay at ${told()}`,
    height: widthPx => Math.round(Math.min(520, Math.max(440, widthPx * 0.45))),
    option: (size, palette) =>
      overlayOption({ data: known.data, moment: moment(), shown: view.get().nodes, ...size, palette })
  })
  const nodeUnder = (xPx: number, yPx: number) => nearestNode(moment(), sizeOf(drawing.element), xPx, yPx)
  tellUnderPointer(drawing.element, (xPx, yPx) => {
    const node = nodeUnder(xPx, yPx)
    return node === undefined ? [] : nodeWords(known.data, moment(), node)
  })
  const slider = momentSlider(view, () => ({ endMs: known.data.endMs, moments: known.moments }))
  const words = elementWith('p', { className: 'chart-told', attributes: { 'aria-live': 'polite' } })
  const table = foldedTable('Links at this moment as a table', ['Node', 'State', 'Connected to'])
  mount.replaceChildren(legend(), slider.element, words, drawing.element, table.element)
  const refresh = () => {
    slider.refresh()
    words.textContent = told()
    if (table.element.open) table.fill(linkRows(known.data, moment()))
    drawing.redraw()
  }
  table.element.addEventListener('toggle', refresh)
  view.subscribe(refresh)
  refresh()
  return {
    update(later) {
      known = knownOf(later)
      refresh()
    }
  }
}

function knownOf(data: ReportData) {
  const spans = linkSpansOf(data.links)
  return { data, spans, moments: overlayMoments(data, spans), tellsLinks: data.links.atMs.length > 0 }
}

function legend(): HTMLElement {
  return elementWith(
    'ul',
    { className: 'legend chart-legend' },
    legendItem('ready', 'ready, its book not right'),
    legendItem('right', 'its book is right'),
    legendItem('starting', 'starting or leaving'),
    legendItem('dead', 'died'),
    legendItem('ended', 'ended, or not started'),
    legendItem('hit', 'hit by a fault'),
    legendItem('cut', 'link across a split')
  )
}

/** Arrow keys move the slider by a step; the buttons go from change to change. */
function momentSlider(view: ViewState, run: () => { endMs: number; moments: readonly number[] }) {
  const attributes = {
    type: 'range',
    min: '0',
    max: String(SLIDER_STEPS),
    step: '1',
    'aria-label': 'Moment of the overlay'
  }
  const slider = elementWith('input', { className: 'chart-slider', attributes })
  const current = () => Math.min(view.get().atMs ?? run().endMs, run().endMs)
  const show = (atMs: number) => view.set({ atMs: atMs >= run().endMs ? undefined : atMs })
  slider.addEventListener('input', () => show((Number(slider.value) / SLIDER_STEPS) * run().endMs))
  const step = (ms: number | undefined) => {
    if (ms !== undefined) show(ms)
  }
  const before = button('◂', 'Change before', () => step(run().moments.findLast(ms => ms < current())))
  const after = button('▸', 'Change after', () => step(run().moments.find(ms => ms > current())))
  return {
    element: elementWith('div', { className: 'chart-toolbar' }, before, slider, after),
    refresh: () => {
      slider.value = String(Math.round((current() / Math.max(1, run().endMs)) * SLIDER_STEPS))
      slider.setAttribute('aria-valuetext', seconds(current()))
    }
  }
}

function sizeOf({ clientWidth, clientHeight }: HTMLElement): DrawingSize {
  return { widthPx: clientWidth, heightPx: clientHeight }
}

function nearestNode({ sides }: OverlayMoment, size: DrawingSize, xPx: number, yPx: number): NodeNumber | undefined {
  const near = [...placesOf(sides, size)]
    .map(([node, { x, y }]) => ({ node, distance: Math.hypot(x - xPx, y - yPx) }))
    .filter(({ distance }) => distance <= NEAR_PX)
  return near.toSorted((a, b) => a.distance - b.distance)[0]?.node
}

function nodeWords(data: ReportData, moment: OverlayMoment, node: NodeNumber): string[] {
  const [name = '', state = '', linked = ''] = linkRow(data, moment, node)
  const faults = moment.faults
    .filter(({ nodes }) => nodes.includes(node))
    .map(({ title }) => `Fault in force: ${title}`)
  return [`${name}: ${state}`, `connected to ${linked}`, ...faults.slice(0, 3)]
}

function linkRows(data: ReportData, moment: OverlayMoment): string[][] {
  return data.nodes.map((_, node) => linkRow(data, moment, node))
}

function linkRow({ nodes }: ReportData, { states, links }: OverlayMoment, node: NodeNumber): string[] {
  const others = links.flatMap(({ a, b }) => (a === node ? [b] : b === node ? [a] : []))
  const names = others.map(other => nodes[other]!.name).join(', ')
  return [nodes[node]!.name, STATE_WORDS[states[node]!], names === '' ? 'nobody' : names]
}
