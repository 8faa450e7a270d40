/** The script of comparison.html: draws the figures that the page carries, each with a key of its numbers of nodes. */
import type { ComparedChart, ComparisonPageData } from '../../../comparison/shown/page-data.ts'
import { COMPARED_SIGNS, comparedHeightPx, comparedOption, comparedTold } from '../charts/compared/compared-option.ts'
import { createDrawing } from '../charts/drawn/drawing.ts'
import { elementWith } from '../charts/drawn/elements.ts'

const data = JSON.parse(document.getElementById('data')?.textContent ?? '{"charts":[]}') as ComparisonPageData
for (const chart of data.charts) mount(chart)

function mount(chart: ComparedChart): void {
  const place = document.getElementById(`${chart.name}-chart`)
  if (place === null) return
  const drawing = createDrawing({
    label: () => comparedTold(chart),
    height: () => comparedHeightPx(chart),
    option: ({ widthPx }, palette) => comparedOption(chart, widthPx, palette)
  })
  place.replaceChildren(drawing.element, keyOf(chart))
}

/** The signs of the numbers of nodes, and of what was waited for in vain. */
function keyOf({ sizes, limitMs, unit }: ComparedChart): HTMLElement {
  const items = sizes.map(({ nodes }, index) => {
    return elementWith('li', {}, `${COMPARED_SIGNS[index % COMPARED_SIGNS.length]!.text} ${nodes} nodes`)
  })
  const hasNever = unit === 'ms' && sizes.some(({ points }) => points.some(({ median }) => median === null))
  const never = hasNever ? [elementWith('li', {}, `at the right edge: not in ${limitMs / 1_000} s`)] : []
  return elementWith('ul', { className: 'chart-legend' }, ...items, ...never)
}
