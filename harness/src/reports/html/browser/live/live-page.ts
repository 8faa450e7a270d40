/** Shows a run while it goes on, by the components of report.html, and in the end its report. */
import type { Judged } from '../../../judged.ts'
import type { RunSoFar } from '../../../live/run-so-far.ts'
import { renderSections, type SectionName } from '../../content.ts'
import { reportDataOf } from '../../data/of-run.ts'
import { element } from '../dom.ts'
import { type Page, startPage } from '../page.ts'
import { renderLive } from './head.ts'

/** What of the report says something before the run is over. */
const SHOWN: readonly SectionName[] = ['missing', 'timeline', 'completeness', 'overlay', 'costs']

export class LivePage {
  readonly #main: HTMLElement
  readonly #head = element('section', { className: 'live' })
  /** In the order of the page. */
  #sections = new Map<SectionName, HTMLElement>()
  #page: Page | undefined

  constructor(main: HTMLElement) {
    this.#main = main
    this.#main.replaceChildren(this.#head)
  }

  showHead(run: RunSoFar): void {
    this.#head.innerHTML = renderLive(run).markup
  }

  /** Everything but the head. O(events). */
  showBooks(judged: Judged): void {
    const data = reportDataOf(judged)
    const sections = Object.entries(renderSections(judged, data, '')) as [SectionName, { markup: string }][]
    const shown = sections.filter(([name, { markup }]) => SHOWN.includes(name) && markup !== '')
    if (this.#page !== undefined && isSame(this.#sections.keys(), shown)) {
      replaceGrid(this.#sections.get('missing'), shown.find(([name]) => name === 'missing')?.[1].markup ?? '')
      this.#page.update(data)
      return
    }
    this.#sections = new Map(shown.map(([name, { markup }]) => [name, section(name, name, markup)]))
    this.#main.replaceChildren(this.#head, ...this.#sections.values())
    this.#page = startPage(data)
  }

  /** @param folder - of the run, as commands are to name it */
  showReport(judged: Judged, folder: string): void {
    const data = reportDataOf(judged)
    const { outcome } = judged.judgement
    const sections = Object.entries(renderSections(judged, data, folder)) as [SectionName, { markup: string }][]
    const filled = sections.filter(([, { markup }]) => markup !== '')
    this.#main.replaceChildren(
      ...filled.map(([name, { markup }]) => section(name, name === 'verdict' ? `verdict ${outcome}` : name, markup))
    )
    document.title = `${outcome.toUpperCase()} ${data.scenario}, ${judged.network.nodes.size} nodes`
    startPage(data)
  }

  /** A sentence above everything else; none if it is empty. */
  say(text: string): void {
    document.querySelector('main > .note')?.remove()
    if (text === '') return
    const note = element('p', { className: 'note', text })
    note.setAttribute('role', 'status')
    this.#main.prepend(note)
  }
}

function isSame(names: Iterable<SectionName>, shown: readonly (readonly [SectionName, unknown])[]): boolean {
  return [...names].join() === shown.map(([name]) => name).join()
}

function section(name: SectionName, className: string, markup: string): HTMLElement {
  const made = element('section', { className })
  made.id = name
  made.innerHTML = markup
  return made
}

/** The grid listens to the mouse and the keyboard: its frame stays, and only what is in it is new. */
function replaceGrid(shown: HTMLElement | undefined, markup: string): void {
  if (shown === undefined) return
  const next = element('section')
  next.innerHTML = markup
  const [frame, cells] = [shown.querySelector('.pairs'), shown.querySelector('#pairs')]
  const [nextFrame, nextCells] = [next.querySelector('.pairs'), next.querySelector('#pairs')]
  if (frame && cells && nextFrame && nextCells) {
    cells.replaceChildren(...nextCells.childNodes)
    nextFrame.replaceWith(frame)
  }
  shown.replaceChildren(...next.childNodes)
}
