/** How long the event loop of this process is held, turn by turn. */
import { PerformanceObserver } from 'node:perf_hooks'

export interface Turns {
  /** What was longest since this was asked before. */
  take(): LongestTurn
  stop(): void
}

export interface LongestTurn {
  /** By processor time of the main thread, without garbage collection. */
  readonly turnMs: number
  /** One collection. */
  readonly gcMs: number
}

interface Span {
  readonly fromMs: number
  readonly toMs: number
  readonly cpuMs: number
}

/** Shorter turns are of no interest. */
const LONG_MS = 2

/**
 * Looks at the clock of the thread once in each turn of the loop, which keeps the loop from ever sleeping. Processor time,
 * since a process that waits for a core of a busy host holds nothing.
 */
export function watchTurns(): Turns {
  const long: Span[] = []
  const collections: Span[] = []
  let isStopped = false
  const observer = new PerformanceObserver(list => {
    for (const { startTime, duration } of list.getEntries()) {
      collections.push({ fromMs: startTime, toMs: startTime + duration, cpuMs: duration })
    }
  })
  observer.observe({ entryTypes: ['gc'] })
  let [lastMs, lastCpuMs] = [performance.now(), threadMs()]
  const look = (): void => {
    if (isStopped) return
    const [nowMs, cpuMs] = [performance.now(), threadMs()]
    if (cpuMs - lastCpuMs >= LONG_MS) long.push({ fromMs: lastMs, toMs: nowMs, cpuMs: cpuMs - lastCpuMs })
    lastMs = nowMs
    lastCpuMs = cpuMs
    setImmediate(look)
  }
  setImmediate(look)
  return {
    take() {
      const turns = long.splice(0)
      const within = (turn: Span): Span[] =>
        collections.filter(({ fromMs, toMs }) => fromMs < turn.toMs && toMs > turn.fromMs)
      const ownMs = turns.map(turn => within(turn).reduce((ms, { cpuMs }) => ms - cpuMs, turn.cpuMs))
      return { turnMs: Math.max(0, ...ownMs), gcMs: Math.max(0, ...collections.splice(0).map(({ cpuMs }) => cpuMs)) }
    },
    stop() {
      isStopped = true
      observer.disconnect()
    }
  }
}

function threadMs(): number {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1_000
}
