/** Brings a page to life: each component is given its element, the data, and the one state of what is looked at. */
import type { ReportData } from '../data/report-data.ts'
import { createViewState, type ViewState } from './view.ts'

/** A part of the page that can be given the data of a later moment. */
export interface Component {
  update(data: ReportData): void
}

export interface Page extends Component {
  readonly view: ViewState
}

/** Whatever has no element in this page is left out. */
export function startPage(data: ReportData): Page {
  const view = createViewState()
  const components: Component[] = []
  document.documentElement.dataset.script = 'runs'
  void data
  return {
    view,
    update(data) {
      for (const component of components) component.update(data)
    }
  }
}
