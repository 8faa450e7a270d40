/** Which nodes are not healthy, and when: a draft must leave enough of them for liveness to be judged. */
import { type Draft, type DraftKind, type DraftStep, names } from './draft.ts'

/** After a fault, the node has so long to be whole again before it counts as healthy. */
export const RECOVERY_MS = 10_000

const FOR_GOOD = Number.POSITIVE_INFINITY

interface Outage {
  readonly kind: DraftKind
  readonly fromMs: number
  /** Infinite for a node that has ended for good. */
  readonly untilMs: number
}

/** They lie over those of the processes. Two of them at one node do not: behind one cut, the other has no effect that proves it. */
const OF_THE_NETWORK: readonly DraftKind[] = ['partition', 'flapping', 'isolate', 'one-way', 'links']

/**
 * At each moment at least half of the nodes are healthy, among them one that the others are told of; nothing is done to a node
 * that does not run, but for a restart; no node goes through two things at once that would undo each other.
 */
export function leavesEnoughHealthy(draft: Draft): boolean {
  const outages = Array.from({ length: draft.nodes }, (_, index) => outagesOf(draft, index + 1))
  if (outages.includes(undefined)) return false
  // Nobody becomes unhealthy but when a step begins, or at the start.
  return [0, ...draft.steps.map(({ atMs }) => atMs)].every(atMs => {
    const healthy = outages.map(each => !each!.some(({ fromMs, untilMs }) => fromMs <= atMs && atMs < untilMs))
    const count = healthy.filter(Boolean).length
    return count >= Math.ceil(draft.nodes / 2) && healthy.slice(0, draft.bootstraps).includes(true)
  })
}

/** Undefined when what is done to the node cannot be. */
function outagesOf({ steps }: Draft, node: number): Outage[] | undefined {
  const outages: Outage[] = []
  for (const step of steps.filter(step => names(step, node))) {
    const { kind, atMs } = step
    // The first node is told of nobody: as a stranger it would never meet anybody.
    if (node === 1 && step.keys?.key === 'new') return undefined
    if (kind === 'join') {
      if (outages.length > 0) return undefined
      outages.push({ kind, fromMs: 0, untilMs: atMs + RECOVERY_MS })
      continue
    }
    const ended = outages.findIndex(({ untilMs }) => untilMs === FOR_GOOD)
    if (ended >= 0) {
      if (kind !== 'restart') return undefined
      outages[ended] = { ...outages[ended]!, untilMs: atMs }
    }
    if (outages.some(outage => outage.untilMs > atMs && areRivals(outage.kind, kind))) return undefined
    outages.push({ kind, fromMs: atMs, untilMs: untilMsOf(step) })
  }
  return outages
}

function areRivals(one: DraftKind, other: DraftKind): boolean {
  const isCut = (kind: DraftKind) => OF_THE_NETWORK.includes(kind)
  return isCut(one) === isCut(other)
}

function untilMsOf({ atMs, forMs }: DraftStep): number {
  return forMs === undefined ? FOR_GOOD : atMs + forMs + RECOVERY_MS
}
