/** What the page shows. Strangers' words enter it as text, never as HTML. */
import type { Gone, Link, People, Person } from './people.ts'
import { STATES } from './profile.ts'

const LINK_TEXTS: Record<Link, string> = {
  direct: 'direct',
  relayed: 'through the relay',
  'heard of': 'heard of'
}

const time = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' })

/** An element of index.html. */
export function byId(id: string): HTMLElement {
  return document.getElementById(id)!
}

export function showPeople(people: People): void {
  const { present, gone } = people
  byId('count').textContent = String(present.length)
  byId('nobody').hidden = present.length > 0
  byId('left').hidden = gone.length === 0
  showRows(byId('people'), present, personRow)
  showRows(byId('gone-people'), gone, goneRow)
}

/** A sentence for those who hear the page. */
export function tell(news: string): void {
  byId('news').textContent = news
}

export function showRelay(text: string, state: 'waiting' | 'connected' | 'failed'): void {
  byId('relay').textContent = text
  byId('relay').dataset.state = state
}

/** Rows that stay are kept, and moved only where their order changes. */
function showRows<T extends { id: string }>(list: HTMLElement, items: readonly T[], rowOf: (item: T) => Node[]): void {
  const rows = new Map(([...list.children] as HTMLElement[]).map(row => [row.dataset.id, row]))
  const wanted = items.map(item => {
    const row = rows.get(item.id) ?? document.createElement('li')
    row.dataset.id = item.id
    row.replaceChildren(...rowOf(item))
    return row
  })
  for (const row of rows.values()) if (!wanted.includes(row)) row.remove()
  for (const [i, row] of wanted.entries())
    if (list.children[i] !== row) list.insertBefore(row, list.children[i] ?? null)
}

function personRow({ id, name, state, note, link }: Person): Node[] {
  const status = note === '' ? STATES[state] : `${STATES[state]} · ${note}`
  const words = element('div', 'words', nameOf(name), element('p', 'status', status))
  const dot = element('span', `dot ${state}`)
  const avatar = element('div', 'avatar', firstOf(name), dot)
  avatar.style.setProperty('--hue', String(hueOf(id)))
  avatar.ariaHidden = 'true'
  const linkText = element('span', 'link', LINK_TEXTS[link])
  linkText.dataset.link = link
  return [avatar, words, linkText]
}

function goneRow({ name, how, at }: Gone): Node[] {
  return [nameOf(name), element('span', 'link', `${how} ${time.format(at)}`)]
}

/** Isolated, so that a name written from right to left does not turn what stands beside it. */
function nameOf(name: string): HTMLElement {
  const shown = element('bdi', 'name', name)
  shown.title = name
  return shown
}

function firstOf(name: string): string {
  return new Intl.Segmenter().segment(name)[Symbol.iterator]().next().value!.segment.toUpperCase()
}

/** A colour that stays with the peer. */
function hueOf(id: string): number {
  let hue = 0
  for (const character of id.slice(-8)) hue = (hue * 31 + character.charCodeAt(0)) % 360
  return hue
}

function element(tag: string, className: string, ...content: (Node | string)[]): HTMLElement {
  const made = document.createElement(tag)
  made.className = className
  made.append(...content)
  return made
}
