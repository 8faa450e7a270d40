/** What the clock of a node showed while it started, as the faults of the plan set it. */
import type { Network, NodeRun } from '../observed.ts'

/** A node may take its time, and clocks of several machines differ. */
const TOLERANCE_MS = 600_000

/** In ms since 1970; undefined if nobody can tell. */
export function clockRangeOf(network: Network, run: NodeRun): { fromMs: number; toMs: number } | undefined {
  const startedMs = Date.parse(network.started?.startedAt ?? '')
  const hits = network.faultTimes.filter(
    ({ nodes, healedAtMs }) => healedAtMs === undefined && nodes.includes(run.node)
  )
  // Without a plan nobody knows what a fault does to a clock.
  if (Number.isNaN(startedMs) || hits.some(({ fault }) => fault === undefined)) return undefined
  const offsetMs = hits.reduce((sum, { fault }) => sum + (fault?.type === 'clock' ? fault.offsetMs : 0), 0)
  const former = network.nodes.get(run.node)?.at(-2)?.ready?.epoch ?? 0
  const fromMs = startedMs + offsetMs + (run.spawnedAtMs ?? 0) - TOLERANCE_MS
  const toMs = startedMs + offsetMs + network.nowMs + TOLERANCE_MS
  // A clock that was set back must not take the epoch along: it grows with every restart.
  return { fromMs, toMs: Math.max(toMs, former + TOLERANCE_MS) }
}

/** What the clock of the host showed at the last event, in ms since 1970; NaN if the history does not say when it began. */
export function hostTime({ started, nowMs }: Network): number {
  return Date.parse(started?.startedAt ?? '') + nowMs
}
