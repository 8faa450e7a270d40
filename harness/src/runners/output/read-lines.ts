import type { Readable } from 'node:stream'
import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises'
import type { LineReader } from './lines.ts'

/** A node that writes more is read slowly, so that it cannot keep the harness from the other nodes. */
export const MAX_LINES_PER_SECOND = 5_000

/** May be written at once after a time of silence; a burst of joins in a network of 10,000. */
export const MAX_BURST_LINES = 10_000

/** Other nodes get their turn after each slice. */
export const MAX_SLICE_BYTES = 8_192

/** When bytes were written on a machine that stamps them. */
export interface Stamp {
  /** By `performance.now()`. */
  readonly writtenAtMs: number
  /** What the wall clock of that machine showed, in ms since 1970. */
  readonly wallMs: number
}

export interface StampedBytes {
  readonly bytes: Buffer
  readonly stamp: Stamp
}

/**
 * Reads a node's stdout to its end, at the node's pace up to a bound: the pipe of a node that floods fills up, and the
 * node waits. After `hurry` the rest is read at once. Rejects only for what `reader` throws, which is a fault of the harness.
 *
 * @param options.nodes - how many nodes write there, at least 1; each of them has the bound for itself
 * @param options.onStamp - the bytes that are read next were written then
 */
export async function readLines(
  stdout: Readable,
  reader: Pick<LineReader, 'push' | 'report'>,
  hurry: AbortSignal,
  { nodes = () => 1, onStamp = () => {} }: { nodes?: () => number; onStamp?: (stamp: Stamp) => void } = {}
): Promise<void> {
  const allowance = createAllowance(nodes)
  let flooded = false
  for await (const written of chunksOf(stdout)) {
    const chunk = 'stamp' in written ? written.bytes : written
    if ('stamp' in written) onStamp(written.stamp)
    for (let from = 0; from < chunk.length; from += MAX_SLICE_BYTES) {
      const waitMs = allowance.spend(reader.push(chunk.subarray(from, from + MAX_SLICE_BYTES)))
      if (waitMs > 0 && !flooded) {
        flooded = true
        reader.report(`writes more than ${MAX_LINES_PER_SECOND} lines a second; the rest is read slowly`)
      }
      if (waitMs > 0 && !hurry.aborted) await delay(waitMs, undefined, { signal: hurry }).catch(() => {})
      else if (from + MAX_SLICE_BYTES < chunk.length) await nextTurn()
    }
  }
}

/** Up to the end of the stream, also when it is destroyed under the reader: the node ended, and that is observed elsewhere. */
async function* chunksOf(stdout: Readable): AsyncGenerator<Buffer | StampedBytes> {
  try {
    yield* stdout as AsyncIterable<Buffer | StampedBytes>
  } catch {
    // What the reader throws does not come by here.
  }
}

function createAllowance(nodes: () => number) {
  let spent = 0
  let atMs = performance.now()
  return {
    /** How long to wait until `count` more lines are within the bound. */
    spend(count: number): number {
      const nowMs = performance.now()
      const linesPerMs = (nodes() * MAX_LINES_PER_SECOND) / 1_000
      spent = Math.max(0, spent - (nowMs - atMs) * linesPerMs) + count
      atMs = nowMs
      return Math.max(0, spent - nodes() * MAX_BURST_LINES) / linesPerMs
    }
  }
}
