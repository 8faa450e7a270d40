/** A partner that says nothing and hears whom others suspect. */
import { base58btc } from 'multiformats/bases/base58'
import type { Test } from 'tap'
import type { TestNode } from '../../libp2p/nodes.ts'
import { startStranger } from './stranger.ts'

/** Everybody who is suspected from now on, as the node tells its partners; the set grows. */
export async function startWitness(t: Test, node: TestNode): Promise<Set<string>> {
  const suspected = new Set<string>()
  const witness = await startStranger(t, {
    gossips: false,
    onFrame: (_, { kind, items }) => {
      if (kind !== 'suspicions') return
      for (const [peer] of items[0] as [Uint8Array][]) suspected.add(base58btc.baseEncode(peer))
    }
  })
  await witness.link(node)
  return suspected
}
