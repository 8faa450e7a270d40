/** What a step waits for and what the end of a run asks: functions of what was observed and of what is broken. */
import type { NodeName } from '../contract.ts'
import type { Fault } from '../faults/fault.ts'
import type { Network, NodeRun } from '../history/observed.ts'
import type { Condition } from '../scenario/plan.ts'
import type { InjectedFault } from './faults-in-force.ts'

/** Whether it holds at this moment. */
export function holdsNow(condition: Condition, network: Network, faults: readonly InjectedFault[]): boolean {
  if (isBeingKilled(network)) return false
  switch (condition) {
    case 'full':
      return isFullBetween(network, cutsOf(faults))
    case 'noticed':
      return isNoticed(network, cutsOf(faults))
    case 'whole':
      // What lasts to the end of the run is nothing that heals: nodes that are gone for good, links that are bad.
      return faults.every(({ isLasting }) => isLasting) && network.fullSinceMs !== undefined
  }
}

/** A fault ends a process whose end was not seen yet: nobody can have noticed, and no book is known to be right. */
function isBeingKilled({ faults, nodes, live }: Network): boolean {
  return [...faults.values()].some(({ fault, nodes: killed, fromMs }) => {
    if (fault?.type !== 'kill' && fault?.type !== 'power-off') return false
    return killed.some(name => {
      const run = nodes.get(name)?.at(-1)
      return run !== undefined && live.has(run) && (run.spawnedAtMs ?? 0) < fromMs
    })
  })
}

/** Since when the books have been right, as far as the faults in force let them be; undefined while they are not. */
export function watchBooks(network: Network, faults: () => readonly InjectedFault[]): () => number | undefined {
  let cutSinceMs: number | undefined
  return () => {
    const inForce = faults()
    if (cutsOf(inForce).length === 0) {
      cutSinceMs = undefined
      return isBeingKilled(network) ? undefined : network.fullSinceMs
    }
    const areRight = holdsNow('full', network, inForce) && holdsNow('noticed', network, inForce)
    cutSinceMs = areRight ? (cutSinceMs ?? network.nowMs) : undefined
    return cutSinceMs
  }
}

type Cut = (a: NodeName, b: NodeName) => boolean

/** Pairs of nodes that cannot hear each other. A connection that passes packets one way only passes nothing that is useful. */
function cutsOf(faults: readonly InjectedFault[]): Cut[] {
  return faults.flatMap(({ fault }) => cutOf(fault) ?? [])
}

function cutOf(fault: Fault): Cut | undefined {
  switch (fault.type) {
    case 'pause':
    case 'one-way': {
      const hit = new Set(fault.nodes)
      return (a, b) => hit.has(a) || hit.has(b)
    }
    case 'partition': {
      const groupOf = new Map(fault.groups.flatMap((nodes, group) => nodes.map(node => [node, group] as const)))
      return (a, b) => groupOf.get(a) !== groupOf.get(b)
    }
    default:
      return undefined
  }
}

/** Each live node lists those that it can hear, as they say of themselves; it may go on listing those that it cannot. */
function isFullBetween(network: Network, cuts: readonly Cut[]): boolean {
  if (cuts.length === 0) return network.fullSinceMs !== undefined
  if (network.awaited > 0 || network.live.size < 2) return false
  const isCut = (a: NodeRun, b: NodeRun) => cuts.some(cut => cut(a.node, b.node))
  return [...network.live].every(observer => {
    const isListed = (subject: NodeRun) => observer.book.get(subject.ready!.peerId)?.agrees === true
    const listsAll = [...network.live].every(
      subject => subject === observer || isCut(observer, subject) || isListed(subject)
    )
    return (
      listsAll &&
      [...observer.book].every(([peerId, { agrees }]) => {
        const subject = network.owners.get(peerId)
        return agrees || (subject !== undefined && isCut(observer, subject))
      })
    )
  })
}

/** No live node lists a node that is gone, or one that it cannot hear; those that hear nobody are not asked. */
function isNoticed(network: Network, cuts: readonly Cut[]): boolean {
  return [...network.live].every(({ node, book }) => {
    const isCut = (other: NodeName) => cuts.some(cut => cut(node, other))
    if (isCut(node)) return true
    return [...book.keys()].every(peerId => {
      const subject = network.owners.get(peerId)
      return subject !== undefined && network.live.has(subject) && !isCut(subject.node)
    })
  })
}
