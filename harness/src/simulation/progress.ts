/** How far a simulation is, for whoever waits for it. */
import type { Simulation } from './simulation.ts'

/** Whoever waits for less needs no words. */
const QUIET_MS = 2_000

/** A terminal has one line that changes; a log gets few lines. */
const INTERVAL_MS = { terminal: 200, log: 30_000 }

interface Progress {
  /** To be called often: says something now and then. */
  tell(): void
  /** Leaves nothing on a terminal. */
  end(): void
}

export function createProgress(
  simulation: Simulation,
  stream: { isTTY?: boolean; write(text: string): unknown },
  hostMs = () => performance.now()
): Progress {
  const isTerminal = stream.isTTY === true
  const intervalMs = isTerminal ? INTERVAL_MS.terminal : INTERVAL_MS.log
  let nextMs = hostMs() + (isTerminal ? QUIET_MS : intervalMs)
  let isLineOpen = false
  return {
    tell: () => {
      if (hostMs() < nextMs) return
      nextMs = hostMs() + intervalMs
      stream.write(isTerminal ? `\r\x1b[K${lineOf(simulation)}` : `${lineOf(simulation)}\n`)
      isLineOpen = isTerminal
    },
    end: () => {
      if (isLineOpen) stream.write('\r\x1b[K')
    }
  }
}

function lineOf({ world, plan, watch }: Simulation): string {
  const { live, rightPairs } = watch.agreement
  const wanted = live * (live - 1)
  const share = wanted === 0 ? 0 : Math.floor((100 * rightPairs) / wanted)
  const passed = `${(world.queue.nowMs / 1_000).toFixed(1)} s of at most ${plan.deadlineMs / 1_000} s`
  return `simulated ${passed}: ${live} nodes run, their books are ${share} % full`
}
