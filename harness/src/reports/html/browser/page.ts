/** Brings a page to life: each component is given its element, the data, and the one state of what is looked at. */
import { mountCharts } from '../charts/mount.ts'
import type { ReportData } from '../data/report-data.ts'
import { mountCopyButtons } from './copy.ts'
import { byId } from './dom.ts'
import { mountFilters } from './filters.ts'
import { mountGrid } from './pairs/grid.ts'
import { type Component, createViewState, type ViewState } from './view.ts'

export interface Page extends Component {
  readonly view: ViewState
}

/** What has no element in this page is left out. */
export function startPage(first: ReportData): Page {
  const view = createViewState()
  let data = first
  document.documentElement.classList.add('scripted')
  mountFilters(() => data, view)
  mountCopyButtons()
  mountPrinting()
  const charts = mountCharts(name => byId(`${name}-chart`, HTMLElement), first, view)
  const components = [mountGrid(first, view), charts].filter(component => component !== undefined)
  performance.mark('interactive')
  return {
    view,
    update(later) {
      data = later
      for (const component of components) component.update(later)
    }
  }
}

/** What is folded on the screen is open on paper. */
function mountPrinting(): void {
  let opened: HTMLDetailsElement[] = []
  addEventListener('beforeprint', () => {
    opened = [...document.querySelectorAll('details')].filter(details => !details.open)
    for (const details of opened) details.open = true
  })
  addEventListener('afterprint', () => {
    for (const details of opened) details.open = false
    opened = []
  })
}
