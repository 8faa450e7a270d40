/** All charts of a page, in the elements that it has for them. */
import type { ViewState } from '../browser/view.ts'
import type { ReportData } from '../data/report-data.ts'
import { completenessChart } from './completeness/completeness-chart.ts'
import { costsChart } from './costs/costs-chart.ts'
import { distributionsChart } from './distributions/distributions-chart.ts'
import type { Chart } from './drawn/drawing.ts'
import { overlayChart } from './overlay/overlay-chart.ts'
import { timeLineChart } from './time-line/time-line-chart.ts'

const CHARTS = {
  timeline: timeLineChart,
  completeness: completenessChart,
  overlay: overlayChart,
  distributions: distributionsChart,
  costs: costsChart
} as const satisfies Record<string, (mount: HTMLElement, data: ReportData, view: ViewState) => Chart>

export type ChartName = keyof typeof CHARTS

/**
 * What has no element in this page is left out. Charts follow the view (filter of nodes, zoom, moment of the overlay) and
 * change it; they live as long as their page.
 *
 * @param mountOf - the empty element that a chart is drawn in
 */
export function mountCharts(
  mountOf: (chart: ChartName) => HTMLElement | undefined,
  data: ReportData,
  view: ViewState
): Chart {
  const charts = Object.entries(CHARTS).flatMap(([name, create]) => {
    const mount = mountOf(name as ChartName)
    return mount === undefined ? [] : [create(mount, data, view)]
  })
  return {
    update(later) {
      for (const chart of charts) chart.update(later)
    }
  }
}
