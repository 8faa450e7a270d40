/** From the one stdout of a shared process to the lines of its nodes. */
import { MAX_LINE_BYTES, type NodeName, type SharedLine } from '../../contract.ts'
import { SHARED_LINE_START } from '../../contract-words.ts'
import { createLineSplitter } from '../output/split-lines.ts'

/** Lines of the process that are none of its nodes' contract. */
export type ProcessLine = Extract<SharedLine, { type: 'log' | 'ended' | 'broke' }>

export interface PartHandlers {
  /** A line of a node, without its newline; valid until this returns. `isCut`: these are its first bytes. */
  nodeLine(node: NodeName, line: Uint8Array, isCut: boolean): void
  processLine(line: ProcessLine): void
  /** A line that names no node: something in the process writes to stdout that should not. */
  stray(line: Uint8Array): void
}

export interface PartedLines {
  /** Reads on; returns how many lines ended in `chunk`. */
  push(chunk: Uint8Array): number
  /** The stream is over. */
  end(): void
}

/** A name of at most 64 characters, each of which may be written as an escape. */
const MAX_HEAD_BYTES = 512

const HEAD = new RegExp(`^${SHARED_LINE_START}("(?:[^"\\\\]|\\\\.)*"),"type":"(log|ended|broke)?`)

/** BOUNDED: holds at most one unfinished line. */
export function partLines({ nodeLine, processLine, stray }: PartHandlers): PartedLines {
  const part = (bytes: Uint8Array, isCut: boolean) => {
    const head = HEAD.exec(
      Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8', 0, MAX_HEAD_BYTES)
    )
    if (head === null) return stray(bytes)
    if (head[2] !== undefined && !isCut) return processLine(JSON.parse(Buffer.from(bytes).toString('utf8')))
    nodeLine(JSON.parse(head[1]!), bytes, isCut)
  }
  const lines = createLineSplitter(MAX_LINE_BYTES, part)
  return {
    push: lines.push,
    end() {
      const rest = lines.end()
      if (rest.length > 0) stray(rest)
    }
  }
}
