/** Elements of the page. Text is set as text: nothing that a node wrote is ever read as markup. */
import { element } from '../../browser/dom.ts'

/** An element of the page with attributes and children in one. */
export function elementWith<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  { className, attributes = {} }: { className?: string; attributes?: Readonly<Record<string, string>> } = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[Tag] {
  const made = element(tag, className === undefined ? {} : { className })
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value)
  made.append(...children)
  return made
}

export function button(text: string, label: string, act: () => void): HTMLButtonElement {
  const made = elementWith(
    'button',
    { className: 'chart-button', attributes: { type: 'button', 'aria-label': label } },
    text
  )
  made.title = label
  made.addEventListener('click', act)
  return made
}

/** A key of a legend: what a colour, or a sign in a colour, means. */
export function legendItem(kind: string, text: string): HTMLLIElement {
  const key = elementWith('span', { className: `chart-key chart-key-${kind}`, attributes: { 'aria-hidden': 'true' } })
  return elementWith('li', {}, key, text)
}

/** The numbers of a drawing, folded away beside it. */
export interface FoldedTable {
  readonly element: HTMLDetailsElement
  /** Rows beyond `MAX_TABLE_ROWS` are only counted. */
  fill(rows: readonly (readonly string[])[]): void
}

const MAX_TABLE_ROWS = 200

export function foldedTable(summary: string, columns: readonly string[]): FoldedTable {
  const body = elementWith('tbody')
  const rest = elementWith('p', { className: 'soft' })
  const head = columns.map((column, i) =>
    elementWith('th', { className: i === 0 ? '' : 'figure', attributes: { scope: 'col' } }, column)
  )
  const table = elementWith(
    'table',
    { className: 'plain' },
    elementWith('thead', {}, elementWith('tr', {}, ...head)),
    body
  )
  const region = { tabindex: '0', role: 'region', 'aria-label': summary }
  const scroll = elementWith('div', { className: 'scroll', attributes: region }, table)
  return {
    element: elementWith('details', { className: 'chart-table' }, elementWith('summary', {}, summary), scroll, rest),
    fill(rows) {
      body.replaceChildren(...rows.slice(0, MAX_TABLE_ROWS).map(rowOf))
      rest.textContent = rows.length > MAX_TABLE_ROWS ? `And ${rows.length - MAX_TABLE_ROWS} more.` : ''
    }
  }
}

function rowOf([first = '', ...others]: readonly string[]): HTMLTableRowElement {
  const cells = others.map(text => elementWith('td', { className: 'figure' }, text))
  return elementWith('tr', {}, elementWith('th', { attributes: { scope: 'row' } }, first), ...cells)
}
