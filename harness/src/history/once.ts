/** What costs O(N^2) and is asked for by many reports is made once. */
import type { Network } from './observed.ts'

/** The same, made anew only when the network has folded another event. BOUNDED: one result for each network that is still held. */
export function oncePerEvent<Made>(make: (network: Network) => Made): (network: Network) => Made {
  const kept = new WeakMap<Network, { line: number; made: Made }>()
  return network => {
    const known = kept.get(network)
    if (known?.line === network.line) return known.made
    const made = make(network)
    kept.set(network, { line: network.line, made })
    return made
  }
}
