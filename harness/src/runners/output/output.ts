/** What a node writes while it lives, and what is left of it when it has ended. */
import type { Readable } from 'node:stream'
import { setTimeout as delay } from 'node:timers/promises'
import type { NodeObservation, NodeSpec } from '../runner.ts'
import { createLineReader } from './lines.ts'
import { readLines, type Stamp } from './read-lines.ts'
import { captureStderr } from './stderr.ts'

/** For reading what an ended node has left in its pipes. */
const DRAIN_MS = 250

export interface NodeOutput {
  /** Bytes, or `StampedBytes`. */
  stdout: Readable
  stderr: Readable
  /** Not kept if undefined. */
  logPath: string | undefined
}

export interface NodeExit {
  code: number | null
  signal: string | null
  /** When it ended, by `performance.now()`, if that is known and was told later. */
  endedAtMs?: number
  /** It ended so long ago, by the clock of its machine. */
  delayedMs?: number
  /** What is known besides, as a last line of its stderr. */
  remark?: string
}

export interface FollowedOutput {
  /** By how much the clock of the last `clock` line is ahead of this host's; undefined if there was none. */
  clockOffsetMs(): number | undefined
  /** From here on everything is read at once, at whatever pace it comes. */
  hurry(): void
  /** Reads what is left and observes `exited`, after which nothing follows. Never rejects. */
  end(exit: NodeExit): Promise<void>
}

/** Observes each line and each finding, from the first byte on. */
export function followOutput(
  { node, run }: NodeSpec,
  { stdout, stderr, logPath }: NodeOutput,
  observe: (observation: NodeObservation) => void
): FollowedOutput {
  let clockOffsetMs: number | undefined
  let stamp: Stamp | undefined
  const delayed = () => (stamp === undefined ? {} : { delayedMs: delayOf(stamp) })
  const reader = createLineReader({
    line: line => {
      // Against the clock of the node's own machine.
      if (line.type === 'clock') clockOffsetMs = line.nowMs - (stamp?.wallMs ?? Date.now())
      observe({ type: 'line', node, run, line, ...delayed() })
    },
    finding: finding => observe({ type: 'finding', node, run, finding, ...delayed() })
  })
  const hurry = new AbortController()
  const log = captureStderr(stderr, logPath)
  const read = readLines(stdout, reader, hurry.signal, {
    onStamp: written => {
      stamp = written
    }
  })
  return {
    clockOffsetMs: () => clockOffsetMs,
    hurry: () => hurry.abort(),
    async end({ code, signal, endedAtMs, delayedMs, remark }) {
      hurry.abort()
      await Promise.race([Promise.all([read, log.closed]), delay(DRAIN_MS)])
      stdout.destroy()
      stderr.destroy()
      await read
      reader.end()
      const stderrTail = [...log.tail(), ...(remark === undefined ? [] : [remark])]
      const late = endedAtMs === undefined ? {} : { toldLateMs: Math.round(performance.now() - endedAtMs) }
      const stamped = delayedMs === undefined ? {} : { delayedMs }
      observe({ type: 'exited', node, run, code, signal, stderrTail, ...late, ...stamped })
      await log.closed
    }
  }
}

function delayOf({ writtenAtMs }: Stamp): number {
  return Math.max(0, Math.round((performance.now() - writtenAtMs) * 1_000) / 1_000)
}
