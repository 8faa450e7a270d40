import { hash32, type Random, seededRandom } from '@gossip-discovery/libp2p/core'

export { sample } from '../scenario/chance.ts'

/**
 * A repeatable source of chance of its own for each purpose, so that one more draw for one purpose changes no other.
 *
 * @param seed - of the whole run, an integer
 */
export function chanceFor(seed: number, purpose: string): Random {
  return seededRandom(hash32(purpose, hash32(String(seed))))
}
