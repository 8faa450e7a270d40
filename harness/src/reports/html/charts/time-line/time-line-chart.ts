/** The time line on the page. */

import { seconds } from '../../../../judge/wording.ts'
import type { ViewState } from '../../browser/view.ts'
import type { NodeNumber, ReportData } from '../../data/report-data.ts'
import { type Chart, createDrawing } from '../drawn/drawing.ts'
import { button, elementWith, foldedTable, legendItem } from '../drawn/elements.ts'
import { controlTime } from '../drawn/time-controls.ts'
import { tellUnderPointer } from '../drawn/tip.ts'
import { frameOf, timeAt } from '../time/time-axis.ts'
import { marksOf } from './marks.ts'
import { type RowPage, rowPage } from './rows.ts'
import { rowAt, timeLineHeight, timeLineOption } from './time-line-option.ts'
import { nodeTold, timeLineSummary } from './time-line-words.ts'

/** A mark is told to the pointer within so many pixels. */
const NEAR_PX = 7

export function timeLineChart(mount: HTMLElement, first: ReportData, view: ViewState): Chart {
  let data = first
  let marks = marksOf(data)
  let page = 0
  const rows = () => rowPage(data, view.get().nodes, page)
  const frame = () => frameOf(data, drawing.element.clientWidth)
  const drawing = createDrawing({
    label: () => timeLineSummary(data, marks),
    height: () => timeLineHeight(rows().nodes.length),
    option: ({ widthPx }, palette) => {
      const scene = { data, window: controls.current(), frame: frameOf(data, widthPx), palette }
      return timeLineOption(scene, rows().nodes, marks)
    }
  })
  const controls = controlTime({
    view,
    box: drawing.element,
    what: 'the time line',
    endMs: () => data.endMs,
    frame,
    onClick: (_xPx, yPx) => chooseNode(view, rowAt(yPx, rows().nodes))
  })
  tellUnderPointer(drawing.element, (xPx, yPx) => {
    const node = rowAt(yPx, rows().nodes)
    if (node === undefined) return []
    const at = (x: number) => timeAt(frame(), controls.current(), x)
    return nodeTold(data, marks, node, at(xPx), Math.abs(at(xPx + NEAR_PX) - at(xPx)))
  })
  const pager = rowPager(by => {
    page = rows().page + by
    refresh()
  })
  const table = foldedTable('Time line as a table', ['Node', 'Ready', 'Book right since', 'Ended', 'In the end'])
  mount.replaceChildren(legend(), controls.toolbar, pager.element, drawing.element, table.element)
  const refresh = () => {
    controls.refresh()
    pager.show(rows())
    table.fill(rows().nodes.map(node => tableRow(data, node)))
    drawing.redraw()
  }
  view.subscribe(refresh)
  refresh()
  return {
    update(later) {
      data = later
      marks = marksOf(data)
      refresh()
    }
  }
}

/** The page shows only that node; a second choice shows all again. */
function chooseNode(view: ViewState, node: NodeNumber | undefined): void {
  if (node !== undefined) view.set({ nodes: view.get().nodes?.size === 1 ? undefined : new Set([node]) })
}

function legend(): HTMLElement {
  return elementWith(
    'ul',
    { className: 'legend chart-legend' },
    legendItem('starting', 'starting or leaving'),
    legendItem('ready', 'ready, its book not right'),
    legendItem('right', 'its book is right'),
    legendItem('fault', 'fault; darker where it hits'),
    legendItem('died', 'died'),
    legendItem('found', 'finding'),
    legendItem('dropped', 'dropped peers'),
    legendItem('ended', 'ended as planned')
  )
}

/** Beyond `MAX_ROWS` nodes: a page of them at a time. */
function rowPager(turn: (by: 1 | -1) => void) {
  const words = elementWith('span', { className: 'soft', attributes: { 'aria-live': 'polite' } })
  const back = button('Previous nodes', 'Previous nodes of the time line', () => turn(-1))
  const on = button('Next nodes', 'Next nodes of the time line', () => turn(1))
  const pager = elementWith('div', { className: 'chart-toolbar' }, back, on, words)
  return {
    element: pager,
    show({ nodes, page, pages, total }: RowPage) {
      pager.hidden = pages === 1
      back.disabled = page === 0
      on.disabled = page === pages - 1
      words.textContent = `${nodes.length} of ${total} nodes, page ${page + 1} of ${pages}; nodes with findings, deaths and faults come first`
    }
  }
}

function tableRow({ nodes, endMs }: ReportData, node: NodeNumber): string[] {
  const { name, status, runs } = nodes[node]!
  const last = runs.at(-1)
  const moment = (ms: number | undefined) => (ms === undefined || ms > endMs ? 'never' : seconds(ms))
  return [name, moment(last?.readyMs), moment(last?.bookFullMs), moment(last?.exitMs), status]
}
