/** Where nodes are drawn: on a circle in their order, or on one for each side of a partition. */
import type { NodeNumber } from '../../data/report-data.ts'

export interface OverlayPlace {
  readonly x: number
  readonly y: number
  /** Away from the middle of its circle: where its name is to be. */
  readonly outward: 'top' | 'right' | 'bottom' | 'left'
}

/** Room for the names outside of a circle. */
const MARGIN_PX = 30

/**
 * A place for each node, in pixels within width and height. The place depends on nothing but its side, so that a node stays
 * where it is from one moment to the next.
 *
 * @param sides - every node once; empty sides are passed over
 */
export function placesOf(
  sides: readonly (readonly NodeNumber[])[],
  { widthPx, heightPx }: { widthPx: number; heightPx: number }
): Map<NodeNumber, OverlayPlace> {
  const circles = sides.filter(side => side.length > 0)
  // A side of many nodes needs more room than one of few, and even a single node some.
  const weights = circles.map(side => Math.sqrt(side.length) + 1)
  const whole = weights.reduce((sum, weight) => sum + weight, 0)
  const smallest = (along: number, across: number) => Math.min((along * Math.min(...weights)) / whole, across)
  const isRow = smallest(widthPx, heightPx) >= smallest(heightPx, widthPx)
  const length = isRow ? widthPx : heightPx
  const places = new Map<NodeNumber, OverlayPlace>()
  let before = 0
  for (const [i, side] of circles.entries()) {
    const share = (length * weights[i]!) / whole
    const along = before + share / 2
    before += share
    const across = (isRow ? heightPx : widthPx) / 2
    const centre = isRow ? { x: along, y: across } : { x: across, y: along }
    const radius = Math.max(0, Math.min(share / 2, across) - MARGIN_PX)
    for (const [node, place] of circle(side, centre, side.length === 1 ? 0 : radius)) places.set(node, place)
  }
  return places
}

/** From the top, as a clock goes. */
function circle(
  side: readonly NodeNumber[],
  { x, y }: Pick<OverlayPlace, 'x' | 'y'>,
  radius: number
): [NodeNumber, OverlayPlace][] {
  return side.map((node, i) => {
    const angle = (2 * Math.PI * i) / side.length - Math.PI / 2
    const [right, down] = [Math.cos(angle), Math.sin(angle)]
    const across = right > 0 ? 'right' : 'left'
    const outward = Math.abs(right) > 0.4 ? across : down > 0 ? 'bottom' : 'top'
    return [node, { x: x + radius * right, y: y + radius * down, outward }]
  })
}
