/** The grid of who misses whom: a pair is chosen by pointing, by a tap, or by the arrow keys, and held by a click or Enter. */
import type { ReportData } from '../../data/report-data.ts'
import { byId } from '../dom.ts'
import type { Component, View, ViewState } from '../view.ts'
import { dim, mark, pairUnder, reveal } from './marks.ts'
import { showStory } from './panel.ts'
import { createStories, type NodePair } from './story.ts'

export function mountGrid(first: ReportData, view: ViewState): Component | undefined {
  const frame = byId('pairs', HTMLElement)
  const panel = byId('pair-story', HTMLElement)
  if (frame === undefined || panel === undefined) return undefined
  let data = first
  // Made when the first story is told: a page is there sooner.
  let storyOf: ReturnType<typeof createStories> | undefined
  let pointed: NodePair | undefined
  let told: NodePair | undefined
  const show = () => {
    const pair = pointed ?? view.get().pair
    mark(frame, pair)
    if (isSame(pair, told)) return
    told = pair
    storyOf ??= createStories(data)
    showStory(panel, pair === undefined ? undefined : storyOf(pair))
  }
  const point = (pair: NodePair | undefined) => {
    pointed = pair
    show()
  }
  const hold = (pair: NodePair | undefined) => {
    pointed = undefined
    view.set({ pair })
    show()
  }
  listen(frame, {
    nodes: () => data.nodes.length,
    chosen: () => pointed ?? view.get().pair,
    first: () => firstPair(data, view.get()),
    point,
    hold
  })
  view.subscribe(() => {
    show()
    dim(frame, data.nodes.length, view.get())
  })
  return {
    update(later) {
      data = later
      storyOf = undefined
      told = undefined
      show()
    }
  }
}

interface Choice {
  nodes(): number
  chosen(): NodePair | undefined
  /** Where the keyboard begins. */
  first(): NodePair | undefined
  point(pair: NodePair | undefined): void
  hold(pair: NodePair | undefined): void
}

function listen(frame: HTMLElement, { nodes, chosen, first, point, hold }: Choice): void {
  const pairAt = (event: MouseEvent) => pairUnder(frame, event, nodes())
  frame.addEventListener('pointermove', event => {
    if (event.pointerType === 'mouse') point(pairAt(event))
  })
  frame.addEventListener('pointerleave', () => point(undefined))
  frame.addEventListener('click', event => hold(pairAt(event)))
  frame.addEventListener('keydown', event => {
    const pair = pairAfterKey(event.key, chosen(), nodes())
    if (pair === undefined && event.key !== 'Escape') return
    event.preventDefault()
    if (event.key === 'Enter' || event.key === 'Escape') hold(pair)
    else point(pair)
    reveal(frame, pair)
  })
  frame.addEventListener('focus', () => {
    if (chosen() === undefined) point(first())
  })
  frame.addEventListener('blur', () => point(undefined))
}

function isSame(a: NodePair | undefined, b: NodePair | undefined): boolean {
  return a?.observer === b?.observer && a?.subject === b?.subject
}

/** What the reader most likely wants first: a listing that is missing. */
function firstPair({ missing, nodes: all }: ReportData, { nodes }: View): NodePair | undefined {
  if (all.length < 2) return undefined
  const place = missing.observer.findIndex(
    (each, i) => nodes === undefined || nodes.has(each) || nodes.has(missing.subject[i]!)
  )
  return place === -1
    ? { observer: 0, subject: 1 }
    : { observer: missing.observer[place]!, subject: missing.subject[place]! }
}

const STEPS: Readonly<Record<string, readonly [rows: number, columns: number]>> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
  Home: [0, Number.NEGATIVE_INFINITY],
  End: [0, Number.POSITIVE_INFINITY],
  PageUp: [-10, 0],
  PageDown: [10, 0]
}

/** Undefined for a key that chooses no pair. */
function pairAfterKey(key: string, from: NodePair | undefined, amount: number): NodePair | undefined {
  if (key === 'Enter') return from
  const step = STEPS[key]
  if (step === undefined) return undefined
  const within = (place: number) => Math.max(0, Math.min(amount - 1, place))
  const { observer, subject } = from ?? { observer: 0, subject: 0 }
  return { observer: within(observer + step[0]), subject: within(subject + step[1]) }
}
