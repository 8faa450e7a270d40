/** Where a dial may lead: addresses that can be dialled at once, and names of strangers that must be resolved and checked first. */
import type { Multiaddr } from '@multiformats/multiaddr'
import type { DialTarget } from '../../core/index.ts'
import { dialAddrs } from './addrs.ts'
import { holdsName, type Names } from './names.ts'

export interface Ways {
  readonly addrs: readonly Multiaddr[]
  /** What each name leads to and may be dialled, perhaps nothing. None of them rejects; all are over soon after the dial. */
  readonly resolving: readonly Promise<readonly Multiaddr[]>[]
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
  const resolving: Promise<readonly Multiaddr[]>[] = []
  for (const text of target.addrs) {
    for (const addr of dialAddrs({ id: target.id, addrs: [text] })) {
      if (trusted.includes(text) || !holdsName(addr)) addrs.push(addr)
      else resolving.push(names.resolve(addr, hearsay.includes(text), signal))
    }
  }
  return { addrs, resolving }
}
