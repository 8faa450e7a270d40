/**
 * The grid of who misses whom as a drawing: a row is the book of a node, a column the node that should be listed in it. What is
 * alike and adjoins is one shape, so that 200 nodes are some hundred shapes in place of 40,000 cells.
 */
import type { CauseCode } from '../../../judge/judgement.ts'
import { printable } from '../../../printable.ts'
import { causeLetters, type GridCell, type Matrix } from '../../matrix.ts'
import { type Markup, markup, nothing } from '../markup.ts'

/** Side of a cell in pixels, by the number of nodes: all of 200 fit into a wide window, with a story beside them. */
const CELL_SIDES = [
  { upTo: 20, side: 26 },
  { upTo: 50, side: 17 },
  { upTo: 100, side: 10 },
  { upTo: Number.POSITIVE_INFINITY, side: 4 }
] as const

/** Smaller cells hold no letter, and not every row has its name beside it. */
const READABLE_SIDE = 17

const MAX_LABEL = 10

/** As wide as the longest name that is shown. */
const CHARACTER_WIDTH = 7

export function renderGrid(matrix: Matrix): Markup {
  const { subjects, rows } = matrix
  const amount = subjects.length
  const { side } = CELL_SIDES.find(({ upTo }) => amount <= upTo)!
  const labels = subjects.map(name => printable(name, MAX_LABEL))
  const margin = CHARACTER_WIDTH * Math.max(...labels.map(label => [...label].length)) + 8
  const size = margin + amount * side
  const kinds = [...new Set(rows.flatMap(({ cells }) => cells.map(kindOf)))].filter(kind => kind !== 'absent')
  const shapes = kinds.map(
    kind => markup`<path class="${classOf(kind)}" d="${{ markup: shapesOf(matrix, kind, side, margin) }}"/>
`
  )
  return markup`<svg class="grid" id="grid" width="${size}" height="${size}" viewBox="0 0 ${size} ${size}" data-side="${side}" data-margin="${margin}" aria-hidden="true">
${shapes}${labels.map((label, i) => labelOf(label, i, { side, margin }))}${side < READABLE_SIDE ? nothing : lettersOf(matrix, side, margin)}
<rect class="cross" id="cross-row" height="${side}"/><rect class="cross" id="cross-column" width="${side}"/><rect class="chosen" id="chosen" width="${side}" height="${side}"/></svg>`
}

type Kind = 'self' | 'listed' | 'absent' | CauseCode

function kindOf(cell: GridCell): Kind {
  return typeof cell === 'string' ? cell : cell.cause.code
}

function classOf(kind: Kind): string {
  return kind === 'self' || kind === 'listed' ? kind : `missing ${kind}`
}

/** Of numbers only. Cells of one kind that adjoin in a row are one shape; between large cells a hair is left. */
function shapesOf({ rows }: Matrix, kind: Kind, side: number, margin: number): string {
  const gap = side < READABLE_SIDE ? 0 : 1
  return rows
    .flatMap(({ cells }, row) => {
      const y = margin + row * side
      return runsOf(cells, kind, gap === 0).map(({ from, length }) => {
        const width = length * side - gap
        return `M${margin + from * side} ${y}h${width}v${side - gap}h-${width}z`
      })
    })
    .join('')
}

function runsOf(cells: readonly GridCell[], kind: Kind, joins: boolean): { from: number; length: number }[] {
  const runs: { from: number; length: number }[] = []
  for (const [i, cell] of cells.entries()) {
    if (kindOf(cell) !== kind) continue
    const last = runs.at(-1)
    if (joins && last !== undefined && last.from + last.length === i) last.length += 1
    else runs.push({ from: i, length: 1 })
  }
  return runs
}

/** Of small cells only each tenth is named. */
function labelOf(label: string, i: number, { side, margin }: { side: number; margin: number }): Markup {
  if (side < READABLE_SIDE && i % Math.ceil(50 / side) !== 0) return nothing
  const middle = margin + i * side + side / 2
  return markup`<text class="name" x="${margin - 6}" y="${middle + 4}" text-anchor="end">${label}</text><text class="name" transform="translate(${middle + 4} ${margin - 6}) rotate(-90)">${label}</text>
`
}

function lettersOf({ rows }: Matrix, side: number, margin: number): Markup[] {
  return rows.flatMap(({ cells }, row) =>
    cells.flatMap((cell, column) => {
      if (typeof cell === 'string') return []
      const [x, y] = [margin + column * side + side / 2, margin + row * side + side / 2 + 4]
      return [
        markup`<text class="letter" x="${x}" y="${y}" text-anchor="middle">${causeLetters[cell.cause.code] ?? '?'}</text>`
      ]
    })
  )
}
