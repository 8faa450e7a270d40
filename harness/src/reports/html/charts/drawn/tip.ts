/** What is under the pointer, in words beside it. */
import { elementWith } from './elements.ts'

const GAP_PX = 14

/** @param tell - lines of text for that place in the box; nothing if there is nothing to tell */
export function tellUnderPointer(box: HTMLElement, tell: (xPx: number, yPx: number) => readonly string[]): void {
  const tip = elementWith('div', { className: 'chart-tip', attributes: { 'aria-hidden': 'true' } })
  tip.hidden = true
  box.append(tip)
  const hide = () => {
    tip.hidden = true
  }
  const show = (event: PointerEvent) => {
    const { left, top } = box.getBoundingClientRect()
    const [x, y] = [event.clientX - left, event.clientY - top]
    const lines = tell(x, y)
    tip.hidden = lines.length === 0
    tip.replaceChildren(...lines.map(line => elementWith('div', {}, line)))
    place(tip, box, x, y)
  }
  box.addEventListener('pointermove', show)
  box.addEventListener('pointerdown', show)
  box.addEventListener('pointerleave', hide)
  box.addEventListener('keydown', hide)
}

/** Beside the pointer, on the side where there is room. */
function place(tip: HTMLElement, box: HTMLElement, x: number, y: number): void {
  const isRight = x > box.clientWidth / 2
  const left = isRight ? x - tip.offsetWidth - GAP_PX : x + GAP_PX
  tip.style.left = `${Math.max(0, Math.min(left, box.clientWidth - tip.offsetWidth))}px`
  tip.style.top = `${y + GAP_PX}px`
}
