/** The dials that have not ended, how many there may be at once, and which addresses were dialled lately. */
import { Recent } from '../bounds/recent.ts'
import type { DialPurpose } from '../effects.ts'

/** A node that is alone tries the next one while the former keeps silent: half of a network may be out of reach. */
const ALONE_INTERVAL_MS = 1_000
const MAX_CONNECTS_ALONE = 8

/** Of several peers that the application names, two are dialled at once: the nearer one answers first. */
const MAX_CONNECTS_NAMED = 2

/** Probes under way at once. The suspicions, which ask for them, begin with 4, and want more while nobody answers. */
const MAX_PROBES = 64

/** Peers that were dialled lately, so that an address of theirs that is new need not wait for the back-off. */
const MAX_TRIED = 1024

export class DialsUnderWay {
  /** BOUNDED by `MAX_CONNECTS_ALONE`, one heal and `MAX_PROBES`. */
  readonly #dials = new Map<string, { readonly purpose: DialPurpose; readonly addrs: ReadonlySet<string> }>()
  /** BOUNDED by `MAX_TRIED`, twice. Addresses of the last dial. */
  readonly #tried = new Recent<string, ReadonlySet<string>>(MAX_TRIED)
  #begunAtMs = Number.NEGATIVE_INFINITY

  has(id: string): boolean {
    return this.#dials.has(id)
  }

  purposeOf(id: string): DialPurpose | undefined {
    return this.#dials.get(id)?.purpose
  }

  /** Peers that are dialled to be connected, as they are now. */
  connects(): string[] {
    return [...this.#dials].filter(([, { purpose }]) => purpose === 'connect').map(([id]) => id)
  }

  /** A dial begins, or more addresses take part in one. */
  begin(id: string, addrs: readonly string[], purpose: DialPurpose, nowMs: number): void {
    const former = this.#dials.get(id)
    const all = new Set([...(former?.addrs ?? []), ...addrs])
    this.#dials.set(id, { purpose, addrs: all })
    this.#tried.set(id, all)
    if (purpose === 'connect' && former === undefined) this.#begunAtMs = nowMs
  }

  /** Returns what the dial was for. */
  end(id: string): DialPurpose | undefined {
    const purpose = this.purposeOf(id)
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
    const isDue = underWay < MAX_CONNECTS_ALONE && nowMs >= this.#begunAtMs + ALONE_INTERVAL_MS
    return purpose === 'connect' && isAlone && isDue
  }

  /** Whether another peer that the application named may be dialled beside those that are. */
  mayBeginNamed(): boolean {
    return this.#count('connect') < MAX_CONNECTS_NAMED
  }

  /** When a node that is alone may dial one more. */
  nextAloneMs(): number {
    return this.#count('connect') > 0 ? this.#begunAtMs + ALONE_INTERVAL_MS : Number.POSITIVE_INFINITY
  }

  #count(purpose: DialPurpose): number {
    let count = 0
    for (const dial of this.#dials.values()) if (dial.purpose === purpose) count++
    return count
  }
}
