/** The costs of all nodes over time on the page: one kind at a time, one node highlighted. */
import { seconds } from '../../../../judge/wording.ts'
import type { ViewState } from '../../browser/view.ts'
import type { NodeNumber, ReportData } from '../../data/report-data.ts'
import { createDrawing } from '../drawn/drawing.ts'
import { element, foldedTable } from '../drawn/elements.ts'
import { controlTime } from '../drawn/time-controls.ts'
import { tellUnderPointer } from '../drawn/tip.ts'
import type { Chart } from '../mount.ts'
import { frameOf, timeAt } from '../time/time-axis.ts'
import { COSTS_HEIGHT_PX, type CostRow, costOption, costRows, costsOf, costTold } from './cost-option.ts'
import { COST_KINDS, type CostKind, type CostPoint, costText } from './cost-series.ts'

export function costsChart(mount: HTMLElement, first: ReportData, view: ViewState): Chart {
  let data = first
  let kind: CostKind = COST_KINDS[0]
  let chosen: NodeNumber | undefined
  let points: CostPoint[][] = []
  let rows: CostRow[] = []
  // The only node that the page's filter shows, or the one that was chosen here, or the one that used most.
  const highlighted = () => {
    const [only, ...others] = view.get().nodes ?? []
    return only !== undefined && others.length === 0 ? only : (chosen ?? rows[0]?.node)
  }
  const frame = () => frameOf(data, drawing.element.clientWidth)
  const drawing = createDrawing({
    label: () => summaryOf(data, kind, rows),
    height: () => COSTS_HEIGHT_PX,
    option: ({ widthPx }, palette) => {
      const scene = { data, window: controls.current(), frame: frameOf(data, widthPx), palette }
      return costOption(scene, points, { shown: view.get().nodes, highlighted: highlighted() })
    }
  })
  const controls = controlTime({ view, box: drawing.element, what: 'the costs', endMs: () => data.endMs, frame })
  tellUnderPointer(drawing.element, xPx => {
    const atMs = timeAt(frame(), controls.current(), xPx)
    return costTold(data, points, kind, { atMs, highlighted: highlighted() })
  })
  const table = foldedTable('Costs as a table', ['Node', 'Mean', 'Most', 'Most at'])
  const kinds = select('Cost', changed => {
    kind = COST_KINDS.find(({ of }) => of === changed) ?? kind
    measure()
  })
  const nodes = select('Highlighted node', changed => {
    chosen = changed === '' ? undefined : Number(changed)
    refresh()
  })
  const choices = element('div', { className: 'chart-toolbar' }, kinds.element, nodes.element)
  const nothing = element('p', { className: 'soft' }, 'Nothing was measured.')
  mount.replaceChildren(choices, controls.toolbar, drawing.element, nothing, table.element)
  const refresh = () => {
    controls.refresh()
    drawing.redraw()
  }
  const measure = () => {
    points = costsOf(data, kind)
    rows = costRows(points)
    const hasSome = rows.length > 0
    nothing.hidden = hasSome
    drawing.element.hidden = !hasSome
    table.fill(rows.map(row => tableRow(data, kind, row)))
    refresh()
  }
  const offer = () => {
    const measured = COST_KINDS.filter(({ of }) => data.costs.some(each => each[of].atMs.length > 0))
    if (!measured.some(({ of }) => of === kind.of)) kind = measured[0] ?? kind
    kinds.offer(measured.map(({ of, title, unit }) => [of, `${title} (${unit})`]))
    nodes.offer([['', 'the one that used most'], ...data.nodes.map(({ name }, node) => [String(node), name] as const)])
    choices.hidden = measured.length === 0
    controls.toolbar.hidden = measured.length === 0
    measure()
  }
  view.subscribe(refresh)
  offer()
  return {
    update(later) {
      data = later
      offer()
    }
  }
}

/** A labelled choice, which keeps what is chosen while it is offered. */
function select(label: string, choose: (value: string) => void) {
  const list = element('select', { className: 'chart-select' })
  list.addEventListener('change', () => choose(list.value))
  let offered = ''
  return {
    element: element('label', { className: 'chart-choice' }, `${label} `, list),
    offer(options: readonly (readonly [value: string, text: string])[]) {
      const key = JSON.stringify(options)
      if (key === offered) return
      offered = key
      const { value } = list
      list.replaceChildren(...options.map(([each, text]) => element('option', { attributes: { value: each } }, text)))
      if (options.some(([each]) => each === value)) list.value = value
    }
  }
}

function summaryOf({ nodes, endMs }: ReportData, kind: CostKind, [most]: readonly CostRow[]): string {
  const greatest =
    most === undefined
      ? 'nothing was measured'
      : `most ${costText(most.most, kind)} at ${nodes[most.node]!.name}, at ${seconds(most.mostAtMs)}`
  return `${kind.title} of each node over ${seconds(endMs)}: ${greatest}`
}

function tableRow({ nodes }: ReportData, kind: CostKind, { node, mean, most, mostAtMs }: CostRow): string[] {
  return [nodes[node]!.name, costText(mean, kind), costText(most, kind), seconds(mostAtMs)]
}
