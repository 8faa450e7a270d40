/** The form by which the reader narrows the page, and what it does to the lists and tables that Node wrote. */
import type { RuleId } from '../../../judge/rules.ts'
import type { NodeNumber, ReportData } from '../data/report-data.ts'
import { byId } from './dom.ts'
import type { View, ViewState } from './view.ts'

export function mountFilters(data: () => ReportData, view: ViewState): void {
  const form = byId('filter', HTMLFormElement)
  if (form === undefined) return
  form.addEventListener('submit', event => event.preventDefault())
  form.addEventListener('change', () => view.set(chosen(data())))
  form.addEventListener('reset', () => {
    view.set({ nodes: undefined, rule: undefined, window: undefined, pair: undefined })
  })
  let shown: View = {}
  view.subscribe(() => {
    const { nodes, rule } = view.get()
    if (nodes === shown.nodes && rule === shown.rule) return
    shown = view.get()
    filterLists(shown)
    tell(data(), shown)
  })
}

/** A node outweighs a group: it is the narrower of the two. */
function chosen({ nodes }: ReportData): Pick<View, 'nodes' | 'rule'> {
  const [node, group, rule] = ['filter-node', 'filter-group', 'filter-rule'].map(
    id => byId(id, HTMLSelectElement)?.value ?? ''
  ) as [string, string, string]
  const members = nodes.flatMap((each, i) => (each.group === Number(group) ? [i] : []))
  return {
    nodes: node !== '' ? new Set([Number(node)]) : group !== '' ? new Set(members) : undefined,
    rule: rule === '' ? undefined : (rule as RuleId)
  }
}

/** Elements say by `data-nodes` and `data-rule` what they are about; those that say nothing stay. What is folded is unfolded. */
export function filterLists({ nodes, rule }: View, root: ParentNode = document): void {
  for (const element of root.querySelectorAll<HTMLElement>('[data-nodes], [data-rule]')) {
    const { nodes: about, rule: of } = element.dataset
    const isOfNodes = nodes === undefined || about === undefined || numbersIn(about).some(node => nodes.has(node))
    const isOfRule = rule === undefined || of === undefined || of === rule
    element.hidden = !(isOfNodes && isOfRule)
  }
  const isFiltered = nodes !== undefined || rule !== undefined
  for (const details of root.querySelectorAll<HTMLDetailsElement>('details.fold')) details.open = isFiltered
}

function numbersIn(text: string): NodeNumber[] {
  return text.split(' ').map(Number)
}

function tell({ nodes: all }: ReportData, { nodes, rule }: View): void {
  const output = byId('filter-shown', HTMLOutputElement)
  if (output === undefined) return
  const parts = [
    ...(nodes === undefined ? [] : [`${nodes.size} of ${all.length} nodes`]),
    ...(rule === undefined ? [] : [`rule ${rule}`])
  ]
  output.textContent = parts.length === 0 ? '' : `Shown: ${parts.join(', ')}`
}
