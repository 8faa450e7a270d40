/** Brings a page to life: each component is given its element, the data, and the one state of what is looked at. */
import { mountCharts } from '../charts/mount.ts'
import type { ReportData } from '../data/report-data.ts'
import { mountCopyButtons } from './copy.ts'
import { byId } from './dom.ts'
import { mountFilters } from './filters.ts'
import { mountGrid } from './pairs/grid.ts'
import { mountPrinting } from './print.ts'
import { createViewState, type ViewState } from './view.ts'

/** A part of the page that can be given the data of a later moment. */
export interface Component {
  update(data: ReportData): void
}

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
