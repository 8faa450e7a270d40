/** How much less processor time the host had than its processes wanted, by what the kernel counts. */
import { readFileSync } from 'node:fs'
import type { Observation } from '../../history/history.ts'

export type Pressed = Extract<Observation, { type: 'host-pressed' }>

const INTERVAL_MS = 1_000

/** Below these shares of the time nobody is late for it. */
const MIN_WAITING_RATIO = 0.2
const MIN_STOLEN_RATIO = 0.05

/** Counts since boot; undefined what this system does not tell. */
export interface PressureCounts {
  /** At least one process waited for a processor. */
  readonly waitedMs: number | undefined
  /** What the harness itself ran, and what it waited for a processor while it wanted to run. */
  readonly ownRanMs: number | undefined
  readonly ownWaitedMs: number | undefined
  /** Of all processors together, in whatever unit. */
  readonly stolen: number | undefined
  readonly all: number | undefined
}

/** Tells each second in which processes waited, or in which a hypervisor took processors away, and of the last part of one. */
export function watchPressure(onPressed: (pressed: Pressed) => void, read = readPressure): { stop(): void } {
  let before = read()
  let beforeMs = performance.now()
  const look = () => {
    const [after, nowMs] = [read(), performance.now()]
    const pressed = pressedBetween(before, after, nowMs - beforeMs)
    if (pressed !== undefined) onPressed(pressed)
    before = after
    beforeMs = nowMs
  }
  const timer = setInterval(look, INTERVAL_MS)
  return {
    stop() {
      clearInterval(timer)
      look()
    }
  }
}

/**
 * Undefined if nobody was late for it. Processes of a lower priority than the nodes wait all the time on a host that is kept busy by
 * them, and make nobody late: so no more than the harness waited itself counts, which has the priority of its nodes.
 */
export function pressedBetween(before: PressureCounts, after: PressureCounts, forMs: number): Pressed | undefined {
  const ratio = (part: number | undefined, whole: number | undefined) =>
    part === undefined || whole === undefined || whole <= 0 ? 0 : Math.min(1, Math.max(0, part / whole))
  const ownWaitedMs = difference(before.ownWaitedMs, after.ownWaitedMs)
  const ownRanMs = difference(before.ownRanMs, after.ownRanMs)
  const ownRatio = ownWaitedMs === undefined || ownRanMs === undefined ? 1 : ratio(ownWaitedMs, ownWaitedMs + ownRanMs)
  const waitingRatio = rounded(Math.min(ownRatio, ratio(difference(before.waitedMs, after.waitedMs), forMs)))
  const stolenRatio = rounded(ratio(difference(before.stolen, after.stolen), difference(before.all, after.all)))
  if (waitingRatio < MIN_WAITING_RATIO && stolenRatio < MIN_STOLEN_RATIO) return undefined
  return { type: 'host-pressed', forMs: Math.round(forMs), waitingRatio, stolenRatio }
}

/** @param text - of /proc/pressure/cpu */
export function waitedMsOf(text: string): number | undefined {
  const [, microseconds] = /^some .*\btotal=(\d+)/m.exec(text) ?? []
  return microseconds === undefined ? undefined : Number(microseconds) / 1_000
}

/** @param text - of /proc/self/schedstat: nanoseconds that the main thread ran, and that it waited for a processor */
export function ownTimesOf(text: string): Pick<PressureCounts, 'ownRanMs' | 'ownWaitedMs'> {
  const [, ran, waited] = /^(\d+) (\d+) /.exec(text) ?? []
  const msOf = (nanoseconds: string | undefined) => (nanoseconds === undefined ? undefined : Number(nanoseconds) / 1e6)
  return { ownRanMs: msOf(ran), ownWaitedMs: msOf(waited) }
}

/** @param text - of /proc/stat, whose first line is the sum over all processors; the time of guests is part of that of users */
export function stolenOf(text: string): Pick<PressureCounts, 'stolen' | 'all'> {
  const [, numbers = ''] = /^cpu +(.*)$/m.exec(text) ?? []
  const counts = numbers.split(' ').slice(0, 8).map(Number)
  return { stolen: counts[7], all: counts.length < 8 ? undefined : counts.reduce((sum, count) => sum + count, 0) }
}

function readPressure(): PressureCounts {
  return {
    waitedMs: waitedMsOf(textOf('/proc/pressure/cpu')),
    ...ownTimesOf(textOf('/proc/self/schedstat')),
    ...stolenOf(textOf('/proc/stat'))
  }
}

/** Empty where the system has no such file. */
function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

function difference(before: number | undefined, after: number | undefined): number | undefined {
  return before === undefined || after === undefined ? undefined : after - before
}

function rounded(ratio: number): number {
  return Math.round(ratio * 1_000) / 1_000
}
