/**
 * Who gives way in a full book. After bitcoin's AddrMan: what is proven is apart from what is said, and what many bring from one
 * place competes with itself.
 *
 * Entries of a lower standing give way to those of a higher one. Within a standing the group that brought most gives up one of its
 * newest: a flood displaces itself, and not those who were there before.
 */
import type { Group } from '../bounds/group.ts'
import { type Random, randomBelow } from '../random.ts'
import type { PeerKey } from '../record/announcement.ts'
import type { Entry, Source, Standing } from './entry.ts'

/** By chance among this part of a group's entries, the newest: the very newest is not sure to go, nor is one that has stayed. */
const YOUNG_RATIO = 1 / 4

interface Member {
  readonly peer: PeerKey
  readonly order: number
}

/** What decides between a newcomer and those in the book. */
export interface Contest {
  /** Entries with a smaller number have been there for long: no newcomer of their own standing displaces them. */
  readonly establishedBefore: number
  /** Spares a peer whatever else is true: it is connected. */
  readonly isKept: (peer: PeerKey) => boolean
  readonly random: Random
}

/** The entries of a full book by standing and group. BOUNDED by the entries. */
export class Shares {
  /** By standing; members from the oldest to the newest. */
  readonly #shares = new Map<Standing, Map<Group, Member[]>>()

  constructor(entries: Iterable<Entry>) {
    const inOrder = [...entries].sort((a, b) => a.order - b.order)
    for (const entry of inOrder) this.#membersOf(entry).push(memberOf(entry))
  }

  add(entry: Entry): void {
    const members = this.#membersOf(entry)
    members.splice(placeOf(members, entry.order), 0, memberOf(entry))
  }

  remove(entry: Entry): void {
    const members = this.#membersOf(entry)
    members.splice(placeOf(members, entry.order), 1)
    if (members.length === 0) this.#shares.get(entry.standing)!.delete(entry.group)
  }

  /** The peer that gives way to a newcomer of this source; undefined if none does. */
  victimFor(source: Source, contest: Contest): PeerKey | undefined {
    for (const standing of [...this.#shares.keys()].sort()) {
      if (standing > source.standing) return undefined
      const isEqual = standing === source.standing
      const groups = this.#shares.get(standing)!
      const greediest = greediestOf(groups)
      // One more than before must not make the newcomer's group the greediest.
      if (isEqual && greediest.length <= (groups.get(source.group)?.length ?? 0) + 1) return undefined
      const victim = youngOf(greediest, contest, isEqual ? contest.establishedBefore : 0)
      if (victim !== undefined) return victim
    }
    return undefined
  }

  #membersOf({ standing, group }: Entry): Member[] {
    let groups = this.#shares.get(standing)
    if (groups === undefined) {
      groups = new Map()
      this.#shares.set(standing, groups)
    }
    let members = groups.get(group)
    if (members === undefined) {
      members = []
      groups.set(group, members)
    }
    return members
  }
}

function memberOf({ record, order }: Entry): Member {
  return { peer: record.announcement.peer, order }
}

/** Where the member with this number is, or belongs. */
function placeOf(members: readonly Member[], order: number): number {
  let [low, high] = [0, members.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (members[middle]!.order < order) low = middle + 1
    else high = middle
  }
  return low
}

function greediestOf(groups: ReadonlyMap<Group, Member[]>): readonly Member[] {
  let greediest: readonly Member[] = []
  for (const members of groups.values()) if (members.length > greediest.length) greediest = members
  return greediest
}

function youngOf(members: readonly Member[], { isKept, random }: Contest, sparedBefore: number): PeerKey | undefined {
  const young = Math.ceil(members.length * YOUNG_RATIO)
  const from = members.length - young + randomBelow(young, random)
  const oldest = placeOf(members, sparedBefore)
  for (let at = Math.max(from, oldest); at < members.length; at++)
    if (!isKept(members[at]!.peer)) return members[at]!.peer
  for (let at = from - 1; at >= oldest; at--) if (!isKept(members[at]!.peer)) return members[at]!.peer
  return undefined
}
