/** Who lists whom, drawn with one character a pair or with dots. */
import type { Network, NodeRun } from '../../../history/observed.ts'
import { printable } from '../../../printable.ts'
import type { Line } from './line.ts'

/** A row for each node up to here, above it a dot for each pair. */
const MAX_NAMED_NODES = 16

/** Columns of a name, with the space after it. */
const NAME_COLUMNS = 9

/** Rows are observers, columns whom they list; no line at all where there is too little room for all of them. */
export function pairLines(network: Network, rows: number, columns: number): Line[] {
  const nodes = [...network.nodes.keys()]
  const size = nodes.length
  const isNamed = size <= MAX_NAMED_NODES && size <= rows && NAME_COLUMNS + 2 * size <= columns
  if (!isNamed && (Math.ceil(size / 4) > rows || Math.ceil(size / 2) > columns)) return []
  const runs = nodes.map(node => network.nodes.get(node)!.at(-1))
  const isFilled = (row: number, column: number) => lists(network, runs[row], runs[column])
  if (!isNamed) return dotted(size, isFilled).map(text => [text])
  return nodes.map((node, row) => {
    const cells = nodes.map((_, column) => (row === column ? '\\' : isFilled(row, column) ? '■' : '·'))
    return [['dim', `${printable(node, NAME_COLUMNS - 2).padEnd(NAME_COLUMNS)}`], cells.join(' ')]
  })
}

function lists(network: Network, observer: NodeRun | undefined, subject: NodeRun | undefined): boolean {
  if (observer === undefined || subject?.ready === undefined) return false
  return (
    observer === subject || (network.live.has(observer) && observer.book.get(subject.ready.peerId)?.agrees === true)
  )
}

/** Dots of a braille character by row and column, as Unicode numbers them from U+2800. */
const DOTS = [
  [0x01, 0x08],
  [0x02, 0x10],
  [0x04, 0x20],
  [0x40, 0x80]
] as const

/** Four rows of two cells in one character: 50 nodes fit into 13 lines. */
function dotted(size: number, isFilled: (row: number, column: number) => boolean): string[] {
  return Array.from({ length: Math.ceil(size / 4) }, (_, y) => {
    const characters = Array.from({ length: Math.ceil(size / 2) }, (_, x) => {
      let dots = 0
      for (const [dy, bits] of DOTS.entries()) {
        for (const [dx, bit] of bits.entries()) {
          const [row, column] = [4 * y + dy, 2 * x + dx]
          if (row < size && column < size && isFilled(row, column)) dots |= bit
        }
      }
      return String.fromCodePoint(0x2800 + dots)
    })
    return characters.join('')
  })
}
