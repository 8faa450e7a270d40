/** A random draw from the book: everybody has a chance, and no group has more than its own. */
import type { AddressBook } from '../../book/address-book.ts'
import type { AddressBookEntry } from '../../book/entry.ts'
import type { Group, GroupOf } from '../../bounds/group.ts'
import { type Random, randomBelow } from '../../random.ts'
import type { PeerKey } from '../../record/announcement.ts'

/** Entries among which a draw is made; all of a smaller book. Reading as many takes less than a millisecond. */
const SAMPLE = 128

/**
 * Entries in the order in which they are to be tried: group after group at random, then entry after entry within each round, so
 * that three hundred peers of one network block weigh no more than one of another block. Groups that are connected come last:
 * strangers who sit and wait are drawn least. Where all share one group, every entry is as likely.
 *
 * @param isSought - whether an entry is a candidate at all
 * @param taken - groups of the connections that there are
 */
export function draws(
  book: AddressBook,
  isSought: (peer: PeerKey) => boolean,
  groupOf: GroupOf,
  taken: ReadonlySet<Group>,
  random: Random
): AddressBookEntry[] {
  const byGroup = new Map<Group, AddressBookEntry[]>()
  for (const entry of sample(book, random)) {
    const { peer, addrs } = entry.record.announcement
    if (addrs.length === 0 || !isSought(peer)) continue
    const group = groupOf(addrs[0]!)
    const members = byGroup.get(group)
    if (members === undefined) byGroup.set(group, [entry])
    else members.push(entry)
  }
  const groups = shuffled([...byGroup], random)
  const ordered = [...groups.filter(([group]) => !taken.has(group)), ...groups.filter(([group]) => taken.has(group))]
  return rounds(ordered.map(([, members]) => shuffled(members, random)))
}

function sample(book: AddressBook, random: Random): Iterable<AddressBookEntry> {
  if (book.size <= SAMPLE) return book.values()
  const drawn = new Map<PeerKey, AddressBookEntry>()
  for (let i = 0; i < SAMPLE; i++) {
    const entry = book.pick(random)!
    drawn.set(entry.record.announcement.peer, entry)
  }
  return drawn.values()
}

/** The first of each list, then the second of each. */
function rounds<T>(lists: readonly (readonly T[])[]): T[] {
  const longest = Math.max(0, ...lists.map(list => list.length))
  return Array.from({ length: longest }, (_, i) => lists.flatMap(list => list.slice(i, i + 1))).flat()
}

function shuffled<T>(values: T[], random: Random): T[] {
  for (let i = values.length - 1; i > 0; i--) {
    const j = randomBelow(i + 1, random)
    const value = values[i]!
    values[i] = values[j]!
    values[j] = value
  }
  return values
}
