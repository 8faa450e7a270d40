/** The history of a run whose nodes are on other machines, in the order in which things happened there. */
import type { NodeName } from '../contract.ts'
import type { History, HistoryEvent } from './history.ts'

/**
 * Each event that the harness heard of later than it happened is put where it happened, by the clocks of both machines. A clock that
 * was measured a little wrong changes no order that is certain: what a node did stays in its order, and after what the harness had
 * asked it for.
 *
 * @param history - in the order in which the harness heard of it, whole, and not yet reordered
 */
export function atTheirTimes(history: History): History {
  if (!isOfOtherMachines(history)) return history
  const lastAtMs = new Map<NodeName, number>()
  const moved = history.map(event => {
    if (!('node' in event)) return event
    const notBeforeMs = lastAtMs.get(event.node) ?? 0
    const atMs = Math.min(event.atMs, Math.max(notBeforeMs, roundedMs(event.atMs - delayOf(event))))
    lastAtMs.set(event.node, atMs)
    return { ...event, atMs }
  })
  // The run begins with its first event, whatever clocks say. Sorting is stable.
  const [first, ...others] = moved
  return [first!, ...others.sort((a, b) => a.atMs - b.atMs)]
}

/** Some of it was stamped by a clock that is not the harness's. */
export function isOfOtherMachines(history: History): boolean {
  return history.some(event => 'delayedMs' in event)
}

function delayOf(event: HistoryEvent): number {
  return 'delayedMs' in event ? (event.delayedMs ?? 0) : 0
}

function roundedMs(ms: number): number {
  return Math.round(ms * 1_000) / 1_000
}
