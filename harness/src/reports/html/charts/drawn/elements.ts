/** Elements of the page. Text is set as text: nothing that a node wrote is ever read as markup. */

type Child = Node | string

export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  { className, attributes = {} }: { className?: string; attributes?: Readonly<Record<string, string>> } = {},
  ...children: Child[]
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag)
  if (className !== undefined) made.className = className
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value)
  made.append(...children)
  return made
}

export function button(text: string, label: string, act: () => void): HTMLButtonElement {
  const made = element(
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
  const key = element('span', { className: `chart-key chart-key-${kind}`, attributes: { 'aria-hidden': 'true' } })
  return element('li', {}, key, text)
}

/** The numbers of a drawing, folded away beside it. */
export interface FoldedTable {
  readonly element: HTMLDetailsElement
  /** Rows beyond `MAX_TABLE_ROWS` are only counted. */
  fill(rows: readonly (readonly string[])[]): void
}

const MAX_TABLE_ROWS = 200

export function foldedTable(summary: string, columns: readonly string[]): FoldedTable {
  const body = element('tbody')
  const rest = element('p', { className: 'soft' })
  const head = columns.map(column => element('th', { attributes: { scope: 'col' } }, column))
  const table = element('table', { className: 'plain' }, element('thead', {}, element('tr', {}, ...head)), body)
  const region = { tabindex: '0', role: 'region', 'aria-label': summary }
  const scroll = element('div', { className: 'scroll', attributes: region }, table)
  return {
    element: element('details', { className: 'chart-table' }, element('summary', {}, summary), scroll, rest),
    fill(rows) {
      body.replaceChildren(...rows.slice(0, MAX_TABLE_ROWS).map(rowOf))
      rest.textContent = rows.length > MAX_TABLE_ROWS ? `And ${rows.length - MAX_TABLE_ROWS} more.` : ''
    }
  }
}

function rowOf([first = '', ...others]: readonly string[]): HTMLTableRowElement {
  const cells = others.map(text => element('td', { className: 'figure' }, text))
  return element('tr', {}, element('th', { attributes: { scope: 'row' } }, first), ...cells)
}
