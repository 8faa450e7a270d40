/** Completeness on the page. */
import { seconds } from '../../../../judge/wording.ts'
import type { ViewState } from '../../browser/view.ts'
import type { PhaseFacts, ReportData } from '../../data/report-data.ts'
import { type Chart, createDrawing } from '../drawn/drawing.ts'
import { foldedTable } from '../drawn/elements.ts'
import { controlTime } from '../drawn/time-controls.ts'
import { tellUnderPointer } from '../drawn/tip.ts'
import { frameOf, timeAt } from '../time/time-axis.ts'
import {
  COMPLETENESS_HEIGHT_PX,
  completenessOption,
  completenessTold,
  type Milestone,
  percentText,
  shareAt
} from './completeness-option.ts'

const PERCENTS = [50, 99, 100] as const

export function completenessChart(mount: HTMLElement, first: ReportData, view: ViewState): Chart {
  let data = first
  const frame = () => frameOf(data, drawing.element.clientWidth)
  const drawing = createDrawing({
    label: () => summaryOf(data),
    height: () => COMPLETENESS_HEIGHT_PX,
    option: ({ widthPx }, palette) => {
      const scene = { data, window: controls.current(), frame: frameOf(data, widthPx), palette }
      return completenessOption(scene, milestonesOf(data))
    }
  })
  const controls = controlTime({
    view,
    box: drawing.element,
    what: 'completeness',
    endMs: () => data.endMs,
    frame
  })
  tellUnderPointer(drawing.element, xPx => completenessTold(data, timeAt(frame(), controls.current(), xPx)))
  const table = foldedTable('50, 99 and 100 % of each phase', [
    'Phase',
    'From',
    '50 % after',
    '99 % after',
    '100 % after',
    'Bound'
  ])
  table.element.open = true
  mount.replaceChildren(controls.toolbar, drawing.element, table.element)
  const refresh = () => {
    controls.refresh()
    drawing.redraw()
  }
  const fillTable = () => table.fill(data.phases.filter(({ reached }) => reached !== undefined).map(phaseRow))
  view.subscribe(refresh)
  fillTable()
  refresh()
  return {
    update(later) {
      data = later
      fillTable()
      refresh()
    }
  }
}

/** Those of the phase in which the nodes found each other. */
function milestonesOf({ phases }: ReportData): Milestone[] {
  const reached = phases.find(({ name }) => name === 'full')?.reached
  return PERCENTS.flatMap(percent => {
    const atMs = reached?.[percent]
    return atMs === undefined ? [] : [{ percent, atMs }]
  })
}

function phaseRow({ name, fault, fromMs, reached = {}, boundMs }: PhaseFacts): string[] {
  const after = PERCENTS.map(percent => {
    const atMs = reached[percent]
    return atMs === undefined ? 'never' : seconds(atMs - fromMs)
  })
  const title = fault === undefined ? name : `${name} ${fault}`
  return [title, seconds(fromMs), ...after, boundMs === undefined ? 'none' : seconds(boundMs)]
}

function summaryOf(data: ReportData): string {
  const { completeness, endMs } = data
  const told = milestonesOf(data).map(({ percent, atMs }) => `${percent} % at ${seconds(atMs)}`)
  return [
    `Completeness over ${seconds(endMs)}`,
    ...told,
    `${percentText(shareAt(completeness, endMs))} in the end`
  ].join(', ')
}
