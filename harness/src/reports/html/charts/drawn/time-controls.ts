/** Zooming and panning a drawing over time: by buttons, keys, wheel, dragging, and two fingers. */
import type { ViewState } from '../../browser/view.ts'
import { type PlotFrame, timeAt, windowText } from '../time/time-axis.ts'
import { pannedWindow, type TimeWindow, windowIn, zoomedWindow, zoomOf } from '../time/time-window.ts'
import { button, elementWith } from './elements.ts'

const ZOOM_IN = 0.5
const PAN_SHARE = 0.25

/** A press that moves less than that is a click. */
const CLICK_PX = 4

export interface TimeControls {
  /** Buttons, and in words what is shown. */
  readonly toolbar: HTMLElement
  current(): TimeWindow
  /** The words follow the view. */
  refresh(): void
}

export interface ControlledTime {
  readonly view: ViewState
  readonly box: HTMLElement
  /** What is zoomed, such as `the time line`. */
  readonly what: string
  endMs(): number
  frame(): PlotFrame
  /** Pressed and let go at one place. */
  onClick?(xPx: number, yPx: number): void
}

export function controlTime(controlled: ControlledTime): TimeControls {
  const { view, box, what, endMs } = controlled
  const current = () => windowIn(endMs(), view.get().window)
  const show = (window: TimeWindow) => view.set({ window: zoomOf(endMs(), window) })
  const acts = {
    in: () => show(zoomedWindow(endMs(), current(), ZOOM_IN)),
    out: () => show(zoomedWindow(endMs(), current(), 1 / ZOOM_IN)),
    earlier: () => show(pannedWindow(endMs(), current(), -PAN_SHARE)),
    later: () => show(pannedWindow(endMs(), current(), PAN_SHARE)),
    all: () => view.set({ window: undefined })
  }
  const words = elementWith('span', { className: 'chart-window soft', attributes: { 'aria-live': 'polite' } })
  const toolbar = elementWith(
    'div',
    { className: 'chart-toolbar', attributes: { role: 'toolbar', 'aria-label': `Time shown in ${what}` } },
    button('+', 'Zoom in (key +)', acts.in),
    button('−', 'Zoom out (key -)', acts.out),
    button('←', 'Earlier (key left)', acts.earlier),
    button('→', 'Later (key right)', acts.later),
    button('Whole run', 'Whole run (key 0)', acts.all),
    words
  )
  obeyKeys(box, acts)
  obeyWheel(controlled, current, show)
  obeyDrags(controlled, current, show)
  return {
    toolbar,
    current,
    refresh: () => {
      words.textContent = view.get().window === undefined ? 'whole run' : windowText(current(), endMs())
    }
  }
}

type Acts = Readonly<Record<'in' | 'out' | 'earlier' | 'later' | 'all', () => void>>

function obeyKeys(box: HTMLElement, acts: Acts): void {
  const keys: Readonly<Record<string, () => void>> = {
    '+': acts.in,
    '=': acts.in,
    '-': acts.out,
    ArrowLeft: acts.earlier,
    ArrowRight: acts.later,
    '0': acts.all,
    Home: acts.all
  }
  box.addEventListener('keydown', event => {
    const act = keys[event.key]
    if (act === undefined || event.ctrlKey || event.metaKey || event.altKey) return
    event.preventDefault()
    act()
  })
}

type Show = (window: TimeWindow) => void

/** Only with Ctrl, or while the drawing has the focus: else the wheel scrolls the page, as everywhere. */
function obeyWheel({ box, endMs, frame }: ControlledTime, current: () => TimeWindow, show: Show): void {
  const zoom = (event: WheelEvent) => {
    const isMeant = event.ctrlKey || event.metaKey || document.activeElement === box
    if (!isMeant || event.deltaY === 0) return
    event.preventDefault()
    const atMs = timeAt(frame(), current(), event.clientX - box.getBoundingClientRect().left)
    show(zoomedWindow(endMs(), current(), 2 ** Math.max(-1, Math.min(1, event.deltaY / 200)), atMs))
  }
  box.addEventListener('wheel', zoom, { passive: false })
}

interface Drag {
  readonly window: TimeWindow
  readonly xPx: number
  /** Between the two fingers, if there are two. */
  readonly apartPx: number | undefined
}

function obeyDrags({ box, endMs, frame, onClick }: ControlledTime, current: () => TimeWindow, show: Show): void {
  const fingers = new Map<number, PointerEvent>()
  let drag: Drag | undefined
  let hasMoved = false
  const begin = () => {
    drag = fingers.size === 0 ? undefined : { window: current(), ...gripOf(fingers) }
  }
  box.addEventListener('pointerdown', event => {
    hasMoved = false
    fingers.set(event.pointerId, event)
    begin()
  })
  addEventListener('pointermove', event => {
    if (drag === undefined || !fingers.has(event.pointerId)) return
    fingers.set(event.pointerId, event)
    const { xPx, apartPx } = gripOf(fingers)
    hasMoved ||= Math.abs(xPx - drag.xPx) >= CLICK_PX || apartPx !== undefined
    if (!hasMoved) return
    const { widthPx, leftPx, rightPx } = frame()
    const panned = pannedWindow(endMs(), drag.window, (drag.xPx - xPx) / Math.max(1, widthPx - leftPx - rightPx))
    const atMs = timeAt(frame(), panned, xPx - box.getBoundingClientRect().left)
    show(apartPx === undefined ? panned : zoomedWindow(endMs(), panned, (drag.apartPx ?? apartPx) / apartPx, atMs))
  })
  const end = (event: PointerEvent) => {
    if (!fingers.delete(event.pointerId)) return
    begin()
    if (event.type !== 'pointerup' || hasMoved || fingers.size > 0) return
    const { left, top } = box.getBoundingClientRect()
    onClick?.(event.clientX - left, event.clientY - top)
  }
  addEventListener('pointerup', end)
  addEventListener('pointercancel', end)
}

/** Where the fingers are: the middle of them, and how far apart. */
function gripOf(fingers: ReadonlyMap<number, PointerEvent>): Pick<Drag, 'xPx' | 'apartPx'> {
  const places = [...fingers.values()].map(({ clientX }) => clientX)
  const [first = 0, second] = places
  if (second === undefined) return { xPx: first, apartPx: undefined }
  return { xPx: (first + second) / 2, apartPx: Math.max(1, Math.abs(first - second)) }
}
