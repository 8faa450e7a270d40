/** The story of one pair beside the grid. */
import { seconds } from '../../../../judge/wording.ts'
import { element } from '../dom.ts'
import type { PairStory } from './story.ts'

export function showStory(panel: HTMLElement, story: PairStory | undefined): void {
  if (story === undefined) {
    panel.replaceChildren(element('p', { className: 'soft', text: 'No pair is chosen.' }))
    return
  }
  const { title, end, state, lines, left } = story
  const half = Math.ceil(lines.length / 2)
  const rows = lines.map(line => rowOf(line))
  if (left > 0) rows.splice(half, 0, element('li', { className: 'soft', text: `… ${left} lines are left out …` }))
  panel.replaceChildren(
    element('h3', { text: title }),
    element('p', { className: `end ${state}`, text: end }),
    element('ol', { className: 'evidence' }, rows)
  )
}

function rowOf({ atMs, line, text }: PairStory['lines'][number]): HTMLElement {
  return element('li', {}, [
    element('span', { className: 'time', text: seconds(atMs) }),
    document.createTextNode(` ${text} `),
    element('span', { className: 'soft', text: `line ${line}` })
  ])
}
