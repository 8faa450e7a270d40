/** The script of sweep.html: draws the figures that the page carries, each with a key of its lines. */
import type { FigureChart, SweepPageData } from '../../../sweep/shown/page-data.ts'
import { createDrawing } from '../charts/drawn/drawing.ts'
import { elementWith } from '../charts/drawn/elements.ts'
import { GROWTH_HEIGHT_PX, growthOption, growthTold } from '../charts/growth/growth-option.ts'

const KEYS = ['●', '■', '▲', '◆']

const data = JSON.parse(document.getElementById('data')?.textContent ?? '{"charts":[]}') as SweepPageData
for (const chart of data.charts) mount(chart)

function mount(chart: FigureChart): void {
  const place = document.getElementById(`${chart.name}-chart`)
  if (place === null) return
  const drawing = createDrawing({
    label: () => growthTold(chart),
    height: () => GROWTH_HEIGHT_PX,
    option: (_, palette) => growthOption(chart, palette)
  })
  place.replaceChildren(drawing.element, keyOf(chart))
}

/** The signs of the lines in the order in which they are drawn. */
function keyOf({ lines }: FigureChart): HTMLElement {
  const items = lines.map(({ label }, index) => elementWith('li', {}, `${KEYS[index % KEYS.length]} ${label}`))
  return elementWith('ul', { className: 'chart-legend' }, ...items)
}
