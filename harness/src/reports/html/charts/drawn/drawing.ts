/** One canvas, drawn by ECharts when it is in sight, and again when its size, the theme or what it shows changes. */
import { BarChart, CustomChart, GraphChart, LineChart } from 'echarts/charts'
import { GridComponent, MarkAreaComponent, MarkLineComponent } from 'echarts/components'
import { type EChartsCoreOption, type EChartsType, init, use } from 'echarts/core'
import { CanvasRenderer } from 'echarts/renderers'
import type { ReportData } from '../../data/report-data.ts'
import { type Palette, paletteOf } from '../palette.ts'
import { elementWith } from './elements.ts'

use([BarChart, CustomChart, GraphChart, LineChart, GridComponent, MarkAreaComponent, MarkLineComponent, CanvasRenderer])

/** A drawing with its controls, and its numbers as text. */
export interface Chart {
  /** Draws the data of a later moment; may be called often, only what is in sight is drawn. */
  update(data: ReportData): void
}

export interface DrawingSize {
  readonly widthPx: number
  readonly heightPx: number
}

export interface DrawingSource {
  /** For those who do not see it; asked for at each drawing. */
  label(): string
  height(widthPx: number): number
  option(size: DrawingSize, palette: Palette): EChartsCoreOption
}

export interface Drawing {
  readonly element: HTMLElement
  /** Something changed: it is drawn in the next frame, or as soon as it is in sight. */
  redraw(): void
}

/** It lives as long as its page. */
export function createDrawing(source: DrawingSource): Drawing {
  const canvas = elementWith('div', { className: 'chart-canvas' })
  const attributes = { role: 'img', tabindex: '0', 'aria-label': source.label() }
  const box = elementWith('div', { className: 'chart-drawing', attributes }, canvas)
  let chart: EChartsType | undefined
  let state: 'drawn' | 'asked for' | 'due when in sight' = 'due when in sight'
  let isInSight = false
  const draw = (palette: Palette) => {
    state = 'drawn'
    const widthPx = box.clientWidth
    if (widthPx === 0) return
    const size = { widthPx, heightPx: source.height(widthPx) }
    box.setAttribute('aria-label', source.label())
    box.style.height = `${size.heightPx}px`
    chart ??= init(canvas, undefined, { width: size.widthPx, height: size.heightPx })
    if (chart.getWidth() !== size.widthPx || chart.getHeight() !== size.heightPx) {
      chart.resize({ width: size.widthPx, height: size.heightPx })
    }
    chart.setOption({ textStyle: { fontFamily: fontOfPage() }, ...source.option(size, palette) }, { notMerge: true })
  }
  const redraw = () => {
    if (state === 'asked for') return
    state = isInSight ? 'asked for' : 'due when in sight'
    if (isInSight) requestAnimationFrame(() => draw(currentPalette()))
  }
  whenSeen(box, seen => {
    isInSight = seen
    if (seen && state === 'due when in sight') redraw()
  })
  new ResizeObserver(() => {
    if (chart === undefined || chart.getWidth() !== box.clientWidth) redraw()
  }).observe(box)
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', redraw)
  addEventListener('beforeprint', () => {
    draw(PAPER)
    chart?.getZr().flush()
  })
  addEventListener('afterprint', redraw)
  return { element: box, redraw }
}

const PAPER = paletteOf(() => '')

function currentPalette(): Palette {
  const style = getComputedStyle(document.documentElement)
  return paletteOf(property => style.getPropertyValue(property))
}

function fontOfPage(): string {
  return getComputedStyle(document.body).fontFamily
}

/** A little before it comes into sight, so that nobody sees it empty. */
function whenSeen(box: HTMLElement, tell: (isSeen: boolean) => void): void {
  const observer = new IntersectionObserver(entries => tell(entries.at(-1)!.isIntersecting), { rootMargin: '200px' })
  observer.observe(box)
}
