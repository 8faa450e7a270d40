/** The overlay at one moment as a drawing. */
import type { EChartsCoreOption } from 'echarts/core'
import type { NodeNumber, ReportData } from '../../data/report-data.ts'
import type { Palette } from '../palette.ts'
import type { OverlayMoment } from './overlay-moment.ts'
import { placesOf } from './places.ts'

/** More names would lie on top of each other: they are told for the node under the pointer. */
const MAX_NAMED = 40

export interface OverlayScene {
  readonly data: ReportData
  readonly moment: OverlayMoment
  /** Undefined: all. The others are faint. */
  readonly shown: ReadonlySet<NodeNumber> | undefined
  readonly widthPx: number
  readonly heightPx: number
  readonly palette: Palette
}

export function overlayOption({ data, moment, shown, widthPx, heightPx, palette }: OverlayScene): EChartsCoreOption {
  const places = placesOf(moment.sides, { widthPx, heightPx })
  const isShown = (node: NodeNumber) => shown?.has(node) ?? true
  return {
    animation: false,
    grid: { left: 0, right: 0, top: 0, bottom: 0 },
    xAxis: { type: 'value', min: 0, max: widthPx, show: false },
    yAxis: { type: 'value', min: 0, max: heightPx, inverse: true, show: false },
    series: [
      {
        type: 'graph',
        coordinateSystem: 'cartesian2d',
        symbolSize: sizeFor(data.nodes.length),
        data: data.nodes.map(({ name }, node) => ({
          // Two nodes of one name are two: links go by place.
          id: String(node),
          name,
          value: [places.get(node)!.x, places.get(node)!.y],
          itemStyle: {
            ...styleOf(moment.states[node]!, moment.hit.has(node), palette),
            opacity: isShown(node) ? 1 : 0.25
          },
          label: { position: places.get(node)!.outward }
        })),
        links: moment.links.map(({ a, b, isCut }) => ({
          source: String(a),
          target: String(b),
          lineStyle: {
            color: isCut ? palette.fail : palette.soft,
            type: isCut ? 'dashed' : 'solid',
            width: isCut ? 2 : 1,
            opacity: isShown(a) || isShown(b) ? (moment.links.length > 300 ? 0.35 : 0.7) : 0.08
          }
        })),
        label: { show: data.nodes.length <= MAX_NAMED, color: palette.text, fontSize: 12, formatter: '{b}' },
        emphasis: { focus: 'adjacency', label: { show: true }, lineStyle: { width: 2.5, opacity: 1 } },
        blur: { itemStyle: { opacity: 0.2 }, lineStyle: { opacity: 0.05 } }
      }
    ]
  }
}

function sizeFor(nodes: number): number {
  return Math.max(7, Math.min(18, Math.round(260 / Math.max(1, nodes))))
}

/** A node that is hit by a fault has a wide border in its colour; one that is not there is hollow. */
function styleOf(state: OverlayMoment['states'][number], isHit: boolean, palette: Palette) {
  const fills = {
    starting: palette.wait,
    ready: palette.search,
    right: palette.full,
    leaving: palette.wait,
    ended: palette.card,
    died: palette.fail,
    absent: palette.card
  }
  const isHollow = state === 'ended' || state === 'absent'
  return {
    color: fills[state],
    borderColor: isHit ? palette.fault : isHollow ? palette.soft : palette.card,
    borderWidth: isHit ? 4 : 1.5,
    borderType: isHollow && !isHit ? 'dashed' : 'solid'
  }
}
