/** The costs of all nodes over time on the page: one kind at a time, one node highlighted. */
import { seconds } from '../../../../judge/wording.ts'
import type { ViewState } from '../../browser/view.ts'
import type { NodeNumber, ReportData } from '../../data/report-data.ts'
import { type Chart, createDrawing } from '../drawn/drawing.ts'
import { elementWith, foldedTable } from '../drawn/elements.ts'
import { controlTime } from '../drawn/time-controls.ts'
import { tellUnderPointer } from '../drawn/tip.ts'
import { frameOf, timeAt } from '../time/time-axis.ts'
import { COSTS_HEIGHT_PX, type CostRow, costOption, costRows, costsOf, costTold } from './cost-option.ts'
import { COST_KINDS, type CostKind, costText } from './cost-series.ts'

export function costsChart(mount: HTMLElement, first: ReportData, view: ViewState): Chart {
  let data = first
  const choices = costChoices(() => measure())
  let measured = measuredOf(data, choices.kind())
  const highlighted = () => highlightedIn(view, choices.node() ?? measured.rows[0]?.node)
  const frame = () => frameOf(data, drawing.element.clientWidth)
  const drawing = createDrawing({
    label: () => summaryOf(data, measured),
    height: () => COSTS_HEIGHT_PX,
    option: ({ widthPx }, palette) => {
      const scene = { data, window: controls.current(), frame: frameOf(data, widthPx), palette }
      return costOption(scene, measured.points, { shown: view.get().nodes, highlighted: highlighted() })
    }
  })
  const controls = controlTime({ view, box: drawing.element, what: 'the costs', endMs: () => data.endMs, frame })
  tellUnderPointer(drawing.element, xPx => {
    const atMs = timeAt(frame(), controls.current(), xPx)
    return costTold(data, measured.points, measured.kind, { atMs, highlighted: highlighted() })
  })
  const words = elementWith('p', { className: 'chart-told' })
  const table = foldedTable('Costs as a table', ['Node', 'Mean', 'Most', 'Most at'])
  mount.replaceChildren(choices.element, controls.toolbar, drawing.element, words, table.element)
  const refresh = () => {
    const own = measured.rows.find(({ node }) => node === highlighted())
    words.textContent = own === undefined ? 'Nothing was measured.' : `Thick line: ${rowTold(data, measured.kind, own)}`
    controls.refresh()
    drawing.redraw()
  }
  const measure = () => {
    choices.offer(data)
    measured = measuredOf(data, choices.kind())
    table.fill(measured.rows.map(row => tableRow(data, measured.kind, row)))
    refresh()
  }
  view.subscribe(refresh)
  measure()
  return {
    update(later) {
      data = later
      measure()
    }
  }
}

function measuredOf(data: ReportData, kind: CostKind) {
  const points = costsOf(data, kind)
  return { kind, points, rows: costRows(points) }
}

/** The only node that the page's filter shows comes before the one that was chosen here. */
function highlightedIn(view: ViewState, chosen: NodeNumber | undefined): NodeNumber | undefined {
  const [only, ...others] = view.get().nodes ?? []
  return only !== undefined && others.length === 0 ? only : chosen
}

/** What is shown, and of whom; `undefined` as a node is the one that used most. */
function costChoices(changed: () => void) {
  const kinds = select('Cost', changed)
  const nodes = select('Highlighted node', changed)
  const choices = elementWith('div', { className: 'chart-toolbar' }, kinds.element, nodes.element)
  return {
    element: choices,
    kind: (): CostKind => COST_KINDS.find(({ of }) => of === kinds.value()) ?? COST_KINDS[0],
    node: (): NodeNumber | undefined => (nodes.value() === '' ? undefined : Number(nodes.value())),
    /** Kinds that nobody measured are left out. */
    offer({ costs, nodes: all }: ReportData) {
      const measured = COST_KINDS.filter(({ of }) => costs.some(each => each[of].atMs.length > 0))
      kinds.offer(measured.map(({ of, title, unit }) => [of, `${title} (${unit})`]))
      nodes.offer([['', 'the one that used most'], ...all.map(({ name }, node) => [String(node), name] as const)])
      choices.hidden = measured.length === 0
    }
  }
}

/** A labelled choice, which keeps what is chosen while it is offered. */
function select(label: string, changed: () => void) {
  const list = elementWith('select', { className: 'chart-select' })
  list.addEventListener('change', changed)
  let offered = ''
  return {
    element: elementWith('label', { className: 'chart-choice' }, `${label} `, list),
    value: () => list.value,
    offer(options: readonly (readonly [value: string, text: string])[]) {
      const key = JSON.stringify(options)
      if (key === offered) return
      offered = key
      const { value } = list
      list.replaceChildren(
        ...options.map(([each, text]) => elementWith('option', { attributes: { value: each } }, text))
      )
      if (options.some(([each]) => each === value)) list.value = value
    }
  }
}

function summaryOf(data: ReportData, { kind, rows: [most] }: ReturnType<typeof measuredOf>): string {
  const greatest = most === undefined ? 'nothing was measured' : `most used by ${rowTold(data, kind, most)}`
  return `${kind.title} of each node over ${seconds(data.endMs)}: ${greatest}`
}

function rowTold({ nodes }: ReportData, kind: CostKind, { node, mean, most, mostAtMs }: CostRow): string {
  return `${nodes[node]!.name}, mean ${costText(mean, kind)}, most ${costText(most, kind)} at ${seconds(mostAtMs)}`
}

function tableRow({ nodes }: ReportData, kind: CostKind, { node, mean, most, mostAtMs }: CostRow): string[] {
  return [nodes[node]!.name, costText(mean, kind), costText(most, kind), seconds(mostAtMs)]
}
