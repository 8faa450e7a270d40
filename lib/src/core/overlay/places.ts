/** How many links a node keeps, and which one makes room for another. */
import type { Group } from '../bounds/group.ts'
import { type Random, randomBelow } from '../random.ts'
import type { Link } from './links.ts'

/** How many links a node wants, of any kind and of its own choice. */
interface Target {
  readonly any: number
  readonly chosen: number
}

/**
 * A link beyond the places that there are: twice the target, or twice what a node chooses and one more where that is more, of which
 * the chosen ones take their share. At least as many places as the target are for inbound links.
 *
 * @param kept - every link that is meant to stay, the oldest first
 */
export function surplusAmong(kept: readonly Link[], target: Target, random: Random): Link | undefined {
  const inbound = kept.filter(link => !link.isChosen)
  const chosen = kept.filter(link => link.isChosen)
  if (inbound.length > inboundPlaces(chosen.length, target)) return surplusOf(inbound, random)
  if (kept.length <= placesOf(target) || chosen.length <= target.chosen) return undefined
  return chosen[randomBelow(chosen.length, random)]
}

/** Whether one more inbound link would stay. */
export function hasInboundPlace(kept: readonly Link[], target: Target): boolean {
  const chosen = kept.filter(link => link.isChosen).length
  return kept.length - chosen < inboundPlaces(chosen, target)
}

function inboundPlaces(chosen: number, target: Target): number {
  return Math.max(target.any, placesOf(target) - chosen)
}

function placesOf(target: Target): number {
  return 2 * Math.max(target.any, target.chosen + 1)
}

/**
 * The inbound link to let go when there are more than there are places. Strangers decide who dials this node, so what is kept
 * must be dear to have many of: different groups first, then age. Half of the places are open to newcomers all the same, since
 * patient strangers would hold the old ones for ever. After the eviction of Bitcoin Core (`SelectNodeToEvict`).
 *
 * @param inbound - at least one link, the oldest first
 * @param random - nobody can foresee which of the younger ones goes
 */
function surplusOf(inbound: readonly Link[], random: Random): Link {
  const crowded = largestGroup(inbound)
  const younger = crowded.slice(Math.floor(crowded.length / 2))
  return younger[randomBelow(younger.length, random)]!
}

/** The links of the group with the most of them; all links, where no group has two. */
function largestGroup(inbound: readonly Link[]): readonly Link[] {
  const byGroup = new Map<Group, Link[]>()
  for (const link of inbound) {
    const members = byGroup.get(link.group)
    if (members === undefined) byGroup.set(link.group, [link])
    else members.push(link)
  }
  const largest = [...byGroup.values()].reduce((most, members) => (members.length > most.length ? members : most))
  return largest.length > 1 ? largest : inbound
}
