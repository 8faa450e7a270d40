/** The lines of all nodes of a process, on its one stdout. */
import type { NodeName, SharedLine } from '../../contract.ts'
import { SHARED_LINE_START } from '../../contract-words.ts'

/** A line whose node is named beside it. */
export type LineOfNode = SharedLine extends infer Line ? (Line extends SharedLine ? Omit<Line, 'node'> : never) : never

export interface SharedOutput {
  write(node: NodeName, line: LineOfNode): void
  /** What was written leaves at once. */
  flush(): void
}

/** Lines of one turn of the event loop leave in one write: many nodes write a little each. */
export function createSharedOutput(): SharedOutput {
  let lines: string[] = []
  const flush = () => {
    if (lines.length === 0) return
    process.stdout.write(`${lines.join('\n')}\n`)
    lines = []
  }
  return {
    write(node, line) {
      if (lines.length === 0) setImmediate(flush)
      // The name comes first, so that lines can be parted without being read.
      const rest = line.type === 'ready' ? { ...line, node: undefined } : line
      lines.push(`${SHARED_LINE_START}${JSON.stringify(node)},${JSON.stringify(rest).slice(1)}`)
    },
    flush
  }
}
