/** Where the cells of the drawn grid are, and what is marked on it. */
import type { View } from '../view.ts'
import type { NodePair } from './story.ts'

interface Measures {
  readonly svg: SVGSVGElement
  readonly side: number
  readonly margin: number
}

function measuresOf(frame: HTMLElement): Measures | undefined {
  const svg = frame.querySelector('svg')
  if (svg === null) return undefined
  return { svg, side: Number(svg.dataset.side), margin: Number(svg.dataset.margin) }
}

/** Undefined outside of the cells. */
export function pairUnder(frame: HTMLElement, { clientX, clientY }: MouseEvent, amount: number): NodePair | undefined {
  const measures = measuresOf(frame)
  if (measures === undefined) return undefined
  const { svg, side, margin } = measures
  const { left, top } = svg.getBoundingClientRect()
  const subject = Math.floor((clientX - left - margin) / side)
  const observer = Math.floor((clientY - top - margin) / side)
  const isInside = subject >= 0 && subject < amount && observer >= 0 && observer < amount
  return isInside ? { observer, subject } : undefined
}

/** Row and column of the pair, and its cell. */
export function mark(frame: HTMLElement, pair: NodePair | undefined): void {
  const measures = measuresOf(frame)
  if (measures === undefined) return
  const { svg, side, margin } = measures
  const size = svg.viewBox.baseVal.width
  svg.classList.toggle('has-pair', pair !== undefined)
  if (pair === undefined) return
  const [x, y] = [margin + pair.subject * side, margin + pair.observer * side]
  setBox(svg.querySelector('#cross-row'), { x: 0, y, width: size, height: side })
  setBox(svg.querySelector('#cross-column'), { x, y: 0, width: side, height: size })
  setBox(svg.querySelector('#chosen'), { x, y, width: side, height: side })
}

function setBox(rect: Element | null, box: Readonly<Record<'x' | 'y' | 'width' | 'height', number>>): void {
  for (const [name, value] of Object.entries(box)) rect?.setAttribute(name, String(value))
}

/** Moves a grid that is wider than its frame. */
export function reveal(frame: HTMLElement, pair: NodePair | undefined): void {
  const measures = measuresOf(frame)
  if (measures === undefined || pair === undefined) return
  const x = measures.margin + pair.subject * measures.side
  if (x < frame.scrollLeft || x > frame.scrollLeft + frame.clientWidth - measures.side)
    frame.scrollLeft = x - frame.clientWidth / 2
}

/** Cells of which the filter leaves out both row and column are veiled. */
export function dim(frame: HTMLElement, amount: number, { nodes }: View): void {
  const measures = measuresOf(frame)
  if (measures === undefined) return
  const { svg, side, margin } = measures
  const out = nodes === undefined ? [] : Array.from({ length: amount }, (_, i) => i).filter(i => !nodes.has(i))
  svg.querySelector('.veil')?.remove()
  if (out.length === 0) return
  const veil = document.createElementNS('http://www.w3.org/2000/svg', 'path')
  veil.setAttribute('class', 'veil')
  const columns = runsOf(out)
  const d = runsOf(out).flatMap(row => columns.map(column => box(column, row, { side, margin })))
  veil.setAttribute('d', d.join(''))
  svg.append(veil)
}

interface Run {
  readonly from: number
  readonly to: number
}

function runsOf(places: readonly number[]): Run[] {
  const runs: { from: number; to: number }[] = []
  for (const place of places) {
    const last = runs.at(-1)
    if (last !== undefined && last.to === place) last.to = place + 1
    else runs.push({ from: place, to: place + 1 })
  }
  return runs
}

function box(columns: Run, rows: Run, { side, margin }: { side: number; margin: number }): string {
  const [width, height] = [(columns.to - columns.from) * side, (rows.to - rows.from) * side]
  return `M${margin + columns.from * side} ${margin + rows.from * side}h${width}v${height}h-${width}z`
}
