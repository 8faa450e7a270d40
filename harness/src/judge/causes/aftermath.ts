/** What a fault began and its end has not undone yet: suspicions that were raised behind a cut still end entries for a while. */
import type { Network, NodeRun } from '../../history/observed.ts'
import type { Bounds } from '../../scenario/plan.ts'

/** How long after a heal, where the scenario does not say when everything is to be right again. */
const GRACE_MS = 10_000

/** No fault is in force at the node, nor was one in the grace before. */
export function isHealthy(network: Network, { node }: NodeRun, atMs: number): boolean {
  return network.faultTimes.every(({ nodes, fromMs, healedAtMs = Number.POSITIVE_INFINITY }) => {
    return !nodes.includes(node) || atMs < fromMs || atMs > healedAtMs + graceMs(network)
  })
}

/** A process that was there when a fault of its node was healed, less than the grace ago. One started since knew no fault. */
export function hasJustRecovered(network: Network, { node, spawnedAtMs = 0 }: NodeRun, atMs: number): boolean {
  return network.faultTimes.some(({ nodes, healedAtMs = Number.POSITIVE_INFINITY }) => {
    return (
      nodes.includes(node) && spawnedAtMs < healedAtMs && healedAtMs <= atMs && atMs <= healedAtMs + graceMs(network)
    )
  })
}

/** When a process ended, or was told to; infinity if it was not. */
export function endOf({ exit, stopRequestedAtMs, leavingAtMs }: NodeRun): number {
  return Math.min(...[exit?.atMs, stopRequestedAtMs, leavingAtMs].map(ms => ms ?? Number.POSITIVE_INFINITY))
}

function graceMs({ started }: Network): number {
  return graceMsOf(started?.plan?.bounds)
}

/** For how long after a heal nodes may still be dropped for what the fault did. */
export function graceMsOf(bounds: Bounds | undefined): number {
  return bounds?.reconvergeWithinMs ?? GRACE_MS
}
