/** Which inbound link makes room for another. */
import type { Group } from '../bounds/group.ts'
import { type Random, randomBelow } from '../random.ts'
import type { Link } from './links.ts'

/**
 * The inbound link to let go when there are more than there are places. Strangers decide who dials this node, so what is kept
 * must be dear to have many of: different groups first, then age. Half of the places are open to newcomers all the same, since
 * patient strangers would hold the old ones for ever. After the eviction of Bitcoin Core (`SelectNodeToEvict`).
 *
 * @param inbound - at least one link, the oldest first
 * @param random - nobody can foresee which of the younger ones goes
 */
export function surplusOf(inbound: readonly Link[], random: Random): Link {
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
