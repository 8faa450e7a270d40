import { hash32, type Random, seededRandom } from '@gossip-discovery/libp2p/core'

/**
 * A repeatable source of chance of its own for each purpose, so that one more draw for one purpose changes no other.
 *
 * @param seed - of the whole run, an integer
 */
export function chanceFor(seed: number, purpose: string): Random {
  return seededRandom(hash32(purpose, hash32(String(seed))))
}

/** Some of the items, each at most once, chosen evenly, in a random order. */
export function sample<T>(items: readonly T[], count: number, random: Random): T[] {
  const rest = [...items]
  const wanted = Math.min(count, rest.length)
  for (let i = 0; i < wanted; i++) {
    const other = i + Math.floor(random() * (rest.length - i))
    const item = rest[i]!
    rest[i] = rest[other]!
    rest[other] = item
  }
  rest.length = wanted
  return rest
}
