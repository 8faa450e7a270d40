/** Who may be dialled at this moment, and at which addresses. */
import type { EndpointOf } from '../bounds/endpoint.ts'
import type { GroupOf } from '../bounds/group.ts'
import type { Circuits } from '../overlay/circuits.ts'
import type { Crowd } from '../overlay/crowd.ts'
import type { Partners } from '../overlay/partners.ts'
import type { Random } from '../random.ts'
import type { PeerKey } from '../record/announcement.ts'
import type { BackOff } from './back-off.ts'
import type { Candidate } from './candidates.ts'
import type { Hearsay } from './hearsay.ts'
import type { UnderWay } from './under-way.ts'

/** What the overlay is given by its host. */
export interface OverlayHost {
  readonly random: Random
  readonly groupOf: GroupOf
  /** Where an address leads. Default: each address to an endpoint of its own. */
  readonly endpointOf?: EndpointOf
  /** Whether a connection to the address goes through a relay for good. Default: none does. */
  readonly isCircuit?: (addr: string) => boolean
}

/** What there is between this node and others already. */
export interface Links {
  readonly partners: Partners
  readonly circuits: Circuits
  readonly crowd: Crowd
}

/** A peer, and those of its addresses that may be dialled. */
export interface Admitted extends Candidate {
  readonly hearsay: readonly string[]
}

interface Parts {
  readonly self: PeerKey
  readonly partners: Partners
  readonly circuits: Circuits
  readonly underWay: UnderWay
  readonly backOff: BackOff
  readonly hearsay: Hearsay
  readonly isCircuit: (addr: string) => boolean
}

export class Reach {
  readonly #parts: Parts

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /** Somebody else who is neither connected nor being dialled. */
  isSought(id: string): boolean {
    const { self, partners, underWay } = this.#parts
    return id !== self && !partners.isConnected(id) && !underWay.has(id)
  }

  /** Somebody who {@link isSought}, need not wait after a failure, and is not about to dial this node. */
  isDialable(id: string, nowMs: number): boolean {
    const { backOff, circuits } = this.#parts
    return this.isSought(id) && backOff.notBeforeMs(id) <= nowMs && !circuits.isAwaited(id, nowMs)
  }

  /** Somebody to whom at most circuits lead, who was not let go, and who need not wait after a failure. */
  isDirectlyDialable(id: string, nowMs: number): boolean {
    const { self, partners, underWay, backOff } = this.#parts
    const isConnected = partners.isConnected(id) && partners.keptLink(id)?.isLimited !== true
    const isFree = !isConnected && !underWay.has(id) && !partners.isLeftAlone(id, nowMs)
    return id !== self && isFree && backOff.notBeforeMs(id) <= nowMs
  }

  /** The peer with those of its addresses that may be dialled, if there are any. */
  admitted({ id, addrs, trusted }: Candidate, nowMs: number): Admitted | undefined {
    const admitted = this.#parts.hearsay.admit(id, addrs, trusted, nowMs)
    return admitted.addrs.length === 0 ? undefined : { id, trusted, ...admitted }
  }

  /** As {@link admitted}, without the addresses that lead through a relay for good. */
  directlyAdmitted({ id, addrs, trusted }: Candidate, nowMs: number): Admitted | undefined {
    return this.admitted({ id, trusted, addrs: addrs.filter(addr => !this.#parts.isCircuit(addr)) }, nowMs)
  }
}
