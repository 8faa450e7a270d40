/** Where a dial may lead: addresses that can be dialled at once, and names of strangers that must be resolved and checked first. */
import type { Multiaddr } from '@multiformats/multiaddr'
import type { DialTarget } from '../../core/index.ts'
import { dialAddrs } from './addrs.ts'
import { holdsName, type Names, type Tell } from './names.ts'

export interface Ways {
  readonly addrs: readonly Multiaddr[]
  /** For each name: tells what it leads to and may be dialled, perhaps nothing, until it resolves. None rejects. */
  readonly names: readonly ((tell: Tell) => Promise<void>)[]
}

/** What the core asks the host to dial. */
interface Dialled {
  readonly target: DialTarget
  readonly trusted: readonly string[]
  readonly hearsay: readonly string[]
}

/** @param signal - ends the resolving of names */
export function waysTo({ target, trusted, hearsay }: Dialled, names: Names, signal: AbortSignal): Ways {
  const addrs: Multiaddr[] = []
  const inNames: Ways['names'][number][] = []
  for (const text of target.addrs) {
    for (const addr of dialAddrs({ id: target.id, addrs: [text] })) {
      if (trusted.includes(text) || !holdsName(addr)) addrs.push(addr)
      else inNames.push(async tell => await names.resolve(addr, { isHearsay: hearsay.includes(text), tell, signal }))
    }
  }
  return { addrs, names: inNames }
}
