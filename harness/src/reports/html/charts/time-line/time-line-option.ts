/** The time line as a drawing: a row a node. */
import type { CustomSeriesRenderItemAPI, CustomSeriesRenderItemParams, CustomSeriesRenderItemReturn } from 'echarts'
import type { EChartsCoreOption } from 'echarts/core'
import type { NodeNumber } from '../../data/report-data.ts'
import type { Palette } from '../palette.ts'
import { faultAreas, type TimeScene, timeAxis } from '../time/time-axis.ts'
import { heapsIn, type MarkHeap, type MarkKind, type NodeMark } from './marks.ts'
import { barsOf, type RowBar, type RowState } from './rows.ts'

export const ROW_PX = 20
export const TOP_PX = 24
export const BOTTOM_PX = 26

/** Two marks of a kind need so much room to be told apart. */
const MARK_PX = 5

export function timeLineHeight(rows: number): number {
  return TOP_PX + Math.max(1, rows) * ROW_PX + BOTTOM_PX
}

/** The row at that height; undefined above and below. */
export function rowAt(yPx: number, rows: readonly NodeNumber[]): NodeNumber | undefined {
  return rows[Math.floor((yPx - TOP_PX) / ROW_PX)]
}

/** @param marks - of `marksOf`; those of other rows, or beyond the window, are passed over */
export function timeLineOption(
  scene: TimeScene,
  rows: readonly NodeNumber[],
  marks: readonly NodeMark[]
): EChartsCoreOption {
  const { data, window, frame, palette } = scene
  const bars = barsOf(data, rows).filter(({ fromMs, toMs }) => fromMs < window.toMs && toMs > window.fromMs)
  const hits = hitsOf(scene, rows)
  const stretches = Math.max(1, Math.floor((frame.widthPx - frame.leftPx - frame.rightPx) / MARK_PX))
  const heaps = heapsIn(marks, rows, window, stretches)
  return {
    animation: false,
    grid: { left: frame.leftPx, right: frame.rightPx, top: TOP_PX, bottom: BOTTOM_PX },
    xAxis: timeAxis(scene),
    yAxis: {
      type: 'category',
      inverse: true,
      data: rows.map(node => data.nodes[node]!.name),
      axisLabel: { color: palette.text, interval: 0, fontSize: 12, width: frame.leftPx - 12, overflow: 'truncate' },
      axisTick: { show: false },
      axisLine: { lineStyle: { color: palette.line } },
      splitLine: {
        show: rows.length > 12,
        interval: (row: number) => row % 5 === 0,
        lineStyle: { color: palette.line }
      }
    },
    series: [
      custom('faults', hits, (hit, api) => rectangle(api, hit, 1, palette.fault, 0.3), faultAreas(data.faults, scene)),
      custom('states', bars, (bar, api) => rectangle(api, bar, 0.56, colourOf(bar.state, palette))),
      custom('marks', heaps, (heap, api) => symbolOf(heap, api, palette))
    ]
  }
}

export function colourOf(state: RowState, palette: Palette): string {
  return { starting: palette.wait, ready: palette.search, right: palette.full, leaving: palette.wait }[state]
}

/** The rows that faults hit, while they do. */
function hitsOf({ data, window }: TimeScene, rows: readonly NodeNumber[]): Omit<RowBar, 'state'>[] {
  const rowOf = new Map(rows.map((node, row) => [node, row]))
  return data.faults
    .filter(({ fromMs, toMs }) => fromMs <= window.toMs && toMs >= window.fromMs)
    .flatMap(({ nodes, fromMs, toMs }) =>
      nodes.flatMap(node => {
        const row = rowOf.get(node)
        return row === undefined ? [] : [{ row, fromMs, toMs }]
      })
    )
}

function custom<Item>(
  name: string,
  items: readonly Item[],
  draw: (item: Item, api: CustomSeriesRenderItemAPI) => CustomSeriesRenderItemReturn,
  markArea?: object
) {
  return {
    name,
    type: 'custom',
    silent: true,
    // Marks are within the window, and one at its border is shown as a whole.
    clip: name !== 'marks',
    // What is drawn is known by its place: values would be copied for each of them.
    data: items.map(() => 0),
    renderItem: ({ dataIndex }: CustomSeriesRenderItemParams, api: CustomSeriesRenderItemAPI) =>
      draw(items[dataIndex]!, api),
    ...(markArea !== undefined && { markArea })
  }
}

function rectangle(
  api: CustomSeriesRenderItemAPI,
  { row, fromMs, toMs }: Omit<RowBar, 'state'>,
  share: number,
  fill: string,
  opacity = 1
): CustomSeriesRenderItemReturn {
  const [x, y] = placeOf(api, fromMs, row)
  const [endX] = placeOf(api, toMs, row)
  const height = ROW_PX * share
  return {
    type: 'rect',
    shape: { x, y: y - height / 2, width: Math.max(1.5, endX - x), height },
    style: { fill, opacity }
  }
}

function placeOf(api: CustomSeriesRenderItemAPI, atMs: number, row: number): [x: number, y: number] {
  const [x = 0, y = 0] = api.coord([atMs, row])
  return [x, y]
}

/** A cross: died. A diamond: a finding. A ring: ended as planned. A stroke below the bar: dropped peers, taller for many. */
function symbolOf(heap: MarkHeap, api: CustomSeriesRenderItemAPI, palette: Palette): CustomSeriesRenderItemReturn {
  const [x, y] = placeOf(api, heap.fromMs, heap.row)
  return SYMBOLS[heap.kind](x, y, heap.count, palette)
}

type DrawSymbol = (x: number, y: number, count: number, palette: Palette) => CustomSeriesRenderItemReturn

const SYMBOLS: Readonly<Record<MarkKind, DrawSymbol>> = {
  dropped: (x, y, count, { text }) => {
    const height = Math.min(ROW_PX - 4, 6 + 2 * Math.log2(count))
    return {
      type: 'rect',
      shape: { x: x - 1, y: y + ROW_PX / 2 - 1 - height, width: 2, height },
      style: { fill: text }
    }
  },
  ended: (x, y, _count, { soft, card }) => ({
    type: 'circle',
    shape: { cx: x, cy: y, r: 4 },
    style: { fill: card, stroke: soft, lineWidth: 2 }
  }),
  found: (x, y, _count, { fail, card }) => ({
    type: 'polygon',
    shape: {
      points: [
        [x, y - 7],
        [x + 6, y],
        [x, y + 7],
        [x - 6, y]
      ]
    },
    style: { fill: fail, stroke: card, lineWidth: 1.5 }
  }),
  died: (x, y, _count, { fail, card }) => ({
    type: 'group',
    children: [cross(x, y, { stroke: card, lineWidth: 6 }), cross(x, y, { stroke: fail, lineWidth: 3 })]
  })
}

function cross(x: number, y: number, style: { stroke: string; lineWidth: number }) {
  const path = `M${x - 5} ${y - 5}L${x + 5} ${y + 5}M${x + 5} ${y - 5}L${x - 5} ${y + 5}`
  return { type: 'path' as const, shape: { pathData: path }, style: { ...style, fill: 'none' } }
}
