/** The dials that have not ended, how many there may be at once, and which addresses were dialled lately. */
import { Recent } from '../bounds/recent.ts'
import type { DialPurpose } from '../effects.ts'

/** A probe must tell sooner than a handshake may take; a heal dial must be over before the next is due. */
const DIAL_TIMEOUT_MS: Record<DialPurpose, number> = { connect: 10_000, probe: 1_500, heal: 2_000 }

/**
 * A climb is a dial to an earlier peer (`Missing`): for a connection, and by no choice of this node. A direct dial is one without relays,
 * for a connection that no relay ends.
 */
export type Purpose = DialPurpose | 'climb' | 'direct'

/** A node that is alone tries the next one while the former keeps silent: half of a network may be out of reach. */
const ALONE_INTERVAL_MS = 1_000
const MAX_CONNECTS_ALONE = 8

/** Of several peers that the application names, two are dialled at once: the nearer one answers first. */
const MAX_CONNECTS_NAMED = 2

/** Probes under way at once. The suspicions, which ask for them, begin with 4, and want more while nobody answers. */
const MAX_PROBES = 64

/** Peers that were dialled lately, so that an address of theirs that is new need not wait for the back-off. */
const MAX_TRIED = 1024

export class UnderWay {
  /** BOUNDED by `MAX_CONNECTS_ALONE`, one heal and `MAX_PROBES`. */
  readonly #dials = new Map<string, { readonly purpose: Purpose; readonly addrs: ReadonlySet<string> }>()
  /** BOUNDED by `MAX_TRIED`, twice. Addresses of the last dial. */
  readonly #tried = new Recent<string, ReadonlySet<string>>(MAX_TRIED)
  #begunAtMs = Number.NEGATIVE_INFINITY

  has(id: string): boolean {
    return this.#dials.has(id)
  }

  get(id: string): Purpose | undefined {
    return this.#dials.get(id)?.purpose
  }

  /** Peers that are dialled to be connected, at whichever of their addresses. */
  connects(): string[] {
    const ids: string[] = []
    for (const [id, { purpose }] of this.#dials) if (purpose === 'connect' || purpose === 'climb') ids.push(id)
    return ids
  }

  /** A dial begins, or more addresses take part in one. */
  begin(id: string, addrs: readonly string[], purpose: Purpose, nowMs: number): void {
    const former = this.#dials.get(id)
    const all = new Set([...(former?.addrs ?? []), ...addrs])
    this.#dials.set(id, { purpose: former?.purpose ?? purpose, addrs: all })
    this.#tried.set(id, all)
    if (toldOf(purpose) === 'connect' && former === undefined) this.#begunAtMs = nowMs
  }

  /** Returns what the dial was for. */
  end(id: string): Purpose | undefined {
    const purpose = this.get(id)
    this.#dials.delete(id)
    return purpose
  }

  /** Those of a peer's addresses that were not dialled the last time that it was, lately. */
  untried(id: string, addrs: readonly string[]): string[] {
    const tried = this.#tried.get(id)
    return tried === undefined ? [] : addrs.filter(addr => !tried.has(addr))
  }

  mayBegin(purpose: DialPurpose, isAlone: boolean, nowMs: number): boolean {
    const underWay = this.#count(purpose)
    if (underWay === 0) return true
    if (purpose === 'probe') return underWay < MAX_PROBES
    const isDue = underWay < MAX_CONNECTS_ALONE && nowMs >= this.nextAloneMs
    return purpose === 'connect' && isAlone && isDue
  }

  /** Whether another peer that the application named may be dialled beside those that are. */
  mayBeginNamed(): boolean {
    return this.#count('connect') < MAX_CONNECTS_NAMED
  }

  /** When a node that is alone may dial one more. */
  get nextAloneMs(): number {
    return this.#count('connect') > 0 ? this.#begunAtMs + ALONE_INTERVAL_MS : Number.POSITIVE_INFINITY
  }

  #count(purpose: DialPurpose): number {
    let count = 0
    for (const dial of this.#dials.values()) if (toldOf(dial.purpose) === purpose) count++
    return count
  }
}

/** What the host is told that a dial is for. */
export function toldOf(purpose: Purpose): DialPurpose {
  return purpose === 'climb' || purpose === 'direct' ? 'connect' : purpose
}

/** What the host is told of a dial besides its target. */
export function termsOf(purpose: Purpose): { purpose: DialPurpose; timeoutMs: number } {
  const told = toldOf(purpose)
  return { purpose: told, timeoutMs: DIAL_TIMEOUT_MS[told] }
}
