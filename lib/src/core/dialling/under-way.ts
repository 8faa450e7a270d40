/** The dials that are under way: what each is for, and how many there may be at once. */
import type { DialPurpose } from '../effects.ts'

/** A probe must tell sooner than a handshake may take; a heal dial must be over before the next is due. */
export const DIAL_TIMEOUT_MS: Record<DialPurpose, number> = { connect: 10_000, probe: 1_500, heal: 2_000 }

/** A climb is a dial to an earlier peer (`Missing`): for a connection, and by no choice of this node. */
export type Purpose = DialPurpose | 'climb'

/** A node that is alone tries the next one while the former keeps silent: half of a network may be out of reach. */
const ALONE_INTERVAL_MS = 1_000
const MAX_CONNECTS_ALONE = 8

/** Probes under way at once. The suspicions, which ask for them, begin with 4, and want more while nobody answers. */
const MAX_PROBES = 64

export class UnderWay {
  /** BOUNDED by `MAX_CONNECTS_ALONE`, one heal and `MAX_PROBES`. */
  readonly #dials = new Map<string, Purpose>()
  #connectAtMs = Number.NEGATIVE_INFINITY

  has(id: string): boolean {
    return this.#dials.has(id)
  }

  get(id: string): Purpose | undefined {
    return this.#dials.get(id)
  }

  begin(id: string, purpose: Purpose, nowMs: number): void {
    this.#dials.set(id, purpose)
    if (toldOf(purpose) === 'connect') this.#connectAtMs = nowMs
  }

  /** Returns what the dial was for. */
  end(id: string): Purpose | undefined {
    const purpose = this.#dials.get(id)
    this.#dials.delete(id)
    return purpose
  }

  mayBegin(purpose: DialPurpose, isAlone: boolean, nowMs: number): boolean {
    const underWay = this.count(purpose)
    if (underWay === 0) return true
    if (purpose === 'probe') return underWay < MAX_PROBES
    const isDue = underWay < MAX_CONNECTS_ALONE && nowMs >= this.nextAloneMs
    return purpose === 'connect' && isAlone && isDue
  }

  count(purpose: DialPurpose): number {
    let underWay = 0
    for (const other of this.#dials.values()) if (toldOf(other) === purpose) underWay++
    return underWay
  }

  /** When a node that is alone may try another one; infinity while no dial for a connection is under way. */
  get nextAloneMs(): number {
    return this.count('connect') > 0 ? this.#connectAtMs + ALONE_INTERVAL_MS : Number.POSITIVE_INFINITY
  }
}

/** What the host is told that a dial is for. */
export function toldOf(purpose: Purpose): DialPurpose {
  return purpose === 'climb' ? 'connect' : purpose
}
